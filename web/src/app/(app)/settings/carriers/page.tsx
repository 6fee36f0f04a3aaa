import type { Metadata } from "next";
import { CarriersPage } from "@/features/settings/carriers-page";
import ko from "@/messages/ko/limits";

export const metadata: Metadata = { title: ko.carriers.title };

export default function Page() {
  return <CarriersPage />;
}
