import type { Metadata } from "next";
import { RequestsPage } from "@/features/contacts/requests-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.shell.requests };

export default function Page() {
  return <RequestsPage />;
}
