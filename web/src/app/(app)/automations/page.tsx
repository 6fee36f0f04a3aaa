import type { Metadata } from "next";
import { AutomationsPage } from "@/features/automations/automations-page";
import ko from "@/messages/ko/automations";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <AutomationsPage />;
}
