"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";
import type { TemplateLink } from "@/api/types";
import { Confirm } from "@/components/ui/dialog";
import { Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useAct } from "./queries";
import { useWords } from "./words";

/** Before a rule is let loose: what goes out at once, and what a usual day would be. */
export function SwitchOn({ link, onClose }: { link: TemplateLink; onClose: () => void }) {
  const t = useWords();
  const f = useFormat();
  const errorText = useErrorText();
  const found = useQuery({
    queryKey: ["automations", "estimate", link.id],
    queryFn: ({ signal }) =>
      http.get("/api/alimtalk/template-links/{link_id}/estimate", { path: { link_id: link.id }, signal }),
    staleTime: 0,
  });
  const on = useAct((messages: number) =>
    http.patch(
      "/api/alimtalk/template-links/{link_id}",
      { isActive: true, messages },
      { path: { link_id: link.id } },
    ),
  );
  const data = found.data;
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={t.switch.title(link.name)}
      action={data?.messages ? t.switch.doSending(f.num(data.messages)) : t.switch.do}
      busy={on.isPending || found.isPending}
      onConfirm={() =>
        on.mutate(data?.messages ?? 0, {
          onSuccess: () => {
            toast(t.switchedOn);
            onClose();
          },
          onError: (error) => {
            toast(errorText(error), { tone: "error" });
            void found.refetch(); // the number has changed: it has to be seen again
          },
        })
      }
    >
      {found.isError ? (
        <span role="alert">{errorText(found.error)}</span>
      ) : !data ? (
        <Skeleton className="h-12" />
      ) : (
        <span className="flex flex-col gap-1">
          <span>{data.messages ? t.switch.atOnce(f.num(data.messages)) : t.switch.nothingAtOnce}</span>
          {link.triggerType !== "manual" && (
            <span>{t.switch.usual(f.num(data.days), f.num(data.perDay), f.num(data.busiestDay))}</span>
          )}
        </span>
      )}
    </Confirm>
  );
}
