"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Field, Input, Textarea } from "@/components/ui/field";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { usePageWords } from "@/lib/page-words";
import { toast } from "@/lib/toast";
import ko from "@/messages/ko/links";
import { useMe } from "../session/queries";
import { faultyHosts, hostsOf } from "./link-hosts";
import { SettingsShell } from "./settings-shell";

const english = () => import("@/messages/en/links");
const KEY = ["link-settings"];

/** Where short links may lead, and for how long. */
export function LinksPage() {
  const w = usePageWords(ko, english);
  const found = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => http.get("/api/settings/links", { signal }),
  });
  useTitle(w.title);
  return (
    <SettingsShell title={w.title}>
      {found.isError ? (
        <Failure title={w.loadFailed} error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton className="h-64 w-full rounded-lg" />
      ) : (
        <Card>
          <CardHead title={w.title} hint={found.data.base ? w.base(found.data.base) : undefined} />
          {!found.data.base && <p className="px-4 pt-4 text-warning">{w.noBase}</p>}
          <LinksForm key={found.dataUpdatedAt} hosts={found.data.hosts} days={found.data.days} />
        </Card>
      )}
    </SettingsShell>
  );
}

function LinksForm({ hosts, days }: { hosts: string[]; days: number }) {
  const w = usePageWords(ko, english);
  const client = useQueryClient();
  const errorText = useErrorText();
  const owner = useMe().data?.permissions.includes("settings.change") ?? false;
  const [text, setText] = useState(hosts.join("\n"));
  const [typedDays, setDays] = useState(String(days));
  const [tried, setTried] = useState(false);
  const wanted = hostsOf(text);
  const number = /^\d{1,3}$/.test(typedDays.trim()) ? Number(typedDays) : 0;
  const daysFault = number < 1 || number > 730;
  const save = useMutation({
    mutationFn: (hosts: string[]) => http.put("/api/settings/links", { hosts, days: number }),
    onSuccess: (saved) => {
      toast(w.saved);
      client.setQueryData(KEY, saved);
    },
  });
  const faulty =
    save.error instanceof ApiError ? faultyHosts(save.error.fields, save.variables ?? wanted) : [];
  const hostsFault =
    faulty.length > 0
      ? faulty.map((one) => w.hostFault(one.line, one.why)).join("\n")
      : wanted.length > 100
        ? w.tooMany
        : save.isError
          ? errorText(save.error)
          : undefined;
  return (
    <form
      noValidate
      className="flex flex-col gap-5 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!daysFault && wanted.length <= 100) save.mutate(wanted);
      }}
    >
      <Field
        label={w.hosts}
        hint={w.hostsHint}
        error={hostsFault}
        className="[&_[role=alert]]:whitespace-pre-wrap"
      >
        <Textarea
          rows={5}
          spellCheck={false}
          autoCapitalize="none"
          disabled={!owner}
          value={text}
          onChange={(event) => {
            save.reset();
            setText(event.target.value);
          }}
        />
      </Field>
      <Field label={w.days} hint={w.daysHint} error={tried && daysFault ? w.daysNeed : undefined}>
        <Input
          inputMode="numeric"
          autoComplete="off"
          disabled={!owner}
          value={typedDays}
          onChange={(event) => setDays(event.target.value)}
          className="w-28"
        />
      </Field>
      {owner ? (
        <Button type="submit" variant="primary" busy={save.isPending} className="self-start max-md:h-11">
          {w.save}
        </Button>
      ) : (
        <p className="text-xs text-muted-foreground">{w.ownerOnly}</p>
      )}
    </form>
  );
}
