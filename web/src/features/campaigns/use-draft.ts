"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, type BodyOf, http } from "@/api/client";
import type { Campaign } from "@/api/types";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { useNavigate, useSearch } from "@/lib/router";
import { toast } from "@/lib/toast";
import {
  type Draft,
  draftOf,
  dropDraft,
  EMPTY,
  hasContent,
  loadDraft,
  loadServer,
  type Server,
  saveDraft,
  saveServer,
} from "./draft";
import { bodyText, isKeepable, toBody } from "./draft-rules";
import { notBegun } from "./held";
import { merge, type Stale, withTheirs } from "./stale";

const SAVE_MS = 400;
/** To the server when the hand rests: often enough for whoever looks on, seldom enough for the trail of changes. */
const SERVER_MS = 1_500;
/** A change of what was approved, or asked for, makes it a draft again. */
const EDITABLE = ["draft", "awaiting_approval", "approved"];

/**
 * Where the last words are: nowhere yet, on their way, with the server, or in this browser alone: as it can't be reached, or
 * because what was approved is changed by its review only.
 */
export type Kept = "none" | "saving" | "saved" | "here" | "review";

/**
 * The campaign being written. Kept in the browser at every pause and when the page goes away, and by the server as soon as
 * there is something to keep (`?draft=` names it, so that another device or person can go on). What was approved, or asked
 * for, isn't saved by itself: any change would void it, and a slip of the hand isn't meant to.
 */
