"use client";

import { Plus, Trash2 } from "lucide-react";
import type { Sender } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { CHANNEL_NAME, type Form, type Button as KakaoButton, type Link } from "./form";
import { useWords } from "./words";

interface Props {
  form: Form;
  onChange: (part: Partial<Form>) => void;
  errorOf: (field: string) => string | undefined;
  /** Kakao profiles of the camp. */
  senders: Sender[];
  locked: boolean;
}

const LINKS: Record<string, Link[]> = { WL: ["linkMo", "linkPc"], AL: ["linkAnd", "linkIos", "linkMo"] };
const MAX_BUTTONS = 5;

/** What Kakao shows around the text: channel, emphasis, buttons. */
export function KakaoFields({ form, onChange, errorOf, senders, locked }: Props) {
  const t = useWords();
  const foreign = !(form.emphasis.type ?? "NONE").match(/^(NONE|TEXT)$/);
  return (
    <fieldset disabled={locked} className="flex flex-col gap-5">
      <div className="grid gap-4 md:grid-cols-2">
        <Field label={t.sender} error={errorOf("senderId")}>
          <Select value={form.senderId} onChange={(event) => onChange({ senderId: event.target.value })}>
            <option value="">{t.senderNone}</option>
            {senders.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name || one.value}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t.messageType} error={errorOf("messageType")}>
          <Select
            value={form.messageType}
            onChange={(event) => onChange({ messageType: event.target.value })}
          >
            {Object.entries(t.messageTypes).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {foreign ? (
        <p className="text-xs text-muted-foreground">{t.emphasisForeign}</p>
      ) : (
        <Emphasis form={form} onChange={onChange} errorOf={errorOf} />
      )}
      <Buttons form={form} onChange={onChange} errorOf={errorOf} />
    </fieldset>
  );
}

type Part = Pick<Props, "form" | "onChange" | "errorOf">;

function Emphasis({ form, onChange, errorOf }: Part) {
  const t = useWords();
  const { emphasis } = form;
  const set = (part: Partial<Form["emphasis"]>) => onChange({ emphasis: { ...emphasis, ...part } });
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Field label={t.emphasis} className="md:col-span-2">
        <Select
          value={emphasis.type ?? "NONE"}
          onChange={(event) =>
            set(event.target.value === "TEXT" ? { type: "TEXT" } : { type: "NONE", title: "", subtitle: "" })
          }
        >
          {Object.entries(t.emphasisTypes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      {emphasis.type === "TEXT" && (
        <>
          <Field label={t.emphasisTitle} error={errorOf("emphasis.title")}>
            <Input
              maxLength={50}
              value={emphasis.title ?? ""}
              onChange={(event) => set({ title: event.target.value })}
            />
          </Field>
          <Field label={t.emphasisSubtitle} error={errorOf("emphasis.subtitle")}>
            <Input
              maxLength={50}
              value={emphasis.subtitle ?? ""}
              onChange={(event) => set({ subtitle: event.target.value })}
            />
          </Field>
        </>
      )}
    </div>
  );
}

function Buttons({ form, onChange, errorOf }: Part) {
  const t = useWords();
  const set = (at: number, button: KakaoButton) =>
    onChange({ buttons: form.buttons.map((one, index) => (index === at ? button : one)) });
  return (
    <section aria-label={t.buttons} className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <h2 className="font-medium">{t.buttons}</h2>
        <Button
          size="sm"
          className="ml-auto max-md:h-11"
          disabled={form.buttons.length >= MAX_BUTTONS}
          onClick={() => onChange({ buttons: [...form.buttons, { buttonType: "WL", buttonName: "" }] })}
        >
          <Plus aria-hidden />
          {t.addButton}
        </Button>
      </div>
      {errorOf("buttons") && (
        <p role="alert" className="text-xs text-destructive">
          {errorOf("buttons")}
        </p>
      )}
      {form.buttons.map((button, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no identity but their place
          key={at}
          className="grid gap-3 rounded-lg border p-3 md:grid-cols-2"
        >
          <Field label={t.buttonType(at + 1)} error={errorOf(`buttons[${at}].buttonType`)}>
            <Select
              value={button.buttonType}
              onChange={(event) =>
                set(at, {
                  buttonType: event.target.value,
                  buttonName: event.target.value === "AC" ? CHANNEL_NAME : button.buttonName,
                })
              }
            >
              {!(button.buttonType in t.buttonTypes) && (
                <option value={button.buttonType}>
                  {t.carrierButtons[button.buttonType] ?? button.buttonType}
                </option>
              )}
              {Object.entries(t.buttonTypes).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t.buttonName(at + 1)} error={errorOf(`buttons[${at}].buttonName`)}>
            <Input
              maxLength={14}
              value={button.buttonName}
              onChange={(event) => set(at, { ...button, buttonName: event.target.value })}
            />
          </Field>
          {(LINKS[button.buttonType] ?? []).map((link) => (
            <Field key={link} label={t.links[link]} error={errorOf(`buttons[${at}].${link}`)}>
              <Input
                maxLength={500}
                inputMode="url"
                value={button[link] ?? ""}
                onChange={(event) => {
                  const { [link]: _, ...rest } = button;
                  set(at, event.target.value ? { ...rest, [link]: event.target.value } : rest);
                }}
              />
            </Field>
          ))}
          <Button
            variant="ghost"
            size="sm"
            className="justify-self-start max-md:h-11"
            onClick={() => onChange({ buttons: form.buttons.filter((_, index) => index !== at) })}
          >
            <Trash2 aria-hidden />
            {t.removeButton(at + 1)}
          </Button>
        </div>
      ))}
    </section>
  );
}
