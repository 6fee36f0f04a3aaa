"""What a campaign's texts carry beside words: short links, and other texts sent side by side.

The base text stands in for whatever a variant leaves out; once there are variants everybody gets one of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from pabal import links as short_links
from pabal.campaigns.queries import CampaignRow
from pabal.campaigns.steps import Dress, StepPlan
from pabal.dispatch import FrozenStep, FrozenVariant, link_send
from pabal.domain.campaign import MessageClass, Verdict, becomes_lms
from pabal.domain.links import keys_in, variable_of, with_placeholders
from pabal.domain.template import parse
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.runtime import Runtime

ONE_TEXT: Final = "‘선거운동정보’는 문안마다 한 번의 발송으로 세어서, 한 발송에 문안을 나누어 보낼 수 없어요"
_TEXT = frozenset({"sms", "lms"})


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """One of several texts as it would go out now: the campaign's own steps in its words."""

    key: str
    name: str
    share: int
    steps: tuple[StepPlan, ...]

    @property
    def label(self) -> str:
        return self.name or self.key

    @property
    def frozen(self) -> tuple[FrozenStep, ...]:
        return tuple(step.frozen for step in self.steps if not step.left_out and step.frozen is not None)


def plan_variants(
    variants: Sequence[dict[str, Any]], steps: Sequence[StepPlan], dress: Dress
) -> tuple[VariantPlan, ...]:
    return tuple(
        VariantPlan(
            key=one["key"],
            name=one.get("name") or "",
            share=one["share"],
            steps=tuple(
                _worded(step, said, dress) for step, said in zip(steps, _padded(one, len(steps)), strict=True)
            ),
        )
        for one in variants
    )


def _padded(variant: dict[str, Any], count: int) -> list[dict[str, Any]]:
    said = [step or {} for step in variant.get("steps") or []]
    return (said + [{} for _ in range(count)])[:count]


def _worded(step: StepPlan, said: dict[str, Any], dress: Dress) -> StepPlan:
    """The step with other words; sender, account and rules stay the step's own."""
    body = step.body if said.get("body") is None else said["body"]
    subject = step.subject if said.get("subject") is None else said["subject"]
    if step.asked not in _TEXT or (body, subject) == (step.body, step.subject):
        return step
    dressed = dress(step.asked, body, subject)
    body, subject = dressed.body, dressed.subject
    channel = "lms" if becomes_lms(step.asked, body, subject) else step.asked
    frozen = (
        None if step.frozen is None else replace(step.frozen, channel=channel, body=body, subject=subject)
    )
    return replace(step, channel=channel, body=body, subject=subject, frozen=frozen)


def of_variants(variants: Sequence[VariantPlan], found: Sequence[Sequence[Verdict]]) -> tuple[Verdict, ...]:
    """One step's verdicts over all texts: what is said of every text stands there once, the rest names its text."""
    common = set.intersection(*(set(verdicts) for verdicts in found))
    shared = [verdict for verdict in found[0] if verdict in common]
    own = [
        replace(verdict, message=f"문안 ‘{variant.label}’: {verdict.message}")
        for variant, verdicts in zip(variants, found, strict=True)
        for verdict in verdicts
        if verdict not in common
    ]
    return (*shared, *own)


def frozen_variants(variants: Sequence[VariantPlan]) -> list[FrozenVariant]:
    return [FrozenVariant(one.key, one.name, one.share, active=True, steps=one.frozen) for one in variants]


def bodies_of(steps: Sequence[StepPlan], variants: Sequence[VariantPlan]) -> list[str]:
    """Every text that somebody may get."""
    texts = variants or [VariantPlan("", "", 100, tuple(steps))]
    return [step.body for one in texts for step in one.steps if not step.left_out]


def urls_of(campaign: CampaignRow) -> dict[str, str]:
    return {link["key"]: link["url"] for link in campaign.links}


