import type { Metadata } from "next";
import { ResetPage } from "@/features/account/invite-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.invite.resetTitle };

export default function Page() {
  return <ResetPage />;
}
