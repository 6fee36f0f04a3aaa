"use client";

import { useState } from "react";
import { http } from "@/api/client";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { type OwedNotice, useNotices } from "./list-queries";
import { useListWords } from "./list-words";
import { useLawAct } from "./queries";

/** Whoever agreed to adverts, took it back or refused is told so within 14 days (network act, article 50 (7)). */
export function NoticesCard() {
  const w = useListWords();
  const f = useFormat();
  const owed = useNotices(true);
  const [picked, setPicked] = useState<string[]>([]);
  const [marking, setMarking] = useState(false);
  const items = owed.data?.items ?? [];
  const chosen = items.filter((one) => picked.includes(one.id));
  return (
    <Card aria-labelledby="law-notices">
      <CardHead
        title={<span id="law-notices">{w.notices.title}</span>}
        hint={w.notices.hint}
        actions={
          chosen.length > 0 && (
            <Button size="sm" className="max-md:h-11" onClick={() => setMarking(true)}>
              {w.notices.mark}
            </Button>
          )
        }
      />
      {owed.isError ? (
        <Failure compact title={w.loadFailed} error={owed.error} onRetry={() => void owed.refetch()} />
      ) : !owed.data ? (
        <Skeleton className="m-4 h-10" />
      ) : items.length === 0 ? (
        <p className="px-4 py-3 text-muted-foreground">{w.notices.none}</p>
      ) : (
        <>
          <label className="flex min-h-10 flex-wrap items-center gap-2 border-b px-4 max-md:min-h-11">
            <input
              type="checkbox"
              className="size-4 accent-brand"
              aria-label={w.notices.all}
              checked={chosen.length === items.length}
              onChange={(event) => setPicked(event.target.checked ? items.map((one) => one.id) : [])}
            />
            <span className="font-medium">{w.notices.owed(f.num(owed.data.owed))}</span>
            {owed.data.late > 0 && (
              <span className="text-destructive">{w.notices.late(f.num(owed.data.late))}</span>
            )}
            {owed.data.soon > owed.data.late && (
              <span className="text-warning">{w.notices.soon(f.num(owed.data.soon - owed.data.late))}</span>
            )}
          </label>
          <ul className="thin-scroll max-h-96 overflow-y-auto">
            {items.map((one) => (
              <Line
                key={one.id}
                notice={one}
                picked={picked.includes(one.id)}
                onPick={(now) => setPicked(now ? [...picked, one.id] : picked.filter((id) => id !== one.id))}
              />
            ))}
          </ul>
        </>
      )}
      {marking && (
        <ToldDialog
          notices={chosen}
          onClose={() => setMarking(false)}
          onDone={() => {
            setMarking(false);
            setPicked([]);
          }}
        />
      )}
    </Card>
  );
}

interface LineProps {
  notice: OwedNotice;
  picked: boolean;
  onPick: (now: boolean) => void;
}

function Line({ notice, picked, onPick }: LineProps) {
  const w = useListWords();
  const f = useFormat();
  const said = w.notices.states[notice.state] ?? notice.state;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 last:border-b-0">
      <input
        type="checkbox"
        className="size-4 accent-brand"
        aria-label={w.notices.pick(notice.name)}
        checked={picked}
        onChange={(event) => onPick(event.target.checked)}
      />
      <Link
        href={`/contacts/${notice.contactId}`}
        className="w-24 truncate rounded-sm font-medium hover:underline"
      >
        {notice.name || "–"}
      </Link>
      <span className="min-w-0 flex-1">
        {f.date(notice.at)} {notice.night ? w.notices.atNight(said) : said}
      </span>
      <span className="text-xs text-muted-foreground">{w.notices.due(f.date(notice.dueOn))}</span>
      {notice.urgency !== "open" && <Badge tone="warning">{w.notices.urgency[notice.urgency]}</Badge>}
      <Button
        size="sm"
        variant="ghost"
        className="max-md:h-11"
        onClick={() => void navigator.clipboard.writeText(notice.text).then(() => toast(w.notices.copied))}
      >
        {w.notices.copy}
      </Button>
    </li>
  );
}

interface ToldProps {
  notices: OwedNotice[];
  onClose: () => void;
  onDone: () => void;
}

function ToldDialog({ notices, onClose, onDone }: ToldProps) {
  const w = useListWords();
  const errorText = useErrorText();
  const [how, setHow] = useState("");
  const [tried, setTried] = useState(false);
  const short = how.trim().length < 2;
  const tell = useLawAct(() =>
    http.post("/api/law/notices/told", {
      facts: notices.map(({ kind, id }) => ({ kind, id })),
      how: how.trim(),
    }),
  );
  return (
    <Dialog open onOpenChange={(now) => !now && onClose()}>
      <DialogContent
        title={w.notices.mark}
        footer={
          <Button
            variant="primary"
            busy={tell.isPending}
            className="max-md:h-12 max-md:flex-1"
            onClick={() => {
              setTried(true);
              if (short) return;
              tell.mutate(undefined, {
                onSuccess: () => {
                  toast(w.notices.done);
                  onDone();
                },
                onError: (error) => toast(errorText(error), { tone: "error" }),
              });
            }}
          >
            {w.notices.told(notices.length)}
          </Button>
        }
      >
        <Field
          label={w.notices.how}
          hint={w.notices.howHint}
          error={tried && short ? w.notices.howNeed : undefined}
        >
          <Input value={how} maxLength={200} onChange={(event) => setHow(event.target.value)} />
        </Field>
      </DialogContent>
    </Dialog>
  );
}
