"use client";

import { Plus, Trash2 } from "lucide-react";
import { useDeferredValue, useId, useRef } from "react";
import { ByteMeter } from "@/components/byte-meter";
import { type EditorHandle, MessageEditor } from "@/components/message-editor";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { useT } from "@/lib/i18n";
import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/content";
import type { Draft, DraftVariant } from "./draft";
import { shareId, textAt, textId, withTextAt } from "./draft-rules";
import { chipOf, linkKeys, MAX_VARIANTS, withoutText, withText, withUrl } from "./links";
import { offered, useWeight } from "./use-weight";

const english = () => import("@/messages/en/content");

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

interface Errors {
  errorOf: (field: string) => string | undefined;
}

/** Where the links of the texts lead, and other texts sent side by side. */
export function ContentPanel({ draft, onChange, errorOf }: Props & Errors) {
  return (
    <>
      <LinkFields draft={draft} onChange={onChange} />
      <TextFields draft={draft} onChange={onChange} errorOf={errorOf} />
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

function TextFields({ draft, onChange, errorOf }: Props & Errors) {
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
                <div className="flex min-w-0 flex-1 flex-col gap-3">
                  {at === 0 ? (
                    <p className="text-muted-foreground">{w.first}</p>
                  ) : (
                    [draft, ...draft.next].map(
                      (step, no) =>
                        step.channel === "sms" && (
                          <VariantText
                            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the order
                            key={no}
                            id={no === 0 ? textId(one.key) : undefined}
                            error={no === 0 ? errorOf(textId(one.key)) : undefined}
                            label={no === 0 ? w.body(one.key) : w.stepBody(one.key, no + 1)}
                            tag={no === 0 ? one.key : `${one.key} ${no + 1}`}
                            hint={no === 0 ? "" : w.stepAsIs(no + 1)}
                            body={textAt(one, no)}
                            onChange={(body) => change(one.key, withTextAt(one, no, body))}
                          />
                        ),
                    )
                  )}
                </div>
                <Input
                  id={at === 0 ? shareId : undefined}
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

interface VariantProps {
  id?: string;
  error?: string;
  label: string;
  /** Tells its chips from those of the other texts. */
  tag: string;
  hint: string;
  body: string;
  onChange: (body: string) => void;
}

/** Another text of one step, with what the step's own has: chips, weight, and what can't be sent. */
function VariantText({ id, error, label, tag, hint, body, onChange }: VariantProps) {
  const t = useT();
  const editor = useRef<EditorHandle>(null);
  const weight = useWeight(useDeferredValue(body));
  return (
    <div className="flex flex-col gap-1.5">
      {hint && <p className="text-xs text-muted-foreground">{hint}</p>}
      <MessageEditor
        ref={editor}
        id={id}
        invalid={error !== undefined}
        describedBy={error && id ? `${id}-error` : undefined}
        bad={weight.unsendable}
        label={label}
        value={body}
        onChange={onChange}
        foot={
          <>
            {t.composer.variables.map((name) => (
              <Button
                key={name}
                variant="soft"
                size="sm"
                aria-label={`+ ${name} (${tag})`}
                onClick={() => editor.current?.insert(`#{${name}}`)}
              >
                + {name}
              </Button>
            ))}
            <span className="ml-auto">
              <ByteMeter min={weight.min} max={weight.max} counted={weight.counted} />
            </span>
          </>
        }
      />
      {error && (
        <p id={`${id}-error`} role="alert" className="text-xs text-destructive">
          {error}
        </p>
      )}
      {weight.unsendable.length > 0 && (
        <p className="flex flex-wrap items-center gap-2 text-xs text-warning">
          {t.composer.unsendable(offered(weight, t))}
          <Button size="sm" onClick={() => onChange(weight.replaced)}>
            {t.composer.replace}
          </Button>
        </p>
      )}
    </div>
  );
}
