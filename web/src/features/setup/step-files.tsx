"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useT } from "@/lib/i18n";
import type { StepProps } from "./setup-page";

/** The only way back to the encrypted book when the server is lost: it must leave the machine before anything else. */
export function RecoveryStep({ onDone, busy }: StepProps) {
  const t = useT();
  const r = t.setup.recovery;
  const [kept, setKept] = useState(false);
  return (
    <div className="flex flex-col gap-4">
      <p>{r.text}</p>
      <p className="text-muted-foreground">{r.where}</p>
      <div>
        <Button asChild size="lg">
          <a href="/api/setup/recovery-key" download>
            <Download aria-hidden />
            {r.download}
          </a>
        </Button>
      </div>
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
      <p className="text-xs text-muted-foreground">{mode === "webhook" ? a.webhookHint : a.pollingHint}</p>
      {mode === "webhook" && (
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
            if (!bad) onDone({ publicUrl: mode === "webhook" ? url : null });
          }}
        >
          {t.setup.save}
        </Button>
      </div>
    </div>
  );
}
