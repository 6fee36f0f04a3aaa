import type { Metadata } from "next";
import { UncertainPage } from "@/features/uncertain/uncertain-page";
import ko from "@/messages/ko/uncertain";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <UncertainPage />;
}
