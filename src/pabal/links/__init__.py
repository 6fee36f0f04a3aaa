"""Short links: per person, unguessable, expiring; clicks stored before they are answered. Rules: domain/links.py."""

from pabal.links.actions import LinkSettings, base_of, make_links, read_link_settings
from pabal.links.targets import target_fault

__all__ = ["LinkSettings", "base_of", "make_links", "read_link_settings", "target_fault"]
