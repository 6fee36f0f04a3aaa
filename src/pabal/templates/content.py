"""What a template says, and what is refused of it because no value of its variables could make it sendable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pabal.domain import template as templates
from pabal.domain import text as texts
from pabal.domain.formats import FORMATS
from pabal.domain.kakao import button_faults, emphasis_faults
from pabal.kit.http.errors import INVALID, FieldError, Problem

REVIEWED = frozenset({"body", "subject", "buttons", "emphasis", "message_type"})
"""Of an AlimTalk template: what the carrier has looked at. The rest is ours: what is put in where."""
RULES = frozenset({"missing_policy", "defaults", "formats"})
VERSIONED = REVIEWED | RULES


@dataclass(frozen=True, slots=True)
class Content:
    """One version of a template."""

    body: str
    subject: str = ""
    buttons: Sequence[Mapping[str, Any]] = ()
    emphasis: Mapping[str, Any] = field(default_factory=dict)
    message_type: str = "BA"
    missing_policy: str = "skip"
    defaults: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)


def check_content(channel: str, content: Content, changed: frozenset[str] = VERSIONED) -> None:
    """Refuse, by field. Warnings are the preview's business. Of what the carrier holds already (buttons and emphasis made
    in the vendor's console) only what is `changed` is judged."""
    parsed = templates.parse(content.body)
    errors = [FieldError("body", message) for message in templates.problems(parsed)]
    literal = "".join(part for part in parsed.parts if isinstance(part, str)) or " "
    # Variables could be the whole text: only their surroundings can be judged here.
    ignored = {"empty"} if parsed.variables else set()
    kind = "lms" if channel == "sms" and not content.subject.strip() else channel
    errors += [
        FieldError("subject" if "subject" in problem.code else "body", problem.message_ko)
        for problem in texts.problems(kind, literal, content.subject)
        if problem.level == "block" and problem.code not in ignored
    ]
    errors += _kakao(channel, content, changed)
    errors += [
        FieldError(f"formats.{name}", "모르는 형식이에요")
        for name, form in content.formats.items()
        if form not in FORMATS
    ]
    if content.missing_policy == "default":
        without = [name for name in parsed.variables if not str(content.defaults.get(name, "")).strip()]
        if len(without) == len(parsed.variables) > 0:
            errors.append(FieldError("defaults", "기본값을 하나는 적어 주세요: " + ", ".join(without)))
    if errors:
        raise Problem(INVALID, errors=errors)


def _kakao(channel: str, content: Content, changed: frozenset[str]) -> list[FieldError]:
    if channel != "alimtalk":
        errors = [FieldError("buttons", "문자에는 버튼을 넣을 수 없어요")] if content.buttons else []
        if content.emphasis.get("type", "NONE") != "NONE":
            errors.append(FieldError("emphasis", "문자에는 강조를 넣을 수 없어요"))
        return errors
    found: list[tuple[str, str]] = []
    if content.subject.strip():
        found.append(("subject", "알림톡에는 제목을 넣을 수 없어요"))
    if changed & {"buttons", "message_type"}:
        found += button_faults(content.buttons, content.message_type)
    if "emphasis" in changed:
        found += emphasis_faults(content.emphasis)
    return [FieldError(path, words) for path, words in found]
