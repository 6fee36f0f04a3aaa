"""A template link as it stands in memory, and what it decides by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from pabal.domain.fields import Field, as_text
from pabal.domain.repeat import Repeats, Rule
from pabal.domain.window import SendWindow


@dataclass(frozen=True, slots=True)
class TemplateLink:
    """Which template goes to whom when a record of a partition is as described."""

    id: UUID
    partition_id: UUID
    template_id: UUID
    name: str
    recipient_field: str
    variable_mappings: Mapping[str, Mapping[str, str]]
    trigger_type: str
    trigger_condition: Any
    repeat_config: Mapping[str, Any] | None
    cooldown_hours: float
    message_class: str
    send_from: time | None
    send_until: time | None
    fallback: Mapping[str, Any] | None
    is_active: bool
    active_since: datetime
    version: int
    created_at: datetime
    updated_at: datetime
    written_by: UUID | None = None
    approved: str = ""
    approved_at: datetime | None = None
    not_after_hours: float | None = None
    template_name: str = ""
    template_state: str = ""
    template_body: str = ""

    @property
    def window(self) -> SendWindow | None:
        return SendWindow.of(self.send_from, self.send_until)

    @property
    def not_after(self) -> timedelta | None:
        """How late a message of it still makes sense."""
        return None if self.not_after_hours is None else timedelta(hours=self.not_after_hours)

    @property
    def repeats(self) -> Repeats | None:
        config = self.repeat_config
        if config is None:
            return None
        return Repeats(float(config["intervalHours"]), int(config["maxRepeat"]), config["stopCondition"])

    @property
    def rule(self) -> Rule:
        return Rule(
            self.trigger_type,
            self.trigger_condition,
            timedelta(hours=self.cooldown_hours),
            self.repeats,
            self.window,
        )

    def lacks(self, record: Mapping[str, Any]) -> bool:
        """Has some variable neither a value in this record nor a default? Its message would only be skipped."""
        return any(
            not one.get("default") and record.get(one.get("field", "")) in (None, "", [])
            for one in self.variable_mappings.values()
        )

    def values(self, fields: Mapping[str, Field], record: Mapping[str, Any]) -> dict[str, str]:
        """What the template's variables say for one record; an absent one is left out, and the message is skipped."""
        found: dict[str, str] = {}
        for variable, mapping in self.variable_mappings.items():
            key = mapping.get("field", "")
            value = record.get(key)
            text = as_text(fields[key], value) if key in fields and value is not None else ""
            if text or mapping.get("default"):
                found[variable] = text or mapping["default"]
        return found


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """A link as its author wrote it, checked: what is stored."""

    partition_id: UUID
    template_id: UUID
    name: str
    recipient_field: str
    variable_mappings: Mapping[str, Mapping[str, str]]
    trigger_type: str
    trigger_condition: Any
    repeat_config: Mapping[str, Any] | None
    cooldown_hours: float
    send_from: time | None
    send_until: time | None
    fallback: Mapping[str, Any] | None
    is_active: bool
    not_after_hours: float | None = None
