"""Rules about the figures of a check: who is left, what the month still holds, when it would be over. Pure.

Beside `domain.campaign`, whose verdicts are about what is said and by whom.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pabal.domain.campaign import Verdict, in_order


@dataclass(frozen=True, slots=True)
class MonthUse:
    """What a campaign takes of one Korean month's quota, or of an account's cap, if everybody needs every step, and what that
    month still holds."""

    month: str  # YYYY-MM
    units: int
    remaining: int

    @property
    def label(self) -> str:
        return f"{int(self.month[5:])}월"

    @property
    def short(self) -> int:
        return max(0, self.units - self.remaining)


def over_the_edge(before: MonthUse, then: MonthUse) -> tuple[MonthUse, MonthUse]:
    """A campaign that goes on after midnight of a month's last day: what the old month can't grant waits and is taken from
    the new one (a unit is reserved at the claim, from the month of that moment)."""
    return replace(before, units=before.units - before.short), replace(then, units=then.units + before.short)


@dataclass(frozen=True, slots=True)
class AccountCap:
    """A carrier account that takes no more than `cap` messages a month."""

    name: str
    cap: int
    used: int
    least: int  # what the campaign needs of it if everybody gets the first step
    most: int  # if everybody needs every step
    months: Sequence[MonthUse] = ()  # two when it goes on into the next month
    month_name: str = "이번 달"  # the month that it starts in, as people call it today


@dataclass(frozen=True, slots=True)
class AudienceFacts:
    """What the rules about figures look at."""

    audience: int
    sendable: int
    quota_remaining: int | None  # None: a rehearsal takes none
    lms: int
    finish_at: datetime
    not_after: datetime | None
    most_units: int | None = None  # if everybody needed every step; None: there is one step
    months: Sequence[MonthUse] = ()  # two when it goes on into the next month
    quota_name: str = "이번 달"  # the month that it starts in, as people call it today


def audience_verdicts(facts: AudienceFacts) -> tuple[Verdict, ...]:
    found: list[Verdict] = []
    if facts.audience == 0:
        found.append(Verdict("audience.empty", "block", "고른 사람이 없어요."))
    elif facts.sendable == 0:
        found.append(Verdict("audience.empty", "block", "고른 사람 가운데 보낼 수 있는 사람이 없어요."))
    else:
        excluded = facts.audience - facts.sendable
        message = f"{excluded:,}명을 뺐고, 보내는 순간 다시 확인해요." if excluded else "뺄 사람이 없어요."
        found.append(Verdict("audience.excluded", "ok", message))
    if len(facts.months) > 1:
        found.append(_edge_verdict(*facts.months))
    elif facts.quota_remaining is not None and facts.quota_remaining < facts.sendable:
        short = facts.sendable - facts.quota_remaining
        found.append(
            Verdict(
                "quota.short",
                "warn",
                f"{facts.quota_name} 한도가 {short:,}건 모자라요. 되는 만큼 보내고, 한도를 올리면 이어서 보내요.",
            )
        )
    elif facts.quota_remaining is not None and facts.quota_remaining < (facts.most_units or 0):
        short = (facts.most_units or 0) - facts.quota_remaining
        found.append(
            Verdict(
                "quota.short",
                "warn",
                f"모두 마지막 단계까지 가면 {facts.quota_name} 한도가 {short:,}건 모자라요. 한 단계마다 한 건으로 세요.",
            )
        )
    if 0 < facts.lms < facts.sendable:
        found.append(Verdict("text.some_lms", "warn", f"{facts.lms:,}명에게는 길어서 LMS로 나가요."))
    if facts.not_after is not None and facts.finish_at > facts.not_after:
        found.append(
            Verdict(
                "time.not_after",
                "warn",
                "이 속도로는 마칠 때까지 다 못 보내요. 남은 사람에게는 보내지 않아요.",
            )
        )
    return in_order(found)


def _edge_verdict(before: MonthUse, then: MonthUse) -> Verdict:
    spent = (
        f"{then.label} 1일 0시를 넘겨 나가요. 많아야 {before.units:,}건은 {before.label} 한도에서,"
        f" {then.units:,}건은 {then.label} 한도에서 써요."
    )
    if then.short:
        return Verdict(
            "quota.short",
            "warn",
            f"{spent} {then.label} 한도가 {then.short:,}건 모자라요. 되는 만큼 보내고, 한도를 올리면 이어서 보내요.",
        )
    return Verdict("quota.months", "warn", spent)


def cap_verdicts(caps: Sequence[AccountCap]) -> tuple[Verdict, ...]:
    """One verdict per account with a limit of its carrier: it is said even where it is enough."""
    return tuple(_cap_verdict(one) for one in caps)


def _cap_verdict(one: AccountCap) -> Verdict:
    left = max(0, one.cap - one.used)
    rest = "되는 만큼 보내고, 발송사에서 한도를 늘려 계정 설정에 적거나 달이 바뀌면 이어서 보내요."
    if one.months:
        before, then = one.months
        spent = (
            f"‘{one.name}’ 계정은 발송사가 한 달에 {one.cap:,}건까지 받아요. 달을 넘겨 많아야 {before.label}에"
            f" {before.units:,}건, {then.label}에 {then.units:,}건을 보내요."
        )
        if then.short:
            return Verdict(
                "account.cap", "warn", f"{spent} {then.label}에 {then.short:,}건이 모자라요. {rest}"
            )
        return Verdict("account.cap", "ok", spent)
    of_month = (
        f"‘{one.name}’ 계정은 발송사가 한 달에 {one.cap:,}건까지 받아요. {one.month_name} {left:,}건 남았는데"
    )
    if left < one.least:
        return Verdict("account.cap", "warn", f"{of_month} {one.least - left:,}건이 모자라요. {rest}")
    if left < one.most:
        message = f"{of_month}, 모두 다음 단계까지 가면 {one.most - left:,}건이 모자라요. {rest}"
        return Verdict("account.cap", "warn", message)
    message = f"‘{one.name}’ 계정이 {one.month_name}에 보낼 수 있는 {one.cap:,}건 가운데 {left:,}건이 남아 넉넉해요."
    return Verdict("account.cap", "ok", message)
