import type { Metadata } from "next";
import { ImportsPage } from "@/features/imports/imports-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.imports.title };

export default function Page() {
  return <ImportsPage />;
}
