"use client";

import { ChevronDown, ChevronUp, Maximize2 } from "lucide-react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { Failure } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { ContactFacts } from "./contact-facts";
import { ContactActions, ContactHead, ContactHeadSkeleton } from "./contact-head";
import { Lineage } from "./lineage";
import { useContact } from "./queries";

const Timeline = dynamic(() => import("./timeline").then((part) => part.Timeline));

interface Props {
  id: string | null;
  onClose: () => void;
  onStep: (by: number) => void;
}

/** One person beside the list: the list stays usable, J and K move through it. */
export function ContactDrawer({ id, onClose, onStep }: Props) {
  const t = useT();
  const contact = useContact(id);
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
                className="max-md:hidden"
                aria-label={t.contacts.drawer.previous}
                onClick={() => onStep(-1)}
              >
                <ChevronUp aria-hidden />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                className="max-md:hidden"
                aria-label={t.contacts.drawer.next}
                onClick={() => onStep(1)}
              >
                <ChevronDown aria-hidden />
              </Button>
              <Button asChild variant="ghost" size="icon-sm" className="max-md:size-11">
                <Link href={`/contacts/${id}`} aria-label={t.contacts.page.open}>
                  <Maximize2 aria-hidden />
                </Link>
              </Button>
              <span className="flex-1" />
              {one && <ContactActions contact={one} onErased={onClose} small />}
            </>
          }
        >
          {contact.isError ? (
            <Failure error={contact.error} onRetry={() => void contact.refetch()} />
          ) : one ? (
            <>
              <ContactHead contact={one} />
              <ContactFacts contact={one} />
              <Lineage id={one.id} />
              <Timeline id={one.id} compact />
            </>
          ) : (
            <ContactHeadSkeleton />
          )}
        </SheetContent>
      )}
    </Dialog>
  );
}
