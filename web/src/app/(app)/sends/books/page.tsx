import type { Metadata } from "next";
import { BooksPage } from "@/features/reconcile/books-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.books.title };

export default function Page() {
  return <BooksPage />;
}
