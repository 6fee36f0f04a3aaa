"use client";

import { Ellipsis, UserPlus } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { Invitation, Member, Role } from "@/api/types";
import { Avatar, Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Confirm } from "@/components/ui/dialog";
import { Select } from "@/components/ui/field";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/popover";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useMe } from "../session/queries";
import { InviteDialog } from "./invite-dialog";
import { useInvitations, useMembers, useTeamAct } from "./queries";
import { ROLES, RoleMatrix } from "./role-matrix";
import { SettingsShell } from "./settings-shell";

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
      <RoleMatrix />
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
