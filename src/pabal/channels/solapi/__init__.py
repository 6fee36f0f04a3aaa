"""Solapi v4, by groups (create, add, send): the only way there whose outcome can be proved afterwards."""

from pabal.channels.solapi.adapter import SolapiCarrier
from pabal.channels.solapi.kakao import SolapiTemplates

__all__ = ["SolapiCarrier", "SolapiTemplates"]
