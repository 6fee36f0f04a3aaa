import type { Metadata } from "next";
import { SegmentsPage } from "@/features/segments/segments-page";
import ko from "@/messages/ko/segments";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <SegmentsPage />;
}
