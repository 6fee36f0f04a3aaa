import type { Metadata } from "next";
import { InvitePage } from "@/features/account/invite-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.invite.title };

export default function Page() {
  return <InvitePage />;
}
