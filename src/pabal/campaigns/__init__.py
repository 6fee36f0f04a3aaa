"""Campaigns: drafts, the check, launch and steering, what became of whom. Messages themselves are `dispatch`'s."""

from pabal.campaigns.actions import create_campaign
from pabal.campaigns.jobs import launch_due, run_check_job
from pabal.campaigns.queries import CampaignRow, page_of_campaigns, read_campaign
from pabal.campaigns.schemas import SendWindowModel
from pabal.campaigns.steps import TEMPLATE_GONE, plan_step

__all__ = [
    "TEMPLATE_GONE",
    "CampaignRow",
    "SendWindowModel",
    "create_campaign",
    "launch_due",
    "page_of_campaigns",
    "plan_step",
    "read_campaign",
    "run_check_job",
]
