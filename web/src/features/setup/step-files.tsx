"use client";

import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { http, saveFile } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import type { StepProps } from "./setup-page";

/** The only way back to the encrypted book when the server is lost: it must leave the machine before anything else. */
export function RecoveryStep({ setup, onDone, busy }: StepProps) {
  const t = useT();
  const r = t.setup.recovery;
  const errorText = useErrorText();
  const [password, setPassword] = useState("");
  const [kept, setKept] = useState(false);
  // A POST whose answer is a file: nothing on the way may keep a copy, so a plain link won't do.
  const fetchKey = useMutation({
    mutationFn: () => http.file("/api/setup/recovery-key", { password }),
    onSuccess: (file) => {
      setPassword("");
      saveFile(file.blob, file.name ?? "pabal-recovery-key.txt");
    },
  });
  return (
    <div className="flex flex-col gap-4">
      <p>{r.text}</p>
      <p className="text-muted-foreground">{r.where}</p>
      {setup.recoveryKey.available ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (password) fetchKey.mutate();
          }}
          className="flex flex-wrap items-end gap-2"
        >
          <Field
            label={r.password}
            error={fetchKey.isError ? errorText(fetchKey.error) : undefined}
            className="w-64 max-md:w-full"
          >
            <Input
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </Field>
          <Button
            type="submit"
            size="lg"
            disabled={!password}
            busy={fetchKey.isPending}
            className="max-md:h-11"
          >
            <Download aria-hidden />
            {r.download}
          </Button>
        </form>
      ) : (
        <div className="rounded-lg bg-muted p-4">
          <p>{setup.recoveryKey.reason}</p>
          <p className="mt-2 text-xs text-muted-foreground">{r.command}</p>
          <code className="mt-1 block overflow-x-auto rounded-md border bg-card px-3 py-2 font-mono text-xs">
            {setup.recoveryKey.command}
          </code>
        </div>
      )}
      <label htmlFor="recovery-kept" className="flex items-center gap-2.5">
        <Checkbox id="recovery-kept" checked={kept} onChange={(event) => setKept(event.target.checked)} />
        {r.kept}
      </label>
      <div>
        <Button variant="primary" disabled={!kept} busy={busy} onClick={() => onDone()}>
          {t.setup.save}
        </Button>
      </div>
    </div>
  );
}

export function AddressStep({ setup, onDone, busy }: StepProps) {
  const t = useT();
  const a = t.setup.address;
  const [mode, setMode] = useState<"webhook" | "polling">(setup.publicUrl ? "webhook" : "polling");
  const [url, setUrl] = useState(setup.publicUrl ?? "");
  const [tried, setTried] = useState(false);
  const bad = mode === "webhook" && !/^https:\/\/[^\s/]+\.[^\s/]+/.test(url);
  return (
    <div className="flex flex-col gap-4">
      <p>{a.text}</p>
      {setup.publicUrlFixed && (
        <p className="rounded-lg bg-muted p-4">
          {a.fixed} <b className="font-medium">{setup.publicUrl}</b>
        </p>
      )}
      {!setup.publicUrlFixed && (
        <Segmented
          label={a.url}
          value={mode}
          onChange={setMode}
          options={[
            { value: "polling", label: a.polling },
            { value: "webhook", label: a.webhook },
          ]}
          className="self-start"
        />
      )}
      <p className="text-xs text-muted-foreground">{mode === "webhook" ? a.webhookHint : a.pollingHint}</p>
      {mode === "webhook" && !setup.publicUrlFixed && (
        <Field label={a.url} hint={a.urlHint} error={tried && bad ? a.needUrl : undefined}>
          <Input type="url" inputMode="url" value={url} onChange={(event) => setUrl(event.target.value)} />
        </Field>
      )}
      <div>
        <Button
          variant="primary"
          busy={busy}
          onClick={() => {
            setTried(true);
            if (setup.publicUrlFixed) onDone();
            else if (!bad) onDone({ publicUrl: mode === "webhook" ? url.trim() : null });
          }}
        >
          {t.setup.save}
        </Button>
      </div>
    </div>
  );
}
