"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { http } from "@/api/client";
import type { Campaign } from "@/api/types";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { useNavigate, useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { type Draft, draftOf, dropDraft, EMPTY, hasContent, loadDraft, saveDraft } from "./draft";
import { toBody } from "./draft-rules";
import { notBegun } from "./held";

const SAVE_MS = 400;

/**
 * The campaign being written. Kept in the browser at every pause and when the page goes away; the server holds a copy
 * from the first review on (`?draft=` names it, so that a reload or another person can go on).
 */
export function useDraft() {
  const t = useT();
  const errorText = useErrorText();
  const client = useQueryClient();
  const { replace } = useNavigate();
  const [search, setSearch] = useSearch();
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [loaded, setLoaded] = useState(false);
  const [resumed, setResumed] = useState(false);
  const [campaign, setCampaign] = useState<Campaign | null>(null);
  const [saving, setSaving] = useState(false);
  const current = useRef({ draft, keep: false });

  // biome-ignore lint/correctness/useExhaustiveDependencies: what stood in the address at first decides, once
  useEffect(() => {
    const local = loadDraft();
    const wanted = new URLSearchParams(window.location.search).get("draft");
    if (!wanted || local.id === wanted) {
      setDraft(local);
      setResumed(hasContent(local));
      setLoaded(true);
      return;
    }
    http
      .get("/api/campaigns/{campaign_id}", { path: { campaign_id: wanted } })
      .then((found) => {
        if (found.state !== "draft" && !notBegun(found)) {
          replace(`/campaigns/${found.id}`);
          return;
        }
        setDraft(draftOf(found));
        setCampaign(found);
        setLoaded(true);
      })
      .catch((error) => {
        toast(errorText(error), { tone: "error" });
        setSearch({ draft: null });
        setLoaded(true);
      });
  }, []);

  useEffect(() => {
    current.current = { draft, keep: loaded };
    if (!loaded) return;
    const timer = setTimeout(() => current.current.keep && saveDraft(draft), SAVE_MS);
    return () => clearTimeout(timer);
  }, [draft, loaded]);

  useEffect(() => {
    const flush = () => current.current.keep && saveDraft(current.current.draft);
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, []);

  const change = useCallback((part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part })), []);

  const store = async (): Promise<Campaign | null> => {
    setSaving(true);
    try {
      const body = toBody(draft);
      const saved = draft.id
        ? await http.patch(
            "/api/campaigns/{campaign_id}",
            // Somebody else's change in between is refused instead of being written over.
            { ...body, version: campaign?.id === draft.id ? campaign.version : null },
            { path: { campaign_id: draft.id } },
          )
        : await http.post("/api/campaigns", body, { idempotencyKey: crypto.randomUUID() });
      setCampaign(saved);
      change({ id: saved.id });
      if (search.get("draft") !== saved.id) setSearch({ draft: saved.id });
      void client.invalidateQueries({ queryKey: ["campaigns"] });
      return saved;
    } catch (error) {
      toast(t.errors.notSaved(errorText(error)), { tone: "error" });
      return null;
    } finally {
      setSaving(false);
    }
  };

  /** It is on its way, or not wanted any more: nothing of it may come back. */
  const drop = useCallback(() => {
    current.current.keep = false;
    dropDraft();
  }, []);

  const startOver = useCallback(() => {
    dropDraft();
    setDraft(EMPTY);
    setCampaign(null);
    setResumed(false);
    setSearch({ draft: null });
  }, [setSearch]);

  return { draft, change, loaded, resumed, campaign, saving, store, drop, startOver };
}
