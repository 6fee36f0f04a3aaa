import type { Metadata } from "next";
import { TemplatesPage } from "@/features/templates/templates-page";
import ko from "@/messages/ko/templates";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <TemplatesPage />;
}
