import type { Metadata } from "next";
import { ResultsPage } from "@/features/results/results-page";
import words from "@/messages/ko/results";

export const metadata: Metadata = { title: words.title };
export const dynamicParams = false;

/** One page for every id: the server answers any address of this shape with it, and the id is read in the browser. */
export function generateStaticParams() {
  return [{ id: "_" }];
}

export default function Page() {
  return <ResultsPage />;
}
