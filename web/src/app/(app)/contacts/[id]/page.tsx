import type { Metadata } from "next";
import { ContactPage } from "@/features/contacts/contact-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.contacts.title };
export const dynamicParams = false;

/** One page for every id: the server answers any address of this shape with it, and the id is read in the browser. */
export function generateStaticParams() {
  return [{ id: "_" }];
}

export default function Page() {
  return <ContactPage />;
}
