"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, http } from "@/api/client";
import type { Campaign } from "@/api/types";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { useNavigate, useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import { type Draft, draftOf, dropDraft, EMPTY, hasContent, loadDraft, saveDraft } from "./draft";
import { toBody } from "./draft-rules";
import { notBegun } from "./held";
import { merge, type Stale, withTheirs } from "./stale";

const SAVE_MS = 400;
/** A change of what was approved, or asked for, makes it a draft again. */
const EDITABLE = ["draft", "awaiting_approval", "approved"];

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
  const [stale, setStale] = useState<Stale | null>(null);
  const current = useRef({ draft, keep: false });
  // As the server last said it: what differs from it is mine.
  const base = useRef<Draft | null>(null);

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
        if (!EDITABLE.includes(found.state) && !notBegun(found)) {
          replace(`/campaigns/${found.id}`);
          return;
        }
        base.current = draftOf(found);
        setDraft(base.current);
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

  const put = async (mine: Draft): Promise<Campaign | null> => {
    const body = toBody(mine);
    if (!mine.id) return http.post("/api/campaigns", body, { idempotencyKey: crypto.randomUUID() });
    const path = { campaign_id: mine.id };
    try {
      return await http.patch(
        "/api/campaigns/{campaign_id}",
        // Somebody else's change in between is refused instead of being written over.
        { ...body, version: mine.version ?? null },
        { path },
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "stale_edit") throw error;
      const theirs = draftOf(await http.get("/api/campaigns/{campaign_id}", { path }));
      const { merged, fields } = merge(base.current, mine, theirs);
      if (fields.length > 0) {
        const { changedBy, changedAt } = error.problem as {
          changedBy?: { name?: string };
          changedAt?: string;
        };
        setStale({ who: changedBy?.name ?? "", at: changedAt ?? "", fields, mine: merged, theirs });
        return null;
      }
      base.current = theirs;
      const saved = await put(merged);
      if (!saved) return null;
      // What was typed meanwhile stays; what the other person changed comes in.
      setDraft((before) => merge(mine, before, merged).merged);
      toast(t.composer.staleMerged);
      return saved;
    }
  };

  const store = async (mine: Draft = draft): Promise<Campaign | null> => {
    setSaving(true);
    try {
      const saved = await put(mine);
      if (!saved) return null;
      base.current = draftOf(saved);
      setCampaign(saved);
      change({ id: saved.id, version: saved.version });
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

  /** Both changed the same: theirs, or mine over it. What only one of them changed is in either way. */
  const settle = (keep: "mine" | "theirs") => {
    if (!stale) return;
    const chosen = keep === "mine" ? stale.mine : withTheirs(stale);
    base.current = stale.theirs;
    setStale(null);
    setDraft(chosen);
    void store(chosen);
  };

  /** It is on its way, or not wanted any more: nothing of it may come back. */
  const drop = useCallback(() => {
    current.current.keep = false;
    dropDraft();
  }, []);

  const startOver = useCallback(() => {
    dropDraft();
    setDraft(EMPTY);
    base.current = null;
    setCampaign(null);
    setResumed(false);
    setSearch({ draft: null });
  }, [setSearch]);

  return {
    draft,
    change,
    loaded,
    resumed,
    campaign,
    saving,
    store: () => store(),
    drop,
    startOver,
    stale,
    settle,
    dismiss: () => setStale(null),
  };
}
