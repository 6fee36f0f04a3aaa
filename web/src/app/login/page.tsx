import type { Metadata } from "next";
import { LoginPage } from "@/features/account/login-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.login.title };

export default function Page() {
  return <LoginPage />;
}
