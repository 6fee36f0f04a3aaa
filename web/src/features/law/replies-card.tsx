"use client";

import { http } from "@/api/client";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { toast } from "@/lib/toast";
import { type Reply, useReplies } from "./list-queries";
import { useListWords } from "./list-words";
import { useLawAct } from "./queries";

type Act = { as: "refusal" | "other"; channels?: ("all" | "sms")[] };

/** Replies that may be refusals: a person reads them, one click settles each. */
export function RepliesCard() {
  const w = useListWords();
  const f = useFormat();
  const replies = useReplies();
  const count = replies.data?.count ?? 0;
  return (
    <Card aria-labelledby="law-replies">
      <CardHead
        title={
          <span id="law-replies">
            {w.replies.title} {count > 0 && <Badge tone="warning">{w.replies.count(f.num(count))}</Badge>}
          </span>
        }
        hint={w.replies.hint}
      />
      {replies.isError ? (
        <Failure compact title={w.loadFailed} error={replies.error} onRetry={() => void replies.refetch()} />
      ) : !replies.data ? (
        <Skeleton className="m-4 h-10" />
      ) : replies.data.items.length === 0 ? (
        <p className="px-4 py-3 text-muted-foreground">{w.replies.none}</p>
      ) : (
        <ul aria-labelledby="law-replies">
          {replies.data.items.map((one) => (
            <Line key={one.id} reply={one} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line({ reply }: { reply: Reply }) {
  const w = useListWords();
  const f = useFormat();
  const errorText = useErrorText();
  const failed = (error: unknown) => toast(errorText(error), { tone: "error" });
  const settle = useLawAct((act: Act) =>
    http.post("/api/inbox/unclear/{reply_id}/settle", act as Required<Act>, {
      path: { reply_id: reply.id },
    }),
  );
  const answer = useLawAct((contact: string) =>
    http.get("/api/contacts/{contact_id}/source-answer", { path: { contact_id: contact } }),
  );
  const act = (what: Act, said: string) =>
    settle.mutate(what, { onSuccess: () => toast(said), onError: failed });
  return (
    <li className="flex flex-col gap-2 border-b px-4 py-3 last:border-b-0">
      <p className="flex flex-wrap items-baseline gap-x-2 text-xs text-muted-foreground">
        {reply.contactId ? (
          <Link
            href={`/contacts/${reply.contactId}`}
            aria-label={w.replies.person(reply.name)}
            className="rounded-sm font-medium text-foreground hover:underline"
          >
            {reply.name || reply.from}
          </Link>
        ) : (
          <span className="font-medium text-foreground">{reply.from || w.replies.unknown}</span>
        )}
        <span>
          {f.date(reply.saidAt)} {f.clock(reply.saidAt)}
        </span>
        {reply.why === "source" && <Badge tone="neutral">{w.replies.source}</Badge>}
      </p>
      <p className="break-words whitespace-pre-line">{reply.text}</p>
      <div className="flex flex-wrap gap-2">
        {reply.readable && (
          <>
            <Button
              size="sm"
              busy={settle.isPending}
              className="max-md:h-11"
              onClick={() => act({ as: "refusal", channels: ["all"] }, w.replies.refused)}
            >
              {w.replies.refuse}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              disabled={settle.isPending}
              className="max-md:h-11"
              onClick={() => act({ as: "refusal", channels: ["sms"] }, w.replies.refusedText)}
            >
              {w.replies.refuseText}
            </Button>
          </>
        )}
        <Button
          size="sm"
          variant="ghost"
          disabled={settle.isPending}
          className="max-md:h-11"
          onClick={() => act({ as: "other", channels: ["all"] }, w.replies.settled)}
        >
          {w.replies.other}
        </Button>
        {reply.why === "source" && reply.contactId && (
          <Button
            size="sm"
            variant="ghost"
            busy={answer.isPending}
            className="max-md:h-11"
            onClick={() =>
              answer.mutate(reply.contactId as string, {
                onSuccess: (found) =>
                  void navigator.clipboard.writeText(found.text).then(() => toast(w.replies.copied)),
                onError: failed,
              })
            }
          >
            {w.replies.answer}
          </Button>
        )}
      </div>
    </li>
  );
}
