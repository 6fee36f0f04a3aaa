import type { Metadata } from "next";
import { PhonesPage } from "@/features/phones/phones-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.phones.title };

export default function Page() {
  return <PhonesPage />;
}
