"use client";

import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/field";
import { useT } from "@/lib/i18n";
import { NOTE_BOX } from "./contact-head";
import { type TimelineItem, usePersonChange } from "./view-queries";
import { useViewWords } from "./view-words";

/** A note is written where it will be read: on top of the line of time. */
export function NoteBox({ id }: { id: string }) {
  const w = useViewWords();
  const [body, setBody] = useState("");
  const write = usePersonChange(
    id,
    (text: string) =>
      http.post("/api/contacts/{contact_id}/notes", { body: text }, { path: { contact_id: id } }),
    w.noteSaved,
  );
  const save = () => body.trim() && write.mutate(body, { onSuccess: () => setBody("") });
  return (
    <form
      className="mb-5 flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Textarea
        id={NOTE_BOX}
        aria-label={w.noteLabel}
        placeholder={w.notePlaceholder}
        rows={1}
        maxLength={4000}
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save();
        }}
        className="min-h-9 flex-1"
      />
      <Button type="submit" disabled={!body.trim()} busy={write.isPending} className="max-md:h-11">
        {w.noteSave}
      </Button>
    </form>
  );
}

export function NoteTools({ id, item }: { id: string; item: TimelineItem }) {
  const t = useT();
  const w = useViewWords();
  const [body, setBody] = useState<string | null>(null);
  const change = usePersonChange(
    id,
    (text: string) =>
      http.patch(
        "/api/notes/{note_id}",
        { body: text, version: Number((item.detail as { version: number }).version) },
        { path: { note_id: item.id } },
      ),
    w.saved,
  );
  const remove = usePersonChange(
    id,
    () => http.delete("/api/notes/{note_id}", { path: { note_id: item.id } }),
    w.noteDeleted,
  );
  if (body === null) {
    return (
      <div className="-ml-2 flex gap-1">
        <Button
          variant="ghost"
          size="icon-sm"
          className="max-md:size-11"
          aria-label={w.noteEdit}
          onClick={() => setBody(item.text)}
        >
          <Pencil aria-hidden />
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          className="max-md:size-11"
          aria-label={w.noteDelete}
          busy={remove.isPending}
          onClick={() => remove.mutate(undefined)}
        >
          <Trash2 aria-hidden />
        </Button>
      </div>
    );
  }
  return (
    <div className="mt-2 flex flex-col gap-2">
      <Textarea
        aria-label={w.noteEdit}
        rows={3}
        value={body}
        onChange={(event) => setBody(event.target.value)}
      />
      <div className="flex gap-2">
        <Button
          size="sm"
          variant="primary"
          busy={change.isPending}
          disabled={!body.trim()}
          onClick={() => change.mutate(body, { onSuccess: () => setBody(null) })}
        >
          {w.save}
        </Button>
        <Button size="sm" onClick={() => setBody(null)}>
          {t.common.cancel}
        </Button>
      </div>
    </div>
  );
}
