"use client";

import { MessageSquare } from "lucide-react";
import { useId } from "react";
import type { TemplateLinkIn } from "@/api/types";
import { useFormat } from "@/lib/i18n";
import { useWords } from "./dialog-words";
import { LookBack } from "./look-back";
import type { usePreview } from "./queries";

interface Props {
  body: TemplateLinkIn;
  found: ReturnType<typeof usePreview>;
  /** Whose text is shown; null: the first that fits. */
  recordId: string | null;
  onRecord: (id: string) => void;
}

/** What the rule would do: as people see it, whom it fits now, what the last days would have been. Sends nothing. */
export function DialogRail({ body, found, recordId, onRecord }: Props) {
  const t = useWords();
  const f = useFormat();
  const id = useId();
  const data = found.data;
  return (
    <aside aria-label={t.dialog.preview} className="flex flex-col gap-4">
      <div className="rounded-lg bg-[#b2c7d9] p-3 dark:bg-[#41525f]">
        {data?.text ? (
          <div className="max-w-[238px] overflow-hidden rounded-md bg-white text-[#1a1a1a] shadow-card">
            <p className="bg-[#fee500] px-3 py-1.5 text-xs font-semibold">{t.dialog.preview}</p>
            <p className="px-3 py-2.5 text-sm whitespace-pre-wrap">{data.text}</p>
          </div>
        ) : (
          <p className="flex items-center gap-2 text-sm text-[#1a1a1a] dark:text-white">
            <MessageSquare aria-hidden className="size-4" />
            {t.dialog.previewNone}
          </p>
        )}
      </div>
      {data?.missing && <p className="text-xs text-warning">{t.dialog.missing(data.missing)}</p>}
      {data && body.triggerType !== "manual" && (
        <section aria-labelledby={`${id}-match`} aria-busy={found.isFetching} className="busy-bar">
          <h3 id={`${id}-match`} className="flex gap-2 font-semibold">
            {t.dialog.matching}
            <span className="tabular text-brand-fg">{t.dialog.matchingCount(f.num(data.matching))}</span>
          </h3>
          {data.sample.length > 0 && (
            <ul className="mt-2 divide-y rounded-md border bg-card">
              {data.sample.map((one) => (
                <li key={one.recordId}>
                  <button
                    type="button"
                    aria-label={t.dialog.see(one.title)}
                    aria-pressed={recordId === one.recordId}
                    onClick={() => onRecord(one.recordId)}
                    className="w-full truncate px-3 py-1.5 text-left hover:bg-muted aria-pressed:font-semibold"
                  >
                    {one.title}
                  </button>
                </li>
              ))}
            </ul>
          )}
          <p className="mt-1.5 text-xs text-muted-foreground">{t.dialog.notThese(f.num(data.matching))}</p>
          {data.unreachable > 0 && (
            <p className="text-xs text-warning">{t.dialog.unreachable(f.num(data.unreachable))}</p>
          )}
        </section>
      )}
      {body.triggerType !== "manual" && <LookBack body={body} />}
    </aside>
  );
}
