"""Automations: records that write their own messages. docs/automations.md."""

from pabal.automations.repeats import CRON_BATCH, OWN_BATCH, Ran, process_repeats
from pabal.automations.triggers import TRIGGER_BATCH, run_triggers

__all__ = ["CRON_BATCH", "OWN_BATCH", "TRIGGER_BATCH", "Ran", "process_repeats", "run_triggers"]
