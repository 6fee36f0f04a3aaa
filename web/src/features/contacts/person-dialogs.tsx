"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api/client";
import type { Contact } from "@/api/types";
import { ContactEdit, wholeContact } from "./contact-edit";
import { RequestDialog } from "./request-dialog";

type Doing = "edit" | "request";

interface Props {
  contact: Contact;
  doing: Doing;
  onDoing: (doing: Doing | null) => void;
  onErased: () => void;
}

/** What opens over one person. A correction that the person asked for is closed when the form is left. */
export function PersonDialogs({ contact, doing, onDoing, onErased }: Props) {
  const [request, setRequest] = useState<string | null>(null);
  const whole = useQuery({
    queryKey: ["contact", contact.id, "whole", contact.version],
    queryFn: () => wholeContact(contact),
    enabled: doing === "edit" && contact.masked,
    gcTime: 0,
  });
  const card = contact.masked ? whole.data : contact;
  const leave = (saved: string[] | null) => {
    if (request && saved) {
      void http.post(
        "/api/data-requests/{data_request_id}/close",
        { state: "done", fields: saved },
        { path: { data_request_id: request } },
      );
    }
    onDoing(null);
  };
  if (doing === "edit") return card ? <ContactEdit contact={card} onClose={leave} /> : null;
  return (
    <RequestDialog
      contact={contact}
      onClose={() => onDoing(null)}
      onErased={onErased}
      onCorrect={(id) => {
        setRequest(id);
        onDoing("edit");
      }}
    />
  );
}
