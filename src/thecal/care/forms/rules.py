"""What the fields of one form have to do with each other, and with what the record knows.

Reading a form decides whether each answer can be one; these rules decide whether it may be signed.
Nothing here holds back a stop, a lower dose or the emptying of a reservoir: those are events of
the log and no form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from thecal.care.forms.education import items_to_teach
from thecal.care.forms.end_rules import check_end, check_transfer
from thecal.care.forms.filled import FieldError, Filled
from thecal.care.forms.implant_rules import check_implant
from thecal.care.forms.known import Known, not_checked
from thecal.care.forms.refill_rules import check_refill
from thecal.care.forms.scan_rules import check_scan_closed, check_scan_signed
from thecal.care.trial.ladder import BACLOFEN, interval
from thecal.safety.finding import Finding, Severity
from thecal.units import Mass, MassRate, show, show_date, show_time


def findings_to_sign(filled: Filled, known: Known) -> tuple[Finding, ...]:
    """Return what stands against signing a form, or has to be known before."""
    check = _CHECKS.get(filled.form)
    return () if check is None else tuple(check(filled, known))


def findings_to_close(filled: Filled, known: Known) -> tuple[Finding, ...]:
    """Return what stands against closing a form: of an MRI visit more than against signing it."""
    if filled.form == "F12":
        return tuple(check_scan_closed(filled, known))
    return findings_to_sign(filled, known)


def wrong_times(filled: Filled) -> Iterator[FieldError]:
    """Yield a time of an event that cannot be, whatever was done: it is refused when it is typed.

    A record that was written before holds it: it is still read, and refused when it is signed.
    """
    if filled.form != "F14":
        return
    happened, noticed = (filled.get(f"{one}_at", datetime) for one in ("happened", "noticed"))
    if happened is not None and noticed is not None and noticed < happened:
        what = "it was noticed before it happened"
        yield FieldError("noticed_at", what, "correct the times")


def _check_trial(filled: Filled, known: Known) -> Iterator[Finding]:
    """Hold a screening bolus of baclofen against the interval of its label (W22)."""
    if filled.get("drug", str) == BACLOFEN and filled.get("method", str) == "repeated-bolus":
        started = filled.get("start_time", datetime)
        next_dose = filled.get("next_dose_earliest", datetime)
        yield from _check_interval(known.previous_trial_dose, started, "this bolus")
        yield from _check_interval(started, next_dose, "the next bolus")
    if not any(row["hour"] == "0" for row in filled.rows("series")):
        yield Finding(
            "F2",
            Severity.SOFT,
            "there is no observation at hour 0: without a baseline no change can be judged",
            "workflow.md 3 F2",
        )


def _check_interval(
    earlier: datetime | None, later: datetime | None, what: str
) -> Iterator[Finding]:
    if earlier is None or later is None:
        return
    least = interval()
    first = earlier + timedelta(seconds=float(least.duration.in_unit("s")))
    if later < first:
        yield Finding(
            "K27",
            Severity.HARD,
            f"{what} at {show_time(later)} is less than {show(least.duration, 'h')} after the one"
            f" before: not before {show_time(first)}",
            least.fact.provenance(),
            value=later.isoformat(),
            limit=first.isoformat(),
        )


def _check_hand_over(filled: Filled, known: Known) -> Iterator[Finding]:
    doses = filled.get("effective_dose", Mass), filled.get("effective_daily_dose", MassRate)
    if filled.get("result", str) != "no-trial" and doses == (None, None):
        yield Finding(
            "F3",
            Severity.SOFT,
            "no effective dose is handed over: fill in the bolus or the daily dose that worked",
            "workflow.md 3 F3",
        )


def _check_travel(filled: Filled, known: Known) -> Iterator[Finding]:
    back, until = filled.get("return", date), filled.get("valid_until", date)
    if known.refill_by is None:
        yield not_checked("K12", "the journey", "the date to refill by is not known")
    elif back is not None and back >= known.refill_by:
        yield Finding(
            "K12",
            Severity.SOFT,
            f"the return on {show_date(back)} is not before {show_date(known.refill_by)}, by when"
            " the pump has to be refilled: refill before the journey or at the destination",
            "workflow.md 2.17",
            follow_up="book a refill before the journey",
        )
    if back is not None and until is not None and until < back:
        yield Finding(
            "F9",
            Severity.SOFT,
            "the letter ends before the return: date it longer",
            "workflow.md 3",
        )


def _check_order(filled: Filled, known: Known) -> Iterator[Finding]:
    """Refuse an order that no pharmacist has checked, or whose solution has no date (S1.7)."""
    for field, check, told in (
        ("beyond_use", "K31", "the order names no beyond-use date: the pharmacy has to set it"),
        ("checked_by", "K24", "no pharmacist has checked the calculation and signed"),
    ):
        if field not in filled.values:
            yield Finding(check, Severity.HARD, told, "workflow.md 1b S1.7, 3 F10")
    for test in ("sterility", "endotoxin"):
        if filled.get(test, str) == "failed":
            yield Finding(
                "K24",
                Severity.HARD,
                f"the test of {test} failed: discard the batch",
                "workflow.md 3",
            )
    if filled.get("preservative_free", bool) is False:
        yield Finding(
            "K24",
            Severity.HARD,
            "the solution is not free of preservatives: it may not go into a pump",
            "workflow.md 3 F10",
        )


def _check_event(filled: Filled, known: Known) -> Iterator[Finding]:
    for one in wrong_times(filled):
        yield Finding("F14", Severity.HARD, f"{one.what}: {one.remedy}", "project rule")


def _check_review(filled: Filled, known: Known) -> Iterator[Finding]:
    signs = ("weakness", "sensory_change", "bladder_or_bowel")
    if any(filled.get(one, bool) for one in signs) and filled.get("imaging", str) == "none":
        yield Finding(
            "K28",
            Severity.SOFT,
            "a sign of the nerves and no image of the tip: think of a granuloma, image it, and"
            " raise nothing until then",
            "workflow.md 4c K28",
            follow_up="image the catheter tip",
        )


def _check_skills(filled: Filled, known: Known) -> Iterator[Finding]:
    for number, row in enumerate(filled.rows("skills"), start=1):
        last, expires = row["last_done"], row["expires"]
        if isinstance(last, date) and isinstance(expires, date) and expires <= last:
            yield Finding(
                "F18",
                Severity.HARD,
                f"skill {number} expires on {show_date(expires)}, not after it was last done:"
                " correct the dates",
                "project rule",
            )


def _check_education(filled: Filled, known: Known) -> Iterator[Finding]:
    shown = {row["item"] for row in filled.rows("items") if row["teach_back"] == "shown"}
    controller = filled.get("controller", bool) is True
    left = [one for one in items_to_teach(has_controller=controller) if one.id not in shown]
    if left:
        yield Finding(
            "PE",
            Severity.WARN,
            "not yet told in own words: " + "; ".join(one.name.en for one in left),
            "workflow.md 3 patient education",
            follow_up="teach what is left",
        )


_Check = Callable[[Filled, Known], Iterator[Finding]]
_CHECKS: Mapping[str, _Check] = {
    "F2": _check_trial,
    "F3": _check_hand_over,
    "F4": lambda filled, _: check_implant(filled),
    "F5": check_refill,
    "F9": _check_travel,
    "F10": _check_order,
    "F12": check_scan_signed,
    "F14": _check_event,
    "F15": check_transfer,
    "F16": lambda filled, _: check_end(filled),
    "F17": _check_review,
    "F18": _check_skills,
    "PE": _check_education,
}
