import type { Metadata } from "next";
import { ApprovalPage } from "@/features/settings/approval-page";
import ko from "@/messages/ko/approval";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <ApprovalPage />;
}
