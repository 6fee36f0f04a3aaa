"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@/lib/router";
import { fromFilter } from "../segments/tree";
import { draftKey, EMPTY } from "../segments/use-segment-form";
import type { Filter } from "./filter";

/** The conditions go along in memory, never in an address. */
export function useKeepAsSegment() {
  const client = useQueryClient();
  const { to } = useNavigate();
  return (filter: Filter) => {
    client.setQueryData(draftKey("new"), { draft: { ...EMPTY, root: fromFilter(filter) }, version: null });
    to("/contacts/segments/new");
  };
}
