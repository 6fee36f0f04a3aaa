import type { Metadata } from "next";
import { AppearancePage } from "@/features/settings/appearance-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.settings.appearance.title };

export default function Page() {
  return <AppearancePage />;
}
