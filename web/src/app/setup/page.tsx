import type { Metadata } from "next";
import { SetupPage } from "@/features/setup/setup-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.setup.title };

export default function Page() {
  return <SetupPage />;
}
