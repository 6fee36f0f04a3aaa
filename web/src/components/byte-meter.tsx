"use client";

import { LMS_BYTES, SMS_BYTES } from "@/lib/cp949";
import { useFormat, useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { Badge } from "./ui/badge";
import { Tooltip } from "./ui/popover";
import { Ring } from "./ui/progress";

interface Props {
  min: number;
  max: number;
  /** The server has counted this very text; otherwise it is the browser's own count. */
  counted: boolean;
}

/** Weight of the text, against 90 bytes until it is passed and 2,000 from there on. */
export function ByteMeter({ min, max, counted }: Props) {
  const t = useT();
  const f = useFormat();
  const kind = max > SMS_BYTES ? "LMS" : "SMS";
  const limit = max > SMS_BYTES ? LMS_BYTES : SMS_BYTES;
  const tone = max > LMS_BYTES ? "danger" : max > SMS_BYTES ? "warning" : "brand";
  const shown = min === max ? f.num(max) : `${f.num(min)}–${f.num(max)}`;
  return (
    <Tooltip text={counted ? t.composer.counted : t.composer.estimate}>
      <button type="button" className="flex cursor-default items-center gap-2 rounded-sm px-1 text-xs">
        {/* Words instead of a label: what is seen and what is heard differ, and a name must contain what is seen. */}
        <span className="sr-only">{t.composer.bytesMeter(shown, f.num(limit), kind)}</span>
        <Ring share={max / limit} tone={tone} />
        <span aria-hidden className="text-muted-foreground">
          <b
            className={cn(
              "font-semibold",
              tone === "warning" && "text-warning",
              tone === "danger" && "text-destructive",
              tone === "brand" && "text-foreground",
            )}
          >
            {shown}
          </b>
          {` / ${f.num(limit)}`}
        </span>
        <span aria-hidden className="flex">
          <Badge tone={tone === "brand" ? "neutral" : tone}>{kind}</Badge>
        </span>
      </button>
    </Tooltip>
  );
}
