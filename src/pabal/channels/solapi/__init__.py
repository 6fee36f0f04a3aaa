"""Solapi v4, by groups (create, add, send): the only way there whose outcome can be proved afterwards."""

from pabal.channels.solapi.adapter import SolapiCarrier

__all__ = ["SolapiCarrier"]
