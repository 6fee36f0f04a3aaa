import type { Metadata } from "next";
import { BuilderPage } from "@/features/segments/builder-page";
import ko from "@/messages/ko/segments";

export const metadata: Metadata = { title: ko.newTitle };

export default function Page() {
  return <BuilderPage />;
}
