import type { Metadata } from "next";
import { UncertainPage } from "@/features/uncertain/uncertain-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.uncertain.title };

export default function Page() {
  return <UncertainPage />;
}
