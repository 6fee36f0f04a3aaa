"use client";

import { Copy } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { Role } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useTeamAct } from "./queries";
import { ROLES } from "./role-matrix";

/** Makes a link that is handed over by hand: it works once and is shown once. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const f = useFormat();
  const errorText = useErrorText();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("staff");
  const [tried, setTried] = useState(false);
  const make = useTeamAct((body: { email: string; role: Role }) => http.post("/api/invitations", body));
  const s = t.settings.team;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={s.inviteTitle}
        description={s.inviteHint}
        footer={
          make.data ? (
            <DialogClose asChild>
              <Button variant="primary">{t.common.done}</Button>
            </DialogClose>
          ) : (
            <>
              <DialogClose asChild>
                <Button>{t.common.cancel}</Button>
              </DialogClose>
              <Button type="submit" form="invite" variant="primary" busy={make.isPending}>
                {s.make}
              </Button>
            </>
          )
        }
      >
        {make.data ? (
          <Field label={s.link} hint={`${s.linkHint} ${s.expires(f.dateTime(make.data.expiresAt))}`}>
            <div className="flex gap-2">
              <Input readOnly value={make.data.url} onFocus={(event) => event.currentTarget.select()} />
              <Button
                size="lg"
                onClick={() =>
                  void navigator.clipboard?.writeText(make.data.url).then(() => toast(t.common.copied))
                }
              >
                <Copy aria-hidden />
                {t.common.copy}
              </Button>
            </div>
          </Field>
        ) : (
          <form
            id="invite"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              setTried(true);
              if (email.trim()) make.mutate({ email: email.trim(), role });
            }}
            className="flex flex-col gap-4"
          >
            <Field
              label={s.email}
              error={tried && !email.trim() ? s.needEmail : make.isError ? errorText(make.error) : undefined}
            >
              <Input
                type="email"
                autoFocus
                autoComplete="off"
                value={email}
                onChange={(event) => setEmail(event.target.value)}
              />
            </Field>
            <Field label={s.role}>
              <Select value={role} onChange={(event) => setRole(event.target.value as Role)}>
                {ROLES.map((one) => (
                  <option key={one} value={one}>
                    {t.shell.role[one]}
                  </option>
                ))}
              </Select>
            </Field>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}
