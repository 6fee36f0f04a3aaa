"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, Ellipsis, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import type { Contact } from "@/api/types";
import { Avatar } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm, Dialog, SheetContent } from "@/components/ui/dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/popover";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { useNavigate } from "@/lib/router";
import { toast } from "@/lib/toast";
import { startWith } from "../campaigns/draft";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";
import { ContactFacts } from "./contact-facts";
import { Lineage } from "./lineage";
import { useContact } from "./queries";

interface Props {
  id: string | null;
  onClose: () => void;
  onStep: (by: number) => void;
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
      title={t.contacts.drawer.eraseTitle(contact.name)}
      action={t.contacts.drawer.erase}
      onConfirm={() => erase.mutate()}
      busy={erase.isPending}
      danger
    >
      {t.contacts.drawer.eraseText}
    </Confirm>
  );
}

/** One person beside the list: the list stays usable, J and K move through it. */
export function ContactDrawer({ id, onClose, onStep }: Props) {
  const t = useT();
  const { to } = useNavigate();
  const role = useMe().data?.role;
  const contact = useContact(id);
  const [erasing, setErasing] = useState(false);
  const one = contact.data;
  return (
    <Dialog open={id !== null} modal={false} onOpenChange={(open) => !open && onClose()}>
      {id !== null && (
        <SheetContent
          modal={false}
          title={one?.name ?? t.contacts.drawer.title}
          onOpenAutoFocus={(event) => event.preventDefault()}
          header={
            <>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={t.contacts.drawer.previous}
                onClick={() => onStep(-1)}
              >
                <ChevronUp aria-hidden />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={t.contacts.drawer.next}
                onClick={() => onStep(1)}
              >
                <ChevronDown aria-hidden />
              </Button>
              <span className="flex-1" />
              {one && (
                <Button
                  variant="primary"
                  size="sm"
                  onClick={() => {
                    startWith({ ids: [one.id] }, 1);
                    to("/campaigns/new");
                  }}
                >
                  <Send aria-hidden />
                  {t.contacts.drawer.message}
                </Button>
              )}
              {one && atLeast(role ?? undefined, "admin") && (
                <Menu>
                  <MenuTrigger asChild>
                    <Button variant="ghost" size="icon-sm" aria-label={t.common.more}>
                      <Ellipsis aria-hidden />
                    </Button>
                  </MenuTrigger>
                  <MenuContent align="end">
                    <MenuItem danger onSelect={() => setErasing(true)}>
                      <Trash2 aria-hidden />
                      {t.contacts.drawer.erase}
                    </MenuItem>
                  </MenuContent>
                </Menu>
              )}
            </>
          }
        >
          {contact.isError ? (
            <Failure error={contact.error} onRetry={() => void contact.refetch()} />
          ) : one ? (
            <>
              <div className="flex items-center gap-3.5 px-5 pt-5 pb-4">
                <Avatar name={one.name || t.contacts.noName} className="size-12 text-xl" />
                <div className="min-w-0">
                  <h2 className="text-xl font-semibold">{one.name || t.contacts.noName}</h2>
                  {one.district && <p className="text-muted-foreground">{one.district}</p>}
                </div>
              </div>
              <ContactFacts contact={one} />
              <Lineage id={one.id} />
              {erasing && (
                <EraseDialog
                  contact={one}
                  onClose={() => setErasing(false)}
                  onErased={() => {
                    setErasing(false);
                    onClose();
                  }}
                />
              )}
            </>
          ) : (
            <div aria-hidden className="flex flex-col gap-4 p-5">
              <Skeleton className="size-12 rounded-full" />
              <Skeleton className="h-5 w-32" />
              <Skeleton className="h-4 w-full" />
              <Skeleton className="h-4 w-2/3" />
            </div>
          )}
        </SheetContent>
      )}
    </Dialog>
  );
}
