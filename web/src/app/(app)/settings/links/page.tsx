import type { Metadata } from "next";
import { LinksPage } from "@/features/settings/links-page";
import ko from "@/messages/ko/links";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <LinksPage />;
}
