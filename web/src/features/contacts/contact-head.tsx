"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, FileText, Pencil, Send, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { http } from "@/api/client";
import type { Contact } from "@/api/types";
import { Avatar } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/popover";
import { Skeleton, useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { useNavigate } from "@/lib/router";
import { toast } from "@/lib/toast";
import { startWith } from "../campaigns/draft";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";

/** Where a note is written: on top of the line of time, which is fetched on its own. */
export const NOTE_BOX = "note-box";

const PersonDialogs = dynamic(() => import("./person-dialogs").then((part) => part.PersonDialogs));

/** Who it is, on the drawer and on the page. */
export function ContactHead({ contact }: { contact: Contact }) {
  const t = useT();
  const name = contact.name || t.contacts.noName;
  const about = [
    contact.title,
    contact.district,
    contact.ageBand && t.contacts.ageBand(contact.ageBand),
  ].filter(Boolean);
  return (
    <div className="flex items-center gap-3.5 px-5 pt-5 pb-4">
      <Avatar name={name} className="size-12 text-xl" />
      <div className="min-w-0">
        <h2 className="break-words text-xl font-semibold">{name}</h2>
        {about.length > 0 && <p className="text-muted-foreground">{about.join(" · ")}</p>}
      </div>
    </div>
  );
}

export function ContactHeadSkeleton() {
  return (
    <div aria-hidden className="flex flex-col gap-4 p-5">
      <Skeleton className="size-12 rounded-full" />
      <Skeleton className="h-5 w-32" />
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-4 w-2/3" />
    </div>
  );
}

function EraseDialog({
  contact,
  onClose,
  onErased,
}: {
  contact: Contact;
  onClose: () => void;
  onErased: () => void;
}) {
  const t = useT();
  const client = useQueryClient();
  const errorText = useErrorText();
  const erase = useMutation({
    mutationFn: () => http.delete("/api/contacts/{contact_id}", { path: { contact_id: contact.id } }),
    onSuccess: () => {
      toast(t.contacts.drawer.erased);
      void client.invalidateQueries({ queryKey: ["contacts"] });
      onErased();
    },
    onError: (error) => toast(errorText(error), { tone: "error" }),
  });
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.contacts.drawer.eraseTitle(contact.name || t.contacts.noName)}
      action={t.contacts.drawer.erase}
      onConfirm={() => erase.mutate()}
      busy={erase.isPending}
      danger
    >
      {t.contacts.drawer.eraseText}
    </Confirm>
  );
}

/** What can be done with one person. */
export function ContactActions({
  contact,
  onErased,
  small,
}: {
  contact: Contact;
  onErased: () => void;
  small?: boolean;
}) {
  const t = useT();
  const { to } = useNavigate();
  const role = useMe().data?.role;
  const [erasing, setErasing] = useState(false);
  const [doing, setDoing] = useState<"edit" | "request" | null>(null);
  return (
    <>
      <Button size={small ? "sm" : undefined} className="max-md:h-11" onClick={() => setDoing("edit")}>
        <Pencil aria-hidden />
        <span className={small ? "max-md:sr-only" : undefined}>{t.contacts.drawer.edit}</span>
      </Button>
      <Button
        variant="primary"
        size={small ? "sm" : undefined}
        className="max-md:h-11"
        onClick={() => {
          startWith({ ids: [contact.id] }, 1);
          to("/campaigns/new");
        }}
      >
        <Send aria-hidden />
        {t.contacts.drawer.message}
      </Button>
      <Menu>
        <MenuTrigger asChild>
          <Button
            variant="ghost"
            size={small ? "icon-sm" : "icon"}
            className="max-md:size-11"
            aria-label={t.common.more}
          >
            <Ellipsis aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem onSelect={() => setDoing("request")}>
            <FileText aria-hidden />
            {t.contacts.drawer.request}
          </MenuItem>
          {atLeast(role ?? undefined, "admin") && (
            <MenuItem danger onSelect={() => setErasing(true)}>
              <Trash2 aria-hidden />
              {t.contacts.drawer.erase}
            </MenuItem>
          )}
        </MenuContent>
      </Menu>
      {doing && <PersonDialogs contact={contact} doing={doing} onDoing={setDoing} onErased={onErased} />}
      {erasing && (
        <EraseDialog
          contact={contact}
          onClose={() => setErasing(false)}
          onErased={() => {
            setErasing(false);
            onErased();
          }}
        />
      )}
    </>
  );
}
