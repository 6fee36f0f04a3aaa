import type { Metadata } from "next";
import { LawPage } from "@/features/law/law-page";
import ko from "@/messages/ko/law";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <LawPage />;
}
