import type { Metadata } from "next";
import { BuilderPage } from "@/features/segments/builder-page";
import ko from "@/messages/ko/segments";

export const metadata: Metadata = { title: ko.title };
export const dynamicParams = false;

/** One page for every id: the server answers any address of this shape with it, and the id is read in the browser. */
export function generateStaticParams() {
  return [{ id: "_" }];
}

export default function Page() {
  return <BuilderPage />;
}
