"""Templates: `#{이름}` variables, rendered by a pure function from frozen content and values.

Rendering happens at claim, from what launch froze; the same inputs give the same text on any worker, so
that the hash kept on the attempt can be checked later. Values are inserted literally: a value that itself
contains `#{…}` is not expanded again. Defaults and the policy for missing values come with the content, not
inside the braces. So do formats (`domain.formats`): Kakao's templates know plain variables only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple

from pabal.domain.formats import formatted
from pabal.domain.text import byte_length, normalise

MAX_VARIABLES = 40  # per AlimTalk template
_VARIABLE = re.compile(r"#\{([^{}#\n]{1,50})\}")


class MissingPolicy(StrEnum):
    SKIP = "skip"  # the person gets nothing: skipped(missing_variable)
    DEFAULT = "default"  # the default, and skip where there is none
    STOP = "stop"  # the launch is refused / the send is held: somebody must look


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed body: literal text and variables in order."""

    body: str
    parts: tuple[str | Variable, ...]
    variables: tuple[str, ...]  # distinct names in the order of their first use


class Rendered(NamedTuple):
    text: str
    used_defaults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing was rendered. `action` says what that means for the person or the send."""

    names: tuple[str, ...]
    action: Literal["skip", "stop"]


def parse(body: str) -> Template:
    """Split a body. What looks like a variable but isn't one (`#{`, `#{}`) stays literal; see `problems`."""
    body = normalise(body)
    parts: list[str | Variable] = []
    end = 0
    for match in _VARIABLE.finditer(body):
        name = match.group(1).strip()
        if not name:
            continue
        if match.start() > end:
            parts.append(body[end : match.start()])
        parts.append(Variable(name))
        end = match.end()
    if end < len(body):
        parts.append(body[end:])
    return Template(
        body, tuple(parts), tuple(dict.fromkeys(p.name for p in parts if isinstance(p, Variable)))
    )


def problems(template: Template) -> tuple[str, ...]:
    """What the author should mend, in Korean."""
    found = []
    literal = "".join(p for p in template.parts if isinstance(p, str))
    if "#{" in literal:
        found.append("닫히지 않았거나 이름이 빈 변수가 있어요. #{이름} 형식으로 적어 주세요.")
    if len(template.variables) > MAX_VARIABLES:
        found.append(f"변수는 {MAX_VARIABLES}개까지 쓸 수 있어요.")
    dotted = [name for name in template.variables if "." in name]
    if dotted:  # the carrier's own client refuses them
        found.append("변수 이름에는 마침표를 쓸 수 없어요: " + ", ".join(dotted))
    return tuple(found)


def render(
    template: Template,
    values: Mapping[str, str | None],
    *,
    defaults: Mapping[str, str] | None = None,
    policy: MissingPolicy = MissingPolicy.SKIP,
    formats: Mapping[str, str] | None = None,
) -> Rendered | Missing:
    """The finished text. A blank value counts as missing: "안녕하세요 님" helps nobody."""
    filled, used, missing = _fill(template, values, defaults or {}, policy, formats or {})
    if missing:
        return Missing(missing, "stop" if policy is MissingPolicy.STOP else "skip")
    text = "".join([p if isinstance(p, str) else filled[p.name] for p in template.parts])
    return Rendered(normalise(text), used)


def resolved(
    template: Template,
    values: Mapping[str, str | None],
    *,
    defaults: Mapping[str, str] | None = None,
    policy: MissingPolicy = MissingPolicy.SKIP,
    formats: Mapping[str, str] | None = None,
) -> Mapping[str, str] | Missing:
    """The values themselves, by bare name: what an AlimTalk request carries beside the template code."""
    filled, _, missing = _fill(template, values, defaults or {}, policy, formats or {})
    if missing:
        return Missing(missing, "stop" if policy is MissingPolicy.STOP else "skip")
    return filled


def _fill(
    template: Template,
    values: Mapping[str, str | None],
    defaults: Mapping[str, str],
    policy: MissingPolicy,
    formats: Mapping[str, str],
) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    filled: dict[str, str] = {}
    used: list[str] = []
    missing: list[str] = []
    for name in template.variables:
        value = normalise(values.get(name) or "").strip()
        if value and name in formats:
            value = formatted(value, formats[name])
        if not value and policy is MissingPolicy.DEFAULT:
            value = normalise(defaults.get(name, "")).strip()
            if value:
                used.append(name)
        if value:
            filled[name] = value
        else:
            missing.append(name)
    return filled, tuple(used), tuple(missing)


@dataclass(frozen=True, slots=True)
class ByteRange:
    min: int
    max: int


def byte_range(template: Template, value_bytes: Mapping[str, tuple[int, int]]) -> ByteRange:
    """Shortest and longest finished text in bytes, given (min, max) bytes of each variable's values.

    A variable without figures counts 0 to 0: the caller knows whether it can be empty.
    """
    low = high = byte_length("".join(p for p in template.parts if isinstance(p, str)))
    for part in template.parts:
        if isinstance(part, Variable):
            least, most = value_bytes.get(part.name, (0, 0))
            low += least
            high += most
    return ByteRange(low, high)


DISTRICT: Final = "지역"


def contact_values(pii: Mapping[str, Any]) -> dict[str, str]:
    """What a contact offers to templates: 이름, 지역, and every attribute under its own name.

    `pii` is the decrypted document of a contact or of a message's snapshot of it, with the contact's district put in
    where a text names it. An attribute called 이름 or 지역 does not win over the name or the district.
    """
    attributes = pii.get("attributes")
    found: dict[str, str] = {}
    if isinstance(attributes, dict):
        for key, value in attributes.items():
            if isinstance(value, str):
                found[str(key)] = value
            elif isinstance(value, int | float) and not isinstance(value, bool):
                found[str(key)] = str(value)
    district = pii.get("district")
    if isinstance(district, str) and district.strip():
        found[DISTRICT] = district
    name = pii.get("name")
    if isinstance(name, str) and name.strip():
        found["이름"] = name
    return found
