"use client";

import { Eye } from "lucide-react";
import { memo, useState } from "react";
import type { Sender } from "@/api/types";
import { Bubble, PhonePreview } from "@/components/phone-preview";
import { Button } from "@/components/ui/button";
import { Dialog, DialogTrigger, SheetContent } from "@/components/ui/dialog";
import { SMS_BYTES } from "@/lib/cp949";
import { useDebounced, useNow } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { fill } from "@/lib/variables";
import type { Draft } from "./draft";
import { useAudienceCount, useKakaoTemplates, usePreview } from "./queries";
import { SAMPLE } from "./use-weight";

interface Props {
  draft: Draft;
  sender: Sender | undefined;
}

function Preview({ draft, sender }: Props) {
  const t = useT();
  const f = useFormat();
  const now = useNow(60);
  const filter = "filter" in draft.audience ? draft.audience.filter : null;
  const person = useAudienceCount(filter).data?.sample?.[0];
  const chosen =
    "contactIds" in draft.audience ? (draft.audience.contactIds[0] ?? null) : (person?.id ?? null);
  const kakao = draft.channel === "alimtalk";
  const template = useKakaoTemplates(kakao).data?.find((one) => one.id === draft.templateId);
  const written = kakao ? (template?.body ?? "") : draft.body;
  const body = useDebounced(written, 250);
  const preview = usePreview(body, "sms", chosen);
  const live = preview.data && body === written && !preview.isPlaceholderData ? preview.data : null;
  const text = live?.text ?? fill(written, SAMPLE);
  const at = draft.scheduleAt ? `${draft.scheduleAt}:00+09:00` : now;
  return (
    <PhonePreview
      sender={
        kakao ? (t.contacts.channels.alimtalk ?? "") : sender ? f.phone(sender.value) : t.composer.sender
      }
      when={at ? f.dateTime(at) : ""}
      foot={
        text.trim() && live && !kakao
          ? `${live.bytes > SMS_BYTES ? "LMS" : "SMS"} · ${f.num(live.bytes)}B`
          : null
      }
      caption={live && person?.name ? t.composer.previewOf(person.name) : t.composer.previewSample}
    >
      {text.trim() ? (
        <Bubble>{text}</Bubble>
      ) : (
        <p className="px-1 text-xs text-[#5c5c66]">{t.composer.previewEmpty}</p>
      )}
    </PhonePreview>
  );
}

/** Beside the form where there is room for it. */
export const PreviewRail = memo(function PreviewRail(props: Props) {
  const t = useT();
  return (
    <aside
      aria-label={t.composer.preview}
      className="thin-scroll w-[372px] shrink-0 overflow-y-auto border-l bg-background py-6 max-[1179px]:hidden"
    >
      <Preview {...props} />
    </aside>
  );
});

/** Where there isn't: behind a button. */
export const PreviewButton = memo(function PreviewButton(props: Props) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button className="max-md:h-12 max-md:px-5 max-md:text-base min-[1180px]:hidden">
          <Eye aria-hidden />
          {t.composer.preview}
        </Button>
      </DialogTrigger>
      <SheetContent title={t.composer.preview}>
        <div className="py-6">
          <Preview {...props} />
        </div>
      </SheetContent>
    </Dialog>
  );
});
