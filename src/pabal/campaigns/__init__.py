"""Campaigns: drafts, the check, launch and steering, what became of whom. Messages themselves are `dispatch`'s."""

from pabal.campaigns.actions import create_campaign
from pabal.campaigns.approval import OWN_APPROVAL, read_rule
from pabal.campaigns.jobs import launch_due, run_check_job
from pabal.campaigns.old_conditions import seal_old_conditions
from pabal.campaigns.people import STATE_LABELS, reason_label
from pabal.campaigns.planned import Planned, planned_for
from pabal.campaigns.queries import CampaignRow, page_of_campaigns, read_campaign
from pabal.campaigns.schemas import SendWindowModel
from pabal.campaigns.steps import TEMPLATE_GONE, plan_step
from pabal.campaigns.texts import DecisionOut, IntervalOut, TextOut, with_figures
from pabal.campaigns.variants import VariantFigures, list_decisions

__all__ = [
    "OWN_APPROVAL",
    "STATE_LABELS",
    "TEMPLATE_GONE",
    "CampaignRow",
    "DecisionOut",
    "IntervalOut",
    "Planned",
    "SendWindowModel",
    "TextOut",
    "VariantFigures",
    "create_campaign",
    "launch_due",
    "list_decisions",
    "page_of_campaigns",
    "plan_step",
    "planned_for",
    "read_campaign",
    "read_rule",
    "reason_label",
    "run_check_job",
    "seal_old_conditions",
    "with_figures",
]
