"""One channel step of a campaign: what its author wrote, put together with its template, sender and account.

An AlimTalk step that can't go out yet (profile not verified, template in review) is left out with a notice and the send
goes without it; a text step without a number blocks the send, because every tenant can have one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pabal.campaigns.queries import SenderChoice, choose_sender, find_profile, has_profile
from pabal.dispatch import FrozenStep
from pabal.domain.campaign import becomes_lms
from pabal.domain.kakao import around
from pabal.domain.law.labels import Labelled, Notice
from pabal.domain.message import FailureClass
from pabal.domain.template import MissingPolicy
from pabal.kit.db import Conn
from pabal.kit.http.errors import FieldError, Problem, declare
from pabal.senders import find_sender
from pabal.templates import TemplateRow, find_template

TEMPLATE_GONE = declare("template_gone", 409, "이 발송이 쓰는 템플릿이 지워졌어요. 내용을 다시 골라 주세요")

_TEXT = frozenset({"sms", "lms"})
NO_PROFILE = "아직 확인된 카카오 채널이 없어 알림톡은 빼고 보내요. 채널이 확인되면 이 단계도 나가요."
PROFILE_PENDING = "카카오 채널이 아직 확인되지 않아 알림톡은 빼고 보내요. 확인되면 이 단계도 나가요."
NOT_APPROVED = "알림톡 템플릿이 아직 승인되지 않아 빼고 보내요. 승인되면 이 단계도 나가요."
ACCOUNT_OFF = "카카오 채널의 발송사 계정을 지금 쓸 수 없어 알림톡은 빼고 보내요."
NOT_REHEARSED = "연습용 발송사에 없는 카카오 채널이라 예행연습에서는 알림톡을 빼고 보내요."


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step as it would go out now. `frozen` is None while nothing can carry it; `left_out` says why it needn't."""

    asked: str  # the channel its author chose
    channel: str  # lms when it is LMS for everyone
    body: str
    subject: str
    template_chosen: bool
    code: str  # of an AlimTalk template: its buttons belong to what people get
    sender: SenderChoice | None
    frozen: FrozenStep | None
    left_out: str = ""
    values: dict[str, Any] = field(
        default_factory=dict
    )  # how variables are filled; belongs to what people get


Dress = Callable[[str, str, str], Labelled]
"""(channel, body, subject) → the text with the notices that the law wants (`campaigns.law`)."""


def _as_written(_: str, body: str, subject: str) -> Labelled:
    return Labelled(body, subject)


async def plan_step(
    conn: Conn,
    step: dict[str, Any],
    *,
    rehearse: bool,
    may_overlap: bool,
    advert: bool,
    night: bool = False,
    purposes: tuple[str, ...] = (),
    dress: Dress = _as_written,
    notice: Notice | None = None,
) -> StepPlan:
    """`step` has the keys of the API. `notice`: what every text must show."""
    asked = step.get("channel", "sms")
    template = await _template(conn, step)
    body, subject, code = step.get("body") or "", step.get("subject") or "", ""
    sender, left_out = None, ""
    if asked == "alimtalk":
        code = template.code if template else ""
        sender, left_out = await _kakao(conn, step, template, rehearse=rehearse)
        body, subject = template.body if template else "", ""
    elif template is not None:
        body, subject = body or template.body, subject or template.subject
    dressed = dress(asked, body, subject)
    body, subject = dressed.body, dressed.subject
    channel = "lms" if asked in _TEXT and becomes_lms(asked, body, subject) else asked
    if asked in _TEXT:
        wanted = step.get("senderId")
        sender = await choose_sender(conn, UUID(wanted) if wanted else None, channel, rehearse=rehearse)
    values = _values(step, template)
    frozen = None
    if sender is not None and not left_out:
        classes = step.get("fallbackOn")
        frozen = FrozenStep(
            channel=channel,
            body=body,
            subject=subject,
            sender_number=sender.number,
            account_id=sender.account_id,
            template_code=code,
            pf_id=sender.profile,
            around=around(template.buttons, template.emphasis) if template and asked == "alimtalk" else "",
            defaults=values["defaults"],
            missing_policy=MissingPolicy(values["missingPolicy"]),
            formats=values["formats"],
            fallback_on=None if classes is None else tuple(FailureClass(name) for name in classes),
            after_seconds=step.get("afterSeconds", 0),
            may_overlap=may_overlap,
            advert=advert,
            night=night,
            purposes=purposes,
            notice=notice if asked in _TEXT else None,
        )
    return StepPlan(
        asked, channel, body, subject, template is not None, code, sender, frozen, left_out, values
    )


