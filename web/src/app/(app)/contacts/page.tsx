import type { Metadata } from "next";
import { ContactsPage } from "@/features/contacts/contacts-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.contacts.title };

export default function Page() {
  return <ContactsPage />;
}
