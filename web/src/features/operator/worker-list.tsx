"use client";

import { useState } from "react";
import type { Health } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { Line, Part } from "./card-lines";
import { ownerName } from "./names";
import { useDeadWorker } from "./queries";
import { useWords } from "./words";

type Worker = NonNullable<Health["database"]>["workers"][number];

/** Worker processes by their own word, with what each took; one that has been silent for a minute may be declared dead. */
export function WorkerList({ workers }: { workers: Worker[] }) {
  const t = useWords();
  const f = useFormat();
  const errorText = useErrorText();
  const dead = useDeadWorker();
  const [asked, setAsked] = useState<Worker | null>(null);
  const turns = (one: Worker) => Object.values(one.turns).reduce((sum, n) => sum + n, 0);
  return (
    <>
      <Part title={t.workers} none={t.workersNone}>
        {workers.map((one) => (
          <Line
            key={one.owner}
            name={`${one.host} · ${ownerName(one.owner)}`}
            note={
              <>
                {[
                  t.since(f.dateTime(one.startedAt)),
                  t.seen(f.clockSeconds(one.seenAt)),
                  t.took(turns(one)),
                  one.busy > 0 && t.busy(one.busy),
                ]
                  .filter(Boolean)
                  .join(" · ")}
                {one.mayBeDead && (
                  <Button variant="ghost" className="ml-2 max-md:h-11" onClick={() => setAsked(one)}>
                    {t.dead.ask}
                  </Button>
                )}
              </>
            }
            badge={one.silent ? ["danger", t.silent] : ["success", t.alive]}
          />
        ))}
      </Part>
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={t.dead.title}
        action={t.dead.confirm}
        danger
        busy={dead.isPending}
        onConfirm={() =>
          asked &&
          dead.mutate(asked.owner, {
            onSuccess: () => {
              setAsked(null);
              toast(t.dead.done);
            },
            onError: (error) => toast(errorText(error), { tone: "error" }),
          })
        }
      >
        {t.dead.what(asked?.host ?? "")}
      </Confirm>
    </>
  );
}
