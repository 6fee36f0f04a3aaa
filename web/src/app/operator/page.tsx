import type { Metadata } from "next";
import { OperatorPage } from "@/features/operator/operator-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.operator.title };

export default function Page() {
  return <OperatorPage />;
}
