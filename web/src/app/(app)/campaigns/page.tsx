import type { Metadata } from "next";
import { CampaignsPage } from "@/features/campaigns/campaigns-page";
import ko from "@/messages/ko";

export const metadata: Metadata = { title: ko.campaigns.title };

export default function Page() {
  return <CampaignsPage />;
}
