"""Dispatch: every person of a send exactly once, whatever breaks. Rules: docs/dispatch.md.

plan → claim → send → outcome, with fence between us and a carrier, takeover for what nobody finished, receipts and poll
for what comes later. Campaigns, automations and inbox create sends here and read them.
"""

from pabal.dispatch.ageing import (
    MonthUnits,
    SendLine,
    Unmatched,
    month_units,
    open_sends,
    sends_between,
    unmatched,
)
from pabal.dispatch.breaker import resting
from pabal.dispatch.control import (
    ControlResult,
    NoSuchSendError,
    WrongStateError,
    cancel_send,
    pause_send,
    resume_send,
    watch_send,
)
from pabal.dispatch.explain import Check, Explanation, explain
from pabal.dispatch.foresee import Foreseen, foresee
from pabal.dispatch.gate import ADVERTS, AT_NIGHT
from pabal.dispatch.give import Rest, lock_texts, read_texts, weigh_rest, write_texts
from pabal.dispatch.incidents import Incident, count_incidents, list_incidents, mark_incidents
from pabal.dispatch.lane import serve_lane
from pabal.dispatch.lanes import Lane, LaneStep, read_lanes
from pabal.dispatch.ledger import look_at_send
from pabal.dispatch.measure import Measured, MeasureProgress, measure
from pabal.dispatch.model import LANE_SLOTS, WINDOW, FrozenStep, FrozenVariant, Selection, SendRow, Shared
from pabal.dispatch.optouts import accounts_to_read, read_optouts
from pabal.dispatch.plan import (
    Forecast,
    announce_launch,
    bind_people,
    create_send,
    forecast,
    launch_send,
    link_send,
    names_district,
    seal_old_sends,
)
from pabal.dispatch.poll import poll_request
from pabal.dispatch.products import Products, meaning, products_of
from pabal.dispatch.reads import (
    AttemptLine,
    MessageDetail,
    MessageLine,
    Progress,
    list_messages,
    read_message,
    read_progress,
)
from pabal.dispatch.receipts import apply_receipts, store_receipt
from pabal.dispatch.recipients import Recipient, list_recipients
from pabal.dispatch.reconcile import Books, OpenRows, reconcile
from pabal.dispatch.refusals import Refusals, refusals_of_send
from pabal.dispatch.render import Finished, Unrenderable, finish
from pabal.dispatch.retries import gather_retries
from pabal.dispatch.stream import Addressee, announce_stream, start_stream, withdraw
from pabal.dispatch.trials import (
    Trial,
    TrialLine,
    TrialPerson,
    announce_trial,
    count_tests,
    enter_trial,
    list_trials,
    start_trial,
    tried_since,
)
from pabal.dispatch.uncertain import (
    Group,
    NoSuchRequestError,
    SendOverError,
    UncertainSend,
    count_uncertain,
    list_group,
    list_uncertain,
    resolve_group,
    resolve_one,
    resolve_send,
)

__all__ = [
    "ADVERTS",
    "AT_NIGHT",
    "LANE_SLOTS",
    "WINDOW",
    "Addressee",
    "AttemptLine",
    "Books",
    "Check",
    "ControlResult",
    "Explanation",
    "Finished",
    "Forecast",
    "Foreseen",
    "FrozenStep",
    "FrozenVariant",
    "Group",
    "Incident",
    "Lane",
    "LaneStep",
    "MeasureProgress",
    "Measured",
    "MessageDetail",
    "MessageLine",
    "MonthUnits",
    "NoSuchRequestError",
    "NoSuchSendError",
    "OpenRows",
    "Products",
    "Progress",
    "Recipient",
    "Refusals",
    "Rest",
    "Selection",
    "SendLine",
    "SendOverError",
    "SendRow",
    "Shared",
    "Trial",
    "TrialLine",
    "TrialPerson",
    "UncertainSend",
    "Unmatched",
    "Unrenderable",
    "WrongStateError",
    "accounts_to_read",
    "announce_launch",
    "announce_stream",
    "announce_trial",
    "apply_receipts",
    "bind_people",
    "cancel_send",
    "count_incidents",
    "count_tests",
    "count_uncertain",
    "create_send",
    "enter_trial",
    "explain",
    "finish",
    "forecast",
    "foresee",
    "gather_retries",
    "launch_send",
    "link_send",
    "list_group",
    "list_incidents",
    "list_messages",
    "list_recipients",
    "list_trials",
    "list_uncertain",
    "lock_texts",
    "look_at_send",
    "mark_incidents",
    "meaning",
    "measure",
    "month_units",
    "names_district",
    "open_sends",
    "pause_send",
    "poll_request",
    "products_of",
    "read_lanes",
    "read_message",
    "read_optouts",
    "read_progress",
    "read_texts",
    "reconcile",
    "refusals_of_send",
    "resolve_group",
    "resolve_one",
    "resolve_send",
    "resting",
    "resume_send",
    "seal_old_sends",
    "sends_between",
    "serve_lane",
    "start_stream",
    "start_trial",
    "store_receipt",
    "tried_since",
    "unmatched",
    "watch_send",
    "weigh_rest",
    "withdraw",
    "write_texts",
]
