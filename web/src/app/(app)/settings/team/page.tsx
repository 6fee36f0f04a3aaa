import type { Metadata } from "next";
import { TeamPage } from "@/features/settings/team-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.settings.team.title };

export default function Page() {
  return <TeamPage />;
}