export function useDraft(writing: boolean) {
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
  const [kept, setKept] = useState<Kept>("none");
  const [retry, setRetry] = useState(0);
  // Asked which of two words to keep, somebody said "later": nothing saves itself until they go on.
  const [later, setLater] = useState(false);
  const current = useRef({ draft, keep: false });
  const server = useRef<Server>({ base: null, sent: "", creating: null });
  // Saves wait for each other: two at once would make two drafts, or one stale edit of one's own.
  const line = useRef<Promise<unknown>>(Promise.resolve());
  // Which draft this is: an answer about one that was put away says nothing about the next.
  const which = useRef(0);

  const know = useCallback((part: Partial<Server>) => {
    server.current = { ...server.current, ...part };
    if (current.current.keep) saveServer(server.current);
  }, []);
  const take = useCallback(
    (found: Campaign) => {
      const theirs = draftOf(found);
      know({ base: theirs, sent: bodyText(theirs) });
      setDraft(theirs);
      setCampaign(found);
    },
    [know],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: what stood in the address at first decides, once
  useEffect(() => {
    const local = loadDraft();
    const wanted = new URLSearchParams(window.location.search).get("draft");
    const mine = !wanted || local.id === wanted;
    const id = mine ? local.id : wanted;
    if (mine) {
      server.current = loadServer();
      setDraft(local);
      setResumed(hasContent(local));
    }
    if (!id) {
      setLoaded(true);
      return;
    }
    http
      .get("/api/campaigns/{campaign_id}", { path: { campaign_id: id } })
      .then((found) => {
        if (!EDITABLE.includes(found.state) && !notBegun(found)) {
          // Sent from somewhere else meanwhile.
          dropDraft();
          if (wanted) replace(`/campaigns/${found.id}`);
          else setDraft(EMPTY);
        } else if (!mine || (found.version !== local.version && bodyText(local) === server.current.sent)) {
          take(found);
        } else {
          if (found.version === local.version) server.current.base = draftOf(found);
          setCampaign(found);
        }
        setLoaded(true);
      })
      .catch((error) => {
        const gone = error instanceof ApiError && error.status === 404;
        if (!mine || gone) toast(errorText(error), { tone: "error" });
        if (!mine || gone) setSearch({ draft: null });
        if (mine && gone) {
          server.current = { base: null, sent: "", creating: null };
          setDraft({ ...local, id: null, version: null });
        }
        setLoaded(true);
      });
  }, []);

  useEffect(() => {
    current.current = { draft, keep: loaded };
    if (!loaded) return;
    const timer = setTimeout(() => {
      if (!current.current.keep) return;
      saveDraft(current.current.draft);
      saveServer(server.current);
    }, SAVE_MS);
    return () => clearTimeout(timer);
  }, [draft, loaded]);

  useEffect(() => {
    const flush = () => {
      if (!current.current.keep) return;
      saveDraft(current.current.draft);
      saveServer(server.current);
    };
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, []);

  const change = useCallback((part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part })), []);

  const create = async (mine: Draft): Promise<Campaign> => {
    const body = toBody(mine);
    const asked = server.current.creating ?? { key: crypto.randomUUID(), body };
    know({ creating: asked });
    try {
      const made = await http.post("/api/campaigns", asked.body as BodyOf<"/api/campaigns", "post">, {
        idempotencyKey: asked.key,
      });
      know({ creating: null, base: draftOf(made), sent: JSON.stringify(asked.body) });
      return made;
    } catch (error) {
      // Refused: nothing was made. No answer at all: perhaps it was.
      const unsure =
        !(error instanceof ApiError) || error.status >= 500 || error.code === "idempotency_in_progress";
      if (!unsure) know({ creating: null });
      throw error;
    }
  };

  const put = async (mine: Draft): Promise<Campaign | null> => {
    if (!mine.id) {
      const made = await create(mine);
      if (server.current.sent === bodyText(mine)) return made;
      return put({ ...mine, id: made.id, version: made.version });
    }
    const path = { campaign_id: mine.id };
    const body = toBody(mine);
    try {
      // Somebody else's change in between is refused instead of being written over.
      const said = { ...body, version: mine.version ?? null };
      const saved = await http.patch("/api/campaigns/{campaign_id}", said, { path });
      know({ base: draftOf(saved), sent: JSON.stringify(body) });
      return saved;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "stale_edit") throw error;
      const theirs = draftOf(await http.get("/api/campaigns/{campaign_id}", { path }));
      const { merged, fields } = merge(server.current.base, mine, theirs);
      if (fields.length > 0) {
        const { changedBy, changedAt } = error.problem as {
          changedBy?: { name?: string };
          changedAt?: string;
        };
        setStale({ who: changedBy?.name ?? "", at: changedAt ?? "", fields, mine: merged, theirs });
        return null;
      }
      know({ base: theirs });
      const saved = await put(merged);
      if (!saved) return null;
      // What was typed meanwhile stays; what the other person changed comes in.
      setDraft((before) => merge(mine, before, merged).merged);
      toast(t.composer.staleMerged);
      return saved;
    }
  };

  const save = async (mine: Draft): Promise<Campaign | null> => {
    const mineYet = which.current;
    const saved = await put(mine);
    if (!saved || mineYet !== which.current) return null;
    setCampaign(saved);
    change({ id: saved.id, version: saved.version });
    current.current.draft = { ...current.current.draft, id: saved.id, version: saved.version };
    setLater(false);
    if (search.get("draft") !== saved.id) setSearch({ draft: saved.id });
    void client.invalidateQueries({ queryKey: ["campaigns"] });
    setKept("saved");
    return saved;
  };

  /** After whatever is on its way. */
  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const next = line.current.then(run, run);
    line.current = next.catch(() => null);
    return next;
  };

  const store = (chosen?: Draft): Promise<Campaign | null> =>
    inLine(async () => {
      setSaving(true);
      try {
        return await save(chosen ?? current.current.draft);
      } catch (error) {
        toast(t.errors.notSaved(errorText(error)), { tone: "error" });
        return null;
      } finally {
        setSaving(false);
      }
    });

  const own = draft.id === null || campaign?.state === "draft";
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was written decides, and that the server is back
  useEffect(() => {
    if (!loaded || !writing || !own || stale || later) return;
    const pending = () =>
      isKeepable(current.current.draft) && bodyText(current.current.draft) !== server.current.sent;
    if (!pending()) return;
    const timer = setTimeout(() => {
      void inLine(async () => {
        if (!current.current.keep || !pending()) return;
        setKept("saving");
        try {
          await save(current.current.draft);
        } catch {
          setKept("here"); // the form says so; it goes on being written
        }
      });
    }, SERVER_MS);
    return () => clearTimeout(timer);
  }, [draft, loaded, writing, own, stale, later, retry]);

  useEffect(() => {
    if (kept !== "here") return;
    const again = () => setRetry((before) => before + 1);
    const timer = setInterval(again, 15_000);
    window.addEventListener("online", again);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", again);
    };
  }, [kept]);

  /** Both changed the same: theirs, or mine over it. What only one of them changed is in either way. */
  const settle = (keep: "mine" | "theirs") => {
    if (!stale) return;
    const chosen = keep === "mine" ? stale.mine : withTheirs(stale);
    know({ base: stale.theirs });
    setStale(null);
    setDraft(chosen);
    void store(chosen);
  };

  /** It is on its way, or not wanted any more: nothing of it may come back. */
  const drop = useCallback(() => {
    which.current += 1;
    current.current.keep = false;
    dropDraft();
  }, []);

  const startOver = useCallback(() => {
    which.current += 1;
    dropDraft();
    server.current = { base: null, sent: "", creating: null };
    setDraft(EMPTY);
    setCampaign(null);
    setResumed(false);
    setKept("none");
    setLater(false);
    setSearch({ draft: null });
  }, [setSearch]);

  return {
    draft,
    change,
    loaded,
    resumed,
    campaign,
    saving,
    kept: !own && campaign && bodyText(draft) !== bodyText(draftOf(campaign)) ? "review" : kept,
    store: () => store(),
    drop,
    startOver,
    stale,
    settle,
    dismiss: () => {
      setStale(null);
      setLater(true);
      setKept("here");
    },
  };
}
