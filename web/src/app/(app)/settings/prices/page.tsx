import type { Metadata } from "next";
import { PricesPage } from "@/features/settings/prices-page";
import ko from "@/messages/ko/limits";

export const metadata: Metadata = { title: ko.prices.title };

export default function Page() {
  return <PricesPage />;
}
