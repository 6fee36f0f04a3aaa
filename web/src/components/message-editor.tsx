"use client";

import { type ReactNode, type Ref, useImperativeHandle, useRef } from "react";
import { isComposing } from "@/lib/keys";
import { cn } from "@/lib/utils";
import { pieces, variableBefore } from "@/lib/variables";

export interface EditorHandle {
  insert: (text: string) => void;
  focus: () => void;
}

interface Props {
  id?: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  placeholder?: string;
  invalid?: boolean;
  /** Characters that can't be sent: marked where they stand. */
  bad?: string[];
  describedBy?: string;
  ref?: Ref<EditorHandle>;
  /** The line under the text: insert buttons left, byte meter right. */
  foot?: ReactNode;
}

// The painted layer and the transparent field must break lines alike, to the pixel.
const METRICS =
  "block w-full whitespace-pre-wrap break-words px-3.5 py-3 font-sans text-base leading-[22px] tracking-[-0.006em] [word-break:keep-all] [overflow-wrap:anywhere] max-md:text-[16px]";

/** Plain text field with coloured `#{이름}`: what is typed stays plain text, so IME, undo and spelling keep working. */
export function MessageEditor({
  id,
  label,
  value,
  onChange,
  onBlur,
  placeholder,
  invalid,
  bad,
  describedBy,
  ref,
  foot,
}: Props) {
  const field = useRef<HTMLTextAreaElement>(null);

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    insert: (text) => {
      field.current?.focus();
      // Deprecated, and still the only way to insert that the browser's own undo can take back.
      if (!document.execCommand("insertText", false, text)) onChange(value + text);
    },
  }));

  return (
    <div
      className={cn(
        "field-focus overflow-hidden rounded-md border border-input bg-card dark:bg-transparent",
        invalid && "border-destructive",
      )}
    >
      <div className="relative min-h-36">
        <div aria-hidden className={cn(METRICS, "pointer-events-none min-h-36")}>
          {pieces(value).map((piece, index) =>
            piece.name === null ? (
              marked(piece.text, bad)
            ) : (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: the same variable may stand in a text twice
                key={index}
                className="rounded-xs bg-brand-soft text-brand-fg shadow-[0_0_0_1.5px_var(--brand-soft)]"
              >
                {piece.text}
              </span>
            ),
          )}
          {"\u200b"}
        </div>
        <textarea
          ref={field}
          id={id}
          aria-label={label}
          aria-invalid={invalid || undefined}
          aria-describedby={describedBy}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          onBlur={onBlur}
          onKeyDown={(event) => {
            if (event.key !== "Backspace" || isComposing(event.nativeEvent)) return;
            const { selectionStart, selectionEnd } = event.currentTarget;
            if (selectionStart !== selectionEnd) return;
            const token = variableBefore(value, selectionStart);
            if (!token) return;
            event.preventDefault();
            event.currentTarget.setSelectionRange(token.from, token.to);
            document.execCommand("delete");
          }}
          className={cn(
            METRICS,
            "absolute inset-0 h-full resize-none overflow-hidden bg-transparent text-transparent caret-foreground outline-none selection:bg-brand/25",
          )}
        />
      </div>
      {foot && <div className="flex min-h-9 flex-wrap items-center gap-1.5 border-t px-2 py-1.5">{foot}</div>}
    </div>
  );
}

/** The painted layer's text, with what can't be sent on a ground of its own. */
function marked(text: string, bad: string[] = []): ReactNode {
  if (bad.length === 0 || !bad.some((char) => text.includes(char))) return text;
  return [...text].map((char, at) =>
    bad.includes(char) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a character is its place in the text
      <mark key={at} className="rounded-xs bg-destructive/20 text-destructive">
        {char}
      </mark>
    ) : (
      char
    ),
  );
}