def base_for(rt: Runtime, *, rehearse: bool) -> str | None:
    """What short links begin with. A rehearsal reaches nobody outside and makes do with this machine's own address."""
    return short_links.base_of(
        rt.settings.public_url or (rt.settings.base_url if rehearse else None),
    )


async def link_verdicts(
    conn: Conn, rt: Runtime, campaign: CampaignRow, bodies: Iterable[str], *, rehearse: bool
) -> list[Verdict]:
    """Whether every link of the texts leads somewhere it may."""
    named, urls = keys_in(bodies), urls_of(campaign)
    if not named and not urls:
        return []
    found = []
    hosts = (await short_links.read_link_settings(conn)).hosts
    for key in named:
        chip = f"#{{{variable_of(key)}}}"
        if not urls.get(key):
            found.append(Verdict("link.undefined", "block", f"{chip}이 열 주소를 적어 주세요."))
        elif fault := short_links.target_fault(urls[key], hosts):
            found.append(Verdict("link.target", "block", f"{chip}: {fault}."))
    unused = [variable_of(key) for key in urls if key not in named]
    if unused:
        message = "주소를 적었지만 글에 없는 링크가 있어요: " + ", ".join(f"#{{{name}}}" for name in unused)
        found.append(Verdict("link.unused", "warn", message + "."))
    if named and rt.settings.public_url is None:
        message = "공개 주소(PABAL_PUBLIC_URL)가 없어 받는 사람이 짧은 주소를 열 수 없어요."
        ending = (
            " 예행연습에는 이 컴퓨터의 주소로 넣어요." if rehearse else " 운영자에게 정해 달라고 해 주세요."
        )
        found.append(Verdict("link.no_public_url", "warn" if rehearse else "block", message + ending))
    if named and not hosts:
        message = (
            "링크가 어느 사이트로든 갈 수 있어요. 설정에서 허용할 사이트를 정해 두면 잘못된 주소를 막아요."
        )
        found.append(Verdict("link.any_site", "warn", message))
    return found


def weighed(steps: Sequence[FrozenStep], base: str | None) -> list[FrozenStep]:
    """Texts with something as long in the place of every link, for weighing."""
    return [replace(step, body=with_placeholders(step.body, base or "")) for step in steps]


async def launch_links(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    send_id: UUID,
    campaign: CampaignRow,
    bodies: Sequence[str],
    *,
    rehearse: bool,
) -> None:
    """Rows for the campaign's links."""
    base = base_for(rt, rehearse=rehearse)
    hosts = (await short_links.read_link_settings(conn)).hosts
    urls = {key: url for key, url in urls_of(campaign).items() if not short_links.target_fault(url, hosts)}
    if not urls or base is None:
        return
    # Those that no text names yet too: a text that is added later may.
    variables = [*map(variable_of, urls), *(name for body in bodies for name in parse(body).variables)]
    frozen = await short_links.make_links(
        conn, tenant_id, send_id, base=base, urls=urls, variables=variables, now=rt.clock.now()
    )
    await link_send(conn, tenant_id, send_id, frozen)


def check_variants(
    message_class: str, steps: Sequence[dict[str, Any]], variants: Sequence[dict[str, Any]]
) -> None:
    """Refused at once, with the field: what no change of the text could mend."""
    if not variants:
        return
    errors = []
    if message_class == MessageClass.CAMPAIGN:
        errors.append(FieldError("variants", ONE_TEXT))
    for at, one in enumerate(variants):
        for number, said in enumerate(one.get("steps") or []):
            path = f"variants[{at}].steps[{number}]"
            if said and number >= len(steps):
                errors.append(FieldError(path, "없는 단계예요"))
            elif said and steps[number].get("channel") == "alimtalk":
                errors.append(
                    FieldError(path, "알림톡은 승인된 템플릿의 글 그대로 나가서 문안을 나눌 수 없어요")
                )
    if errors:
        raise Problem(INVALID, errors=errors)
