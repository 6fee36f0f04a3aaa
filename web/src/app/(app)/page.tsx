import type { Metadata } from "next";
import { OverviewPage } from "@/features/overview/overview-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.overview.title };

export default function Page() {
  return <OverviewPage />;
}
