import type { Metadata } from "next";
import { ComposerPage } from "@/features/campaigns/composer-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.composer.title };

export default function Page() {
  return <ComposerPage />;
}
