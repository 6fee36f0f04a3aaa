"use client";

import { Check } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useErrorText } from "@/components/ui/states";
import { useFormat } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { useAttestation, useLawAct } from "./queries";
import { useWords } from "./words";

const CAPACITIES = ["voter", "assembly_staff"] as const;

/** Each person signs for themselves that they may campaign (article 60). */
export function SignCard() {
  const w = useWords();
  const f = useFormat();
  const paper = useAttestation();
  const [open, setOpen] = useState(false);
  if (!paper.data) return null; // an aside: what may be sent says the same in its own line
  const { signed, signedAt } = paper.data;
  return (
    <Card className="p-4" aria-label={w.sign.title}>
      <p className="font-medium">{w.sign.title}</p>
      {signed ? (
        <p className="mt-1 flex items-center gap-1.5 text-success">
          <Check aria-hidden className="size-4" />
          {signedAt && w.sign.signed(f.date(signedAt, true))}
        </p>
      ) : (
        <>
          <p className="mt-1 mb-3 text-muted-foreground">{w.sign.need}</p>
          <Button onClick={() => setOpen(true)} className="max-md:h-11">
            {w.sign.open}
          </Button>
        </>
      )}
      {open && (
        <SignDialog version={paper.data.version} text={paper.data.text} onClose={() => setOpen(false)} />
      )}
    </Card>
  );
}

function SignDialog({ version, text, onClose }: { version: number; text: string; onClose: () => void }) {
  const w = useWords();
  const errorText = useErrorText();
  const [capacity, setCapacity] = useState<(typeof CAPACITIES)[number] | null>(null);
  const sign = useLawAct((as: (typeof CAPACITIES)[number]) =>
    http.post("/api/law/attestation", { capacity: as, version }),
  );
  return (
    <Dialog open onOpenChange={(now) => !now && onClose()}>
      <DialogContent
        title={w.sign.dialog}
        footer={
          <Button
            variant="primary"
            busy={sign.isPending}
            disabled={capacity === null}
            className="max-md:h-12 max-md:flex-1"
            onClick={() =>
              capacity &&
              sign.mutate(capacity, {
                onSuccess: () => {
                  toast(w.sign.done);
                  onClose();
                },
                onError: (error) => toast(errorText(error), { tone: "error" }),
              })
            }
          >
            {w.sign.act}
          </Button>
        }
      >
        <p className="whitespace-pre-line">{w.text(text)}</p>
        <fieldset className="mt-4 flex flex-col gap-1">
          <legend className="mb-1 font-medium">{w.sign.capacity}</legend>
          {CAPACITIES.map((one) => (
            <label key={one} className="flex min-h-8 items-center gap-2 max-md:min-h-11">
              <input
                type="radio"
                name="capacity"
                checked={capacity === one}
                onChange={() => setCapacity(one)}
                className="size-4 accent-brand"
              />
              {w.sign.capacities[one]}
            </label>
          ))}
        </fieldset>
      </DialogContent>
    </Dialog>
  );
}
