"use client";

import { Bubble, PhonePreview } from "@/components/phone-preview";
import { useFormat, useT } from "@/lib/i18n";
import { fill } from "@/lib/variables";
import { type Form, samples } from "./form";
import { useRendered } from "./queries";
import { useWords } from "./words";

/** The phone of a receiver, with values that look like what will stand there. */
export function TemplatePreview({ form, sender }: { form: Form; sender: string }) {
  const t = useWords();
  const all = useT();
  const f = useFormat();
  const rendered = useRendered(form).data;
  const kakao = form.channel === "alimtalk";
  const text = form.body.trim() ? (rendered?.text ?? fill(form.body, samples(form))) : "";
  const bold = kakao && form.emphasis.type === "TEXT" ? form.emphasis : null;
  return (
    <PhonePreview
      sender={sender || (t.channels[form.channel] ?? "")}
      when=""
      foot={
        text && rendered && !kakao ? `${rendered.channel.toUpperCase()} · ${f.num(rendered.bytes)}B` : null
      }
      caption={t.previewSample}
    >
      {text ? (
        <>
          {bold && (
            <p className="px-1 text-sm">
              <span className="block text-2xs text-[#5c5c66]">{bold.subtitle}</span>
              <b className="block font-semibold">{bold.title}</b>
            </p>
          )}
          <Bubble>{text}</Bubble>
          {kakao &&
            form.buttons.map((button, at) => (
              <p
                // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no identity but their place
                key={at}
                className="w-[88%] rounded-[10px] border border-[#d9d9e0] px-3 py-1.5 text-center text-xs"
              >
                {button.buttonName || t.buttonTypes[button.buttonType] || button.buttonType}
              </p>
            ))}
        </>
      ) : (
        <p className="px-1 text-xs text-[#5c5c66]">{all.composer.previewEmpty}</p>
      )}
    </PhonePreview>
  );
}
