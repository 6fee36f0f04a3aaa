"""What a person would get: text, bytes, channel, what can't be sent, price. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pabal.domain import template as templates
from pabal.domain import text as texts
from pabal.domain.formats import formatted
from pabal.domain.prices import PriceBook


@dataclass(frozen=True, slots=True)
class Preview:
    """`channel` is the one it would go out on: a text over 90 bytes leaves as LMS."""

    text: str
    bytes: int
    chars: int
    limit_bytes: int | None
    channel: str
    chars_not_encodable: Sequence[texts.BadCharacter]
    replaced_text: str
    variables: Sequence[str]
    missing: Sequence[str]
    problems: Sequence[texts.TextProblem]
    price: int


def preview(
    *,
    body: str,
    channel: str,
    subject: str = "",
    values: Mapping[str, str | None],
    defaults: Mapping[str, str],
    formats: Mapping[str, str] | None = None,
    prices: PriceBook,
) -> Preview:
    """Render with what is known; a variable without value stays visible as #{이름} and is listed."""
    parsed = templates.parse(body)
    known = {}
    for name in parsed.variables:
        value, form = values.get(name), (formats or {}).get(name)
        if shown_as := (formatted(value, form) if value and form else value) or defaults.get(name):
            known[name] = shown_as
    missing = [name for name in parsed.variables if name not in known]
    shown = templates.render(parsed, {**{name: f"#{{{name}}}" for name in missing}, **known})
    text = shown.text if isinstance(shown, templates.Rendered) else parsed.body
    weight = texts.measure(text)
    goes_as = _channel(channel, text, subject)
    is_text = goes_as in {"sms", "lms"}
    # What the author wrote wrong, and what is wrong with this finished text.
    found = [texts.TextProblem("warn", "template", message) for message in templates.problems(parsed)]
    found += texts.problems(goes_as, text, subject)
    return Preview(
        text=text,
        bytes=weight.bytes,
        chars=len(text),
        limit_bytes={"sms": texts.SMS_BYTES, "lms": texts.LMS_BYTES}.get(goes_as),
        channel=goes_as,
        chars_not_encodable=weight.unencodable if is_text else (),
        replaced_text=texts.replace_all(text) if is_text else text,
        variables=parsed.variables,
        missing=missing,
        problems=found,
        price=prices.won(goes_as),
    )


def _channel(channel: str, text: str, subject: str) -> str:
    """SMS that doesn't fit leaves as LMS; everything else as asked."""
    return (texts.kind_for(text, subject) or "lms") if channel == "sms" else channel
