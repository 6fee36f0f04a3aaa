import type { Metadata } from "next";
import { RecordsPage } from "@/features/records/records-page";
import ko from "@/messages/ko/records";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <RecordsPage />;
}
