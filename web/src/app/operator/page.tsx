import type { Metadata } from "next";
import { OperatorPage } from "@/features/operator/operator-page";
import ko from "@/messages/ko/operator";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <OperatorPage />;
}
