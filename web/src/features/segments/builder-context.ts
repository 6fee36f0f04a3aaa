"use client";

import { createContext, useContext } from "react";
import type { SegmentWords } from "@/messages/ko/segments";
import type { Total } from "./counting";
import type { Shown } from "./sentence";
import type { Field, Fields, Group } from "./tree";
import type { Option } from "./value-names";

/** What every row and group of one builder shares. */
export interface Builder {
  root: Group;
  fields: Fields;
  w: SegmentWords;
  show: Shown;
  optionsOf: (field: Field) => Option[] | null;
  /** Of a row or a group; undefined while nobody has counted it. */
  countOf: (id: string) => Total | undefined;
  counting: (id: string) => boolean;
  /** The whole book, for the bars. */
  all: Total | undefined;
  edit: (by: (root: Group) => Group, said?: string) => void;
  /** The group whose list of fields is open. */
  picking: string | null;
  pick: (group: string | null) => void;
  /** The row that was just made: its value is asked at once. */
  fresh: string | null;
  setFresh: (row: string | null) => void;
  mayNest: (group: Group) => boolean;
}

export const BuilderContext = createContext<Builder | null>(null);

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error("outside of a builder");
  return builder;
}