def _values(step: dict[str, Any], template: TemplateRow | None) -> dict[str, Any]:
    """What stands where a value is missing, and how values are written: the template's, under what the step says itself."""
    policy = step.get("missingPolicy") or (template.missing_policy if template else MissingPolicy.SKIP)
    formats = {**(template.formats if template else {}), **(step.get("formats") or {})}
    return {
        "missingPolicy": str(policy),
        "defaults": {**(template.defaults if template else {}), **(step.get("defaults") or {})},
        "formats": {name: form for name, form in formats.items() if form},  # "": as the value is
    }


async def _template(conn: Conn, step: dict[str, Any]) -> TemplateRow | None:
    if not step.get("templateId"):
        return None
    template = await find_template(conn, UUID(step["templateId"]))
    if template is None:
        raise Problem(TEMPLATE_GONE)
    return template


async def _kakao(
    conn: Conn, step: dict[str, Any], template: TemplateRow | None, *, rehearse: bool
) -> tuple[SenderChoice | None, str]:
    """(the template's profile, why the step is left out). A template nobody chose is the author's to mend, unless there
    is no profile that could have one."""
    profile_id = (template.sender_id if template else None) or _wanted(step)
    profile = None if profile_id is None else await find_profile(conn, profile_id)
    if profile is None:
        if not await has_profile(conn):
            return None, NO_PROFILE
        return None, NOT_APPROVED if template is not None else ""
    if not profile.registered:
        return None, PROFILE_PENDING
    if template is None:
        return profile.choice, ""
    if template.state != "approved" or not template.code:
        return None, NOT_APPROVED
    if not profile.account_ready:
        return None, ACCOUNT_OFF
    if rehearse and not profile.choice.sandbox:
        return None, NOT_REHEARSED
    return profile.choice, ""


def _wanted(step: dict[str, Any]) -> UUID | None:
    return UUID(step["senderId"]) if step.get("senderId") else None


async def faults_of_steps(conn: Conn, steps: list[dict[str, Any]]) -> list[FieldError]:
    """What steps name must exist in this tenant and fit the channel."""
    errors: list[FieldError] = []
    for number, step in enumerate(steps):
        kakao = step.get("channel") == "alimtalk"
        found = await (_kakao_faults(conn, step) if kakao else _text_faults(conn, step))
        errors += [FieldError(f"steps[{number}].{field}", message) for field, message in found]
    return errors


async def _text_faults(conn: Conn, step: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    if step.get("templateId"):
        template = await find_template(conn, UUID(step["templateId"]))
        if template is None:
            found.append(("templateId", "없는 템플릿이에요"))
        elif template.channel not in _TEXT:
            found.append(("templateId", "문자 템플릿이 아니에요"))
    if (wanted := _wanted(step)) is not None:
        sender = await find_sender(conn, wanted)
        if sender is None or sender.kind != "phone":
            found.append(("senderId", "없는 발신번호예요"))
    return found


async def _kakao_faults(conn: Conn, step: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    template = None
    if step.get("body"):
        found.append(("body", "알림톡은 승인된 템플릿의 글 그대로 나가요. 글은 비워 주세요"))
    if step.get("subject"):
        found.append(("subject", "알림톡에는 제목이 없어요"))
    if step.get("templateId"):
        template = await find_template(conn, UUID(step["templateId"]))
        if template is None:
            found.append(("templateId", "없는 템플릿이에요"))
        elif template.channel != "alimtalk":
            found.append(("templateId", "알림톡 템플릿이 아니에요"))
    if (wanted := _wanted(step)) is not None:
        sender = await find_sender(conn, wanted)
        if sender is None or sender.kind != "kakao":
            found.append(("senderId", "없는 카카오 채널이에요"))
        elif template is not None and template.sender_id not in {None, wanted}:
            found.append(("senderId", "이 템플릿은 다른 카카오 채널의 것이에요"))
    return found
