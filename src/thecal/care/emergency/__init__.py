"""Overdose and withdrawal: what to do, and the one page that the patient's own record gives."""

from thecal.care.emergency.cards import Card, bridge_a_day, card, card_of, cards, doses, stop_of
from thecal.care.emergency.sheet import emergency_sheet, sheet_cards
from thecal.care.emergency.status import PortPush, SystemStatus, status_at

__all__ = [
    "Card",
    "PortPush",
    "SystemStatus",
    "bridge_a_day",
    "card",
    "card_of",
    "cards",
    "doses",
    "emergency_sheet",
    "sheet_cards",
    "status_at",
    "stop_of",
]
