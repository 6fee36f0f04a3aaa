"use client";

import { Plus, Trash2 } from "lucide-react";
import { useId } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Field, Input, Textarea } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/content";
import type { Draft, DraftVariant } from "./draft";
import { chipOf, linkKeys, MAX_VARIANTS, withoutText, withText, withUrl } from "./links";

const english = () => import("@/messages/en/content");

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

/** Where the links of the texts lead, and other texts sent side by side. */
export function ContentPanel({ draft, onChange }: Props) {
  return (
    <>
      <LinkFields draft={draft} onChange={onChange} />
      <TextFields draft={draft} onChange={onChange} />
    </>
  );
}

function LinkFields({ draft, onChange }: Props) {
  const w = usePageWords(ko, english);
  const id = useId();
  const keys = linkKeys(draft);
  const links = draft.links ?? [];
  if (keys.length === 0) return null;
  return (
    <Card>
      <CardHead title={w.links} hint={w.linksHint} />
      <div className="flex flex-col gap-4 p-4">
        {keys.map((key) => {
          const url = links.find((one) => one.key === key)?.url ?? "";
          return (
            <Field
              key={key}
              id={`${id}-${key || "link"}`}
              label={w.link(chipOf(key))}
              error={
                url !== "" && !"https://".startsWith(url) && !url.startsWith("https://")
                  ? w.notHttps
                  : undefined
              }
            >
              <Input
                type="url"
                inputMode="url"
                autoComplete="off"
                maxLength={2000}
                placeholder={w.placeholder}
                value={url}
                onChange={(event) => onChange({ links: withUrl(links, key, event.target.value) })}
              />
            </Field>
          );
        })}
      </div>
    </Card>
  );
}

function TextFields({ draft, onChange }: Props) {
  const w = usePageWords(ko, english);
  const id = useId();
  const variants = draft.variants ?? [];
  const on = variants.length > 0;
  const sum = variants.reduce((total, one) => total + one.share, 0);
  const why =
    draft.messageClass === "campaign"
      ? w.notForCampaign
      : draft.channel === "alimtalk"
        ? w.notForKakao
        : null;
  const change = (key: string, part: Partial<DraftVariant>) =>
    onChange({ variants: variants.map((one) => (one.key === key ? { ...one, ...part } : one)) });
  return (
    <Card>
      <CardHead
        title={<label htmlFor={`${id}-on`}>{w.texts}</label>}
        actions={
          <Switch
            id={`${id}-on`}
            checked={on && why === null}
            disabled={why !== null}
            onCheckedChange={(wanted) => onChange({ variants: wanted ? withText(withText([])) : [] })}
          />
        }
      />
      {why !== null || !on ? (
        <p className="px-4 py-3 text-xs text-muted-foreground">{why ?? w.textsHint}</p>
      ) : (
        <div className="flex flex-col gap-4 p-4">
          <ul className="flex flex-col gap-4">
            {variants.map((one, at) => (
              <li key={one.key} className="flex gap-3 max-md:flex-wrap">
                <Badge tone="brand">{one.key}</Badge>
                <div className="min-w-0 flex-1">
                  {at === 0 ? (
                    <p className="text-muted-foreground">{w.first}</p>
                  ) : (
                    <Textarea
                      rows={3}
                      maxLength={4000}
                      aria-label={w.body(one.key)}
                      value={one.body}
                      onChange={(event) => change(one.key, { body: event.target.value })}
                    />
                  )}
                </div>
                <Input
                  type="number"
                  inputMode="numeric"
                  min={1}
                  max={99}
                  aria-label={w.share(one.key)}
                  className="w-20 shrink-0"
                  value={one.share}
                  onChange={(event) => change(one.key, { share: Number(event.target.value) || 0 })}
                />
                {at > 0 && (
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={w.remove(one.key)}
                    onClick={() => onChange({ variants: withoutText(variants, one.key) })}
                  >
                    <Trash2 aria-hidden />
                  </Button>
                )}
              </li>
            ))}
          </ul>
          <div aria-live="polite" className="empty:hidden">
            {sum !== 100 && <p className="text-xs text-destructive">{w.sum(sum)}</p>}
          </div>
          {variants.length < MAX_VARIANTS && (
            <Button
              className="self-start max-md:h-11"
              onClick={() => onChange({ variants: withText(variants) })}
            >
              <Plus aria-hidden />
              {w.add}
            </Button>
          )}
        </div>
      )}
    </Card>
  );
}
