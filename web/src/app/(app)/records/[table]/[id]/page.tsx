import type { Metadata } from "next";
import { RecordPage } from "@/features/records/record-page";
import ko from "@/messages/ko/records";

export const metadata: Metadata = { title: ko.title };
export const dynamicParams = false;

/** One page for every record: the server answers any address of this shape with it, and the id is read in the browser. */
export function generateStaticParams() {
  return [{ table: "_", id: "_" }];
}

export default function Page() {
  return <RecordPage />;
}
