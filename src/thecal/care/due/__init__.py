"""What is due for a patient: refills, visits, orders, alarms, readings, replacements, tasks."""

from thecal.care.due.contacts import Call, call_due
from thecal.care.due.from_replay import knowledge_of
from thecal.care.due.item import Due
from thecal.care.due.items import due_items
from thecal.care.due.knowledge import (
    Draft,
    HeardAlarm,
    Knowledge,
    Reading,
    Scan,
    Standing,
    Task,
    Try,
    Watch,
)
from thecal.care.due.urgency import Urgency, days_left
from thecal.care.due.wakes import wakes
from thecal.care.due.working_days import is_working_day, order_by

__all__ = [
    "Call",
    "Draft",
    "Due",
    "HeardAlarm",
    "Knowledge",
    "Reading",
    "Scan",
    "Standing",
    "Task",
    "Try",
    "Urgency",
    "Watch",
    "call_due",
    "days_left",
    "due_items",
    "is_working_day",
    "knowledge_of",
    "order_by",
    "wakes",
]
