"""Message templates: texts with variables, AlimTalk templates with their state at the carrier, the
preview."""

from pabal.templates.queries import TemplateRow, find_template, list_templates
from pabal.templates.rehearsal import RehearsalKit, ensure_rehearsal_kit

__all__ = ["RehearsalKit", "TemplateRow", "ensure_rehearsal_kit", "find_template", "list_templates"]
