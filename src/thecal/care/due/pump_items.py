"""What the pump itself makes due: alarms, standing still, readings after a scan, its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.due.item import Due, due_item
from thecal.care.due.knowledge import HeardAlarm, Knowledge, Scan, Standing
from thecal.care.due.urgency import TABLE, Urgency
from thecal.care.spans import span
from thecal.units import Duration, show, show_date, show_time

SCAN_READING, STALL_RECOVERY = "scan-reading", "stall-recovery"
STANDING, REPLACEMENT = "pump-standing", "replacement"


def pump_items(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    """Yield what alarms, scans, a standing pump and the battery make due."""
    for alarm in known.alarms:
        yield _alarm(alarm, now)
    for scan in known.scans:
        yield _scan(scan, now)
    if known.standing is not None:
        yield _standing(known.standing, now)
    if known.end_of_service is not None:
        yield _replacement(known, known.end_of_service, now)


def _alarm(alarm: HeardAlarm, now: datetime) -> Due | None:
    if alarm.acknowledged and not (alarm.critical and alarm.sounding):
        return None
    name = alarm.kind.replace("-", " ")
    since = show_time(alarm.since)
    if alarm.acknowledged:
        what = f"critical alarm {name} since {since}: read, and its cause goes on"
        return due_item("alarm-sounding", alarm.since, now, what)
    rule = "alarm-critical" if alarm.critical else "alarm-non-critical"
    word = "critical alarm" if alarm.critical else "alarm"
    what = f"{word} {name} since {since}: nobody has read it"
    return due_item(rule, alarm.since, now, what)


def _scan(scan: Scan, now: datetime) -> Due | None:
    after = [one for one in scan.readings if one.time >= scan.ended]
    if any(one.running for one in after):
        return None
    if after:
        last = max(one.time for one in after)
        what = (
            f"the pump stood when it was read at {show_time(last)} after the scan: read it again,"
            " a recovery may show only then; cover withdrawal meanwhile"
        )
        return due_item(STALL_RECOVERY, last, now, what, check="K16")
    due = scan.ended + span(TABLE.get(SCAN_READING, "after", Duration).value)
    again = TABLE.get(SCAN_READING, "again", Duration).value
    what = f"read the pump after the scan that ended {show_time(scan.ended)}"
    if now >= scan.ended + span(again):
        what += f": {show(again, 'h')} are over, call the patient and the clinic's head now"
    return due_item(SCAN_READING, due, now, what, check="K16")


def _standing(standing: Standing, now: datetime) -> Due | None:
    within = TABLE.get(STANDING, "decide-within", Duration).value
    due = standing.since + span(within)
    why = "no reason on record" if standing.reason is None else standing.reason
    hazard = f" ({standing.hazard})" if standing.hazard else ""
    what = (
        f"the pump is {standing.how} since {show_time(standing.since)}, {why}{hazard}: decide by"
        f" {show_time(due)} when it runs again"
    )
    found = due_item(STANDING, due, now, what, check="K13")
    if found is None or (standing.reason is not None and not standing.hazard):
        return found
    unexplained = TABLE.get(STANDING, "unexplained", str)
    level = min(found.urgency, Urgency(unexplained.value), key=lambda one: one.place)
    return Due(STANDING, level, what, due, unexplained.provenance(), "K13")


def _replacement(known: Knowledge, end: datetime, now: datetime) -> Due | None:
    what = f"the pump ends its service on {show_date(end)}"
    if known.replacement_decided_by:
        what += f" ({known.replacement_decided_by} decides)"
    what += ": plan the replacement, and decide on the catheter at the same time"
    found = due_item(REPLACEMENT, end, now, what)
    ahead = TABLE.get(REPLACEMENT, "within-plan", Duration)
    starts = [] if known.plan_replacement_from is None else [known.plan_replacement_from]
    if known.replacement_indicator is not None:
        starts.append(known.replacement_indicator - span(ahead.value))
    if found is None and any(now >= one for one in starts):
        return Due(REPLACEMENT, Urgency.PLAN, what, end, ahead.provenance())
    return found
