import type { Metadata } from "next";
import { DuplicatesPage } from "@/features/duplicates/duplicates-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.duplicates.title };

export default function Page() {
  return <DuplicatesPage />;
}
