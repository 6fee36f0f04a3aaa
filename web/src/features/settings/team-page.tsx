"use client";

import { Check, Copy, Ellipsis, Minus, UserPlus } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { Invitation, Member, Role } from "@/api/types";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Confirm, Dialog, DialogClose, DialogContent } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/popover";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { useInvitations, useMembers, useRoles, useTeamAct } from "./queries";
import { SettingsShell } from "./settings-shell";

const ROLES: Role[] = ["staff", "admin", "owner"];

function InviteDialog({ onClose }: { onClose: () => void }) {
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

function MemberRow({
  member,
  owner,
  onRemove,
}: {
  member: Member;
  owner: boolean;
  onRemove: (member: Member) => void;
}) {
  const t = useT();
  const f = useFormat();
  const now = useNow(60);
  const me = useMe().data;
  const errorText = useErrorText();
  const change = useTeamAct((role: Role) =>
    http.patch("/api/members/{member_id}", { role }, { path: { member_id: member.id } }),
  );
  const self = me?.user.id === member.id;
  const s = t.settings.team;
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 last:border-b-0">
      <Avatar name={member.name || member.email} className="size-8 text-xs" />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2 font-medium">
          <span className="truncate">{member.name || member.email}</span>
          {self && <Badge>{s.you}</Badge>}
        </span>
        <span className="block truncate text-xs text-muted-foreground">{member.email}</span>
      </span>
      <span className="text-xs text-muted-foreground max-md:hidden">
        {s.lastSeen} {member.lastSeenAt ? now > 0 && f.ago(member.lastSeenAt, now) : s.never}
      </span>
      {owner && !self ? (
        <span className="w-28">
          <Select
            aria-label={`${member.name || member.email} ${s.role}`}
            value={member.role}
            disabled={change.isPending}
            onChange={(event) =>
              change.mutate(event.target.value as Role, {
                onSuccess: () => toast(s.changed),
                onError: (error) => toast(errorText(error), { tone: "error" }),
              })
            }
            className="h-8"
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t.shell.role[role]}
              </option>
            ))}
          </Select>
        </span>
      ) : (
        <Badge>{t.shell.role[member.role]}</Badge>
      )}
      {owner && !self && (
        <Menu>
          <MenuTrigger asChild>
            <Button
              variant="ghost"
              size="icon"
              aria-label={`${member.name || member.email} ${t.common.more}`}
            >
              <Ellipsis aria-hidden />
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuItem danger onSelect={() => onRemove(member)}>
              {s.remove}
            </MenuItem>
          </MenuContent>
        </Menu>
      )}
    </li>
  );
}

function Pending({ invitations }: { invitations: Invitation[] }) {
  const t = useT();
  const f = useFormat();
  const errorText = useErrorText();
  const revoke = useTeamAct((id: string) =>
    http.delete("/api/invitations/{invitation_id}", { path: { invitation_id: id } }),
  );
  const s = t.settings.team;
  return (
    <Card className="mt-5">
      <CardHead title={s.pending} />
      <ul>
        {invitations.map((one) => (
          <li key={one.id} className="flex min-h-12 items-center gap-3 border-b px-4 last:border-b-0">
            <span className="min-w-0 flex-1 truncate">{one.email}</span>
            <Badge>{t.shell.role[one.role]}</Badge>
            <span className="text-xs text-muted-foreground max-md:hidden">
              {s.expires(f.dateTime(one.expiresAt))}
            </span>
            <Button
              size="sm"
              onClick={() =>
                revoke.mutate(one.id, {
                  onSuccess: () => toast(s.revoked),
                  onError: (error) => toast(errorText(error), { tone: "error" }),
                })
              }
            >
              {s.revoke}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Matrix() {
  const t = useT();
  const roles = useRoles();
  const s = t.settings.team;
  const order: Role[] = ["owner", "admin", "staff"];
  if (!roles.data) return null;
  return (
    <Card className="mt-5">
      <CardHead title={s.matrix} hint={s.matrixHint} />
      <table className="w-full text-left">
        <thead>
          <tr className="border-b text-xs text-muted-foreground">
            <td className="px-4 py-2" />
            {order.map((role) => (
              <th key={role} scope="col" className="w-20 px-2 py-2 text-center font-normal">
                {t.shell.role[role]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {roles.data.permissions.map((one) => (
            <tr key={one.permission} className="border-b last:border-b-0">
              <th scope="row" className="px-4 py-2 font-normal">
                {one.label}
              </th>
              {order.map((role) => (
                <td key={role} className="px-2 text-center">
                  {one.roles.includes(role) ? (
                    <Check role="img" aria-label={s.can} className="inline size-4 text-success" />
                  ) : (
                    <Minus role="img" aria-label={s.cannot} className="inline size-4 text-subtle" />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

export function TeamPage() {
  const t = useT();
  const me = useMe().data;
  const owner = me?.role === "owner";
  const members = useMembers();
  const invitations = useInvitations(owner);
  const errorText = useErrorText();
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);
  const remove = useTeamAct((id: string) =>
    http.delete("/api/members/{member_id}", { path: { member_id: id } }),
  );
  const s = t.settings.team;
  useTitle(s.title);
  return (
    <SettingsShell
      title={s.title}
      actions={
        owner && (
          <Button variant="primary" onClick={() => setInviting(true)} className="max-md:h-11">
            <UserPlus aria-hidden />
            {s.invite}
          </Button>
        )
      }
    >
      {members.isError ? (
        <Failure title={s.loadFailed} error={members.error} onRetry={() => void members.refetch()} />
      ) : (
        <Card>
          <CardHead title={s.members} hint={members.data && t.common.people(members.data.items.length)} />
          {members.data ? (
            <ul>
              {members.data.items.map((member) => (
                <MemberRow key={member.id} member={member} owner={owner} onRemove={setRemoving} />
              ))}
            </ul>
          ) : (
            <div aria-hidden className="flex flex-col gap-3 p-4">
              <Skeleton className="h-8 w-full" />
              <Skeleton className="h-8 w-full" />
            </div>
          )}
        </Card>
      )}
      {invitations.data && invitations.data.items.length > 0 && (
        <Pending invitations={invitations.data.items} />
      )}
      <Matrix />
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {removing && (
        <Confirm
          open
          onOpenChange={(open) => !open && setRemoving(null)}
          title={s.removeTitle(removing.name || removing.email)}
          action={s.remove}
          danger
          busy={remove.isPending}
          onConfirm={() =>
            remove.mutate(removing.id, {
              onSuccess: () => toast(s.removed),
              onError: (error) => toast(errorText(error), { tone: "error" }),
              onSettled: () => setRemoving(null),
            })
          }
        >
          {s.removeText}
        </Confirm>
      )}
    </SettingsShell>
  );
}
