"use client";

import type { Health } from "@/api/types";
import type { BadgeTone } from "@/components/ui/badge";
import { useFormat, useT } from "@/lib/i18n";
import { Line, Part } from "./card-lines";
import { ownerName } from "./names";
import { useWords } from "./words";
import { WorkerList } from "./worker-list";

type Database = NonNullable<Health["database"]>;

export function Parts({ health }: { health: Health }) {
  const t = useWords();
  const f = useFormat();
  const base = health.database;
  const up = (yes: boolean): [BadgeTone, string] => (yes ? ["success", t.alive] : ["danger", t.away]);
  const scheduler = base?.scheduler;
  const alive = base?.workers.filter((one) => !one.silent).length ?? 0;
  return (
    <Part title={t.parts}>
      {[
        <Line key="database" name={t.part.database} badge={up(base !== null)} />,
        <Line key="redis" name={t.part.redis} badge={up(health.lines !== null)} />,
        ...(base
          ? [
              <Line
                key="schema"
                name={t.part.schema}
                badge={base.current ? ["success", base.revision] : ["danger", t.schemaOld(base.revision)]}
              />,
              <Line
                key="scheduler"
                name={t.part.scheduler}
                note={scheduler && ownerName(scheduler.owner)}
                badge={
                  !scheduler
                    ? ["warning", t.schedulerNone]
                    : scheduler.alive
                      ? ["success", t.alive]
                      : ["danger", t.schedulerDead(f.clockSeconds(scheduler.leaseUntil))]
                }
              />,
              <Line
                key="workers"
                name={t.part.workers}
                badge={alive > 0 ? ["success", t.workersAlive(alive)] : ["danger", t.workersNone]}
              />,
              <Line
                key="sending"
                name={t.part.sending}
                badge={base.frozen ? ["danger", t.frozen(base.frozenReason)] : ["success", t.flowing]}
              />,
            ]
          : []),
      ]}
    </Part>
  );
}

export function Lines({ lines }: { lines: NonNullable<Health["lines"]> }) {
  const t = useWords();
  return (
    <Part title={t.lines}>
      {lines.map((one) => (
        <Line key={one.line} name={t.line[one.line] ?? one.line} note={t.turns(one.turns)} />
      ))}
    </Part>
  );
}

export function Workers({ base }: { base: Database }) {
  const t = useWords();
  const f = useFormat();
  return (
    <>
      <WorkerList workers={base.workers} />
      <Part title={t.processes}>
        {base.processes.map((one) => (
          <Line
            key={one.name}
            name={one.name}
            note={`${t.connections(one.connections)} · ${t.since(f.dateTime(one.since))}`}
          />
        ))}
      </Part>
      <Part title={t.holders} none={t.holdersNone}>
        {base.holders.map((one) => (
          <Line
            key={one.owner}
            name={ownerName(one.owner)}
            note={`${t.holds(one.chunks)} · ${t.leaseUntil(f.clockSeconds(one.leaseUntil))}`}
            badge={one.stale ? ["danger", t.stale] : ["success", t.alive]}
          />
        ))}
      </Part>
      {base.gone > 0 && <p className="text-xs text-muted-foreground">{t.gone(base.gone)}</p>}
    </>
  );
}

export function Load({ load }: { load: Database["load"] }) {
  const t = useWords();
  const f = useFormat();
  return (
    <Part title={t.load} none={t.loadNone}>
      {load.map((one) => {
        const oldest = [one.oldestDue, one.oldestStale, one.oldestReceipt, one.oldestPoll]
          .filter((at) => at !== null)
          .sort()[0];
        const waiting = [
          one.live > 0 && t.live(one.live),
          one.due > 0 && t.due(one.due),
          one.leased > 0 && t.leased(one.leased),
          one.receipts > 0 && t.receipts(one.receipts),
          one.polls > 0 && t.polls(one.polls),
          oldest && t.oldest(f.dateTime(oldest)),
        ];
        return (
          <Line
            key={one.tenantId}
            name={one.tenantName}
            note={waiting.filter(Boolean).join(" · ")}
            badge={
              one.stale > 0
                ? ["danger", t.staleChunks(one.stale)]
                : one.held > 0
                  ? ["warning", t.held(one.held)]
                  : undefined
            }
          />
        );
      })}
    </Part>
  );
}

export function Carriers({ carriers }: { carriers: Database["carriers"] }) {
  const all = useT();
  const t = useWords();
  const f = useFormat();
  return (
    <Part title={t.carriers} none={t.carriersNone}>
      {carriers.map((one) => (
        <Line
          key={one.accountId}
          name={[one.tenantName, all.monitor.carriers[one.carrier] ?? one.carrier, one.sandbox && t.simulator]
            .filter(Boolean)
            .join(" · ")}
          note={[
            t.calls(one.calls),
            one.unclear > 0 && t.unclear(one.unclear, f.percent(one.unclear, one.calls)),
            f.clockSeconds(one.lastAt),
          ]
            .filter(Boolean)
            .join(" · ")}
          badge={
            one.restingSeconds > 0
              ? ["danger", t.resting(one.restingSeconds)]
              : one.state === "active"
                ? [one.unclear > 0 ? "warning" : "success", t.answering]
                : ["neutral", t.disabled]
          }
        />
      ))}
    </Part>
  );
}
