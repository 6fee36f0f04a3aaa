import type { Metadata } from "next";
import { BooksPage } from "@/features/reconcile/books-page";
import ko from "@/messages/ko/books";

export const metadata: Metadata = { title: ko.title };

export default function Page() {
  return <BooksPage />;
}
