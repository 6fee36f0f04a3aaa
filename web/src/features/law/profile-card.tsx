"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Failure, Skeleton } from "@/components/ui/states";
import { phone } from "@/lib/format";
import { useFormat } from "@/lib/i18n";
import { useProfile } from "./queries";
import { useWords } from "./words";

const ProfileDialog = dynamic(() => import("./profile-dialog").then((m) => m.ProfileDialog), { ssr: false });

/** What we say of ourselves: it opens classes, finds names in texts, and fills in what adverts must carry. */
export function ProfileCard({ camp, manages }: { camp: boolean; manages: boolean }) {
  const w = useWords();
  const p = w.profile;
  const f = useFormat();
  const profile = useProfile();
  const [editing, setEditing] = useState(false);
  const data = profile.data;
  const yes = (value: boolean | undefined) => (value ? p.yes : p.no);
  const facts: [string, string][] = !data
    ? []
    : camp
      ? [
          [p.sitting, yes(data.sitting)],
          ...(data.sitting ? [[p.areas, (data.areas ?? []).join(", ")] as [string, string]] : []),
          [p.party, yes(data.party)],
          [p.names, (data.names ?? []).join(", ")],
          [p.rivals, (data.rivals ?? []).join(", ")],
          [p.kakao, data.kakaoApproval ?? ""],
        ]
      : [
          [p.adSender, data.advertSender ?? ""],
          [p.adContact, phone(data.advertContact ?? "")],
          [p.adRefusal, phone(data.advertRefusal ?? "")],
          [p.certificate, data.certificate ?? ""],
          [p.certificateUntil, data.certificateUntil ? f.date(data.certificateUntil, true) : ""],
        ];
  return (
    <Card aria-labelledby="law-profile">
      <CardHead
        title={<span id="law-profile">{p.title}</span>}
        actions={
          manages &&
          data && (
            <Button
              variant="ghost"
              size="sm"
              aria-label={`${p.title}: ${p.edit}`}
              className="max-md:h-11"
              onClick={() => setEditing(true)}
            >
              {p.edit}
            </Button>
          )
        }
      />
      {profile.isError ? (
        <Failure compact title={w.loadFailed} error={profile.error} onRetry={() => void profile.refetch()} />
      ) : !data ? (
        <Skeleton className="m-4 h-16" />
      ) : (
        <dl className="grid grid-cols-[116px_minmax(0,1fr)] gap-x-3 gap-y-2 p-4">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted-foreground">{name}</dt>
              <dd className="min-w-0 break-words">{value || "–"}</dd>
            </div>
          ))}
        </dl>
      )}
      {editing && data && <ProfileDialog profile={data} camp={camp} onClose={() => setEditing(false)} />}
    </Card>
  );
}
