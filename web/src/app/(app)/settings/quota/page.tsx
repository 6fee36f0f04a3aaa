import type { Metadata } from "next";
import { QuotaPage } from "@/features/settings/quota-page";
import ko from "@/messages/ko/limits";

export const metadata: Metadata = { title: ko.quota.title };

export default function Page() {
  return <QuotaPage />;
}
