"""Steps 7, 8, 10: K10 the kit, K9 the needle, K36 the empty pump, K18 repeats, K22 the septum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from fractions import Fraction

from thecal.care.figures import Figures
from thecal.care.kits import KitInHand, Port, check_kit
from thecal.care.spans import span
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.needle import Access, Appearance, Colour
from thecal.care.visit.residual import discrepancy, found_empty
from thecal.care.visit.rules import RULES
from thecal.care.visit.visit import Visit
from thecal.safety.finding import Finding, Severity
from thecal.safety.interruption import needle_in_empty
from thecal.units import Duration, show_date, show_number

_NEEDLE = "workflow.md 4c K9"
_WATCH = "watch for a pocket fill: sedation, weakness, swelling at the pump"
_SERVICE = Figures("service")


def check_needle(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse the fill where anything speaks against the needle and nothing shows its place."""
    access = visit.access
    if access is None:
        return
    if access.port is Port.SIDE:
        yield _refused(
            "the needle is in the side port, which leads to the spine: do not fill; take it out and"
            " start again with the reservoir's kit"
        )
    if not access.aseptic:
        yield _refused("asepsis was broken: start again with a new kit")
    if not access.consent:
        yield Finding(
            check="K9",
            severity=Severity.SOFT,
            message="the patient has not consented to this refill: ask",
            source="workflow.md 2.R step 7",
        )
    yield from _unlike(visit, knowledge, access)
    doubts = tuple(_doubts(visit, access))
    if not doubts:
        return
    shown = access.is_shown
    doing = (
        f"{_by(access)} shows it in the reservoir: go on, and watch longer"
        if shown
        else "do not fill; show the needle by ultrasound, fluoroscopy or a second needle, or stop"
    )
    yield Finding(
        check="K9",
        severity=Severity.WARN if shown else Severity.HARD,
        message=f"where is the needle? {'; '.join(doubts)}: {doing}",
        source=_NEEDLE,
        follow_up=_WATCH if shown else "",
    )


def check_kit_of_visit(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse a kit that is not made to fill this pump through its reservoir port (K10)."""
    access = visit.access
    if access is not None:
        in_hand = KitInHand(access.kit, access.needle_gauge, access.needle_length)
        yield from check_kit(in_hand, Port.RESERVOIR, knowledge.pump.model)


def _by(access: Access) -> str:
    return " and ".join(one for one in access.confirmed_by if one != "template")


def _unlike(visit: Visit, knowledge: Knowledge, access: Access) -> Iterator[Finding]:
    """Ask where far more came than the reservoir should hold, and it looks like water."""
    drawn, advice = visit.aspirate, discrepancy(visit, knowledge)
    if drawn is None or advice is None or access.is_shown:
        return
    assessed = advice.assessed
    watery = drawn.appearance is Appearance.CLEAR and drawn.colour is Colour.COLOURLESS
    if watery and assessed.band == "red" and assessed.direction == "more":
        fact = RULES.get("K9", "unlike-the-solution", str)
        yield Finding(
            check="K9",
            severity=Severity.SOFT,
            message=f"{fact.value}; show where the needle is before anything is injected",
            source=fact.provenance(),
        )


def _doubts(visit: Visit, access: Access) -> Iterator[str]:
    if not access.template_fits:
        yield "the template does not fit"
    most = RULES.get("K9", "attempts", Fraction).value
    if access.attempts > most:
        yield f"{access.attempts} attempts, more than {show_number(most)}"
    drawn = visit.aspirate
    if drawn is not None:
        if drawn.appearance is not Appearance.CLEAR:
            yield f"the aspirate is {drawn.appearance}"
        if drawn.colour is Colour.RED:
            yield "the aspirate is red"


def check_filling(visit: Visit, _knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse to go on after a fill that was not drawn back, or met resistance or a swelling."""
    filling = visit.fill
    if filling is None:
        return
    doubts = [
        *([] if filling.re_aspirated else ["nothing was drawn back during the fill"]),
        *(["there was resistance"] if filling.resistance else []),
        *(["the pocket swells"] if filling.swelling else []),
        *(
            ["imaging does not show the solution in the reservoir"]
            if filling.imaged is False
            else []
        ),
    ]
    if doubts:
        yield Finding(
            check="K9",
            severity=Severity.WARN if filling.imaged else Severity.HARD,
            message=(
                f"{'; '.join(doubts)}: stop filling, draw back what comes, image the pocket; where"
                " drug lies in the tissue, treat it as an overdose before there are signs"
            ),
            source=_NEEDLE,
            follow_up=_WATCH,
        )
    if not filling.filtered:
        yield Finding(
            check="K9",
            severity=Severity.WARN,
            message="the solution was not filtered: use the filter of the kit",
            source="workflow.md 2.R step 10",
        )


def _refused(message: str) -> Finding:
    return Finding(check="K9", severity=Severity.HARD, message=message, source=_NEEDLE)


def check_empty(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask for the needle and for the dose of the restart where the pump is empty."""
    reckoned = knowledge.pump.empty_since is not None or (
        knowledge.pump.expected is not None and not knowledge.pump.expected
    )
    if not reckoned and not found_empty(visit):
        return
    if visit.access is not None:
        yield from needle_in_empty(visit.access.confirmed_by or ("nothing",))
    if visit.decide is None or visit.decide.restart_reviewed_by is None:
        yield Finding(
            check="K36",
            severity=Severity.HARD,
            message=(
                "the pump is empty, so the patient may have been without drug: review the dose of"
                " the restart (the plan of a restart reckons it) and name who did"
            ),
            source="workflow.md 4c K36, K12",
            follow_up="the pump ran empty: ask for signs of withdrawal, then of overdose",
        )


def check_repeats(_visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask about a pump with repeated events that nobody has explained."""
    yield from repeated_events(knowledge.unexplained, knowledge.now)


def repeated_events(unexplained: Iterable[date], now: datetime) -> Iterator[Finding]:
    """Ask about a pump with repeated events without an explanation (K18).

    Parameters
    ----------
    unexplained
        The day of each, in any order.
    now
        With the offset on whose calendar the days are.
    """
    within = RULES.get("K18", "within", Duration)
    many = RULES.get("K18", "events", Fraction)
    first = (now - span(within.value)).date()
    recent = [day for day in unexplained if first <= day <= now.date()]
    if len(recent) >= many.value:
        yield Finding(
            check="K18",
            severity=Severity.SOFT,
            message=(
                f"{len(recent)} events without an explanation within 12 months: suspect the pump"
                " itself; do not just refill, have it looked at"
            ),
            source=many.provenance(),
            value=", ".join(day.isoformat() for day in sorted(recent)),
            follow_up="repeated events without an explanation: decide about the pump",
        )


def check_septum(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Warn before the septum's punctures are used up, and of an old pump."""
    limit = knowledge.pump.model.facts.get("septum-punctures")
    attempts = 0 if visit.access is None else visit.access.attempts
    if limit is None or knowledge.punctures is None:
        yield Finding(
            check="K22",
            severity=Severity.INFO,
            message=(
                "not checked: the punctures of the septum are not counted, or their limit is not"
                " known"
            ),
            source="workflow.md 4c K22",
        )
    else:
        most, ahead = limit.of_kind(Fraction), RULES.get("K22", "punctures-left", Fraction).value
        used = knowledge.punctures + attempts
        if used > most.value - ahead:
            yield Finding(
                check="K22",
                severity=Severity.WARN,
                message=f"the septum has had {used} punctures of {show_number(most.value)}",
                source=most.provenance(),
                follow_up="plan the replacement of the pump: its septum wears out",
            )
    yield from _old(knowledge)


def _old(knowledge: Knowledge) -> Iterator[Finding]:
    if knowledge.pump.implanted is None:
        return
    life = _SERVICE.get("any", "life-high", Fraction)
    year = _SERVICE.get("any", "year", Duration).value
    age = knowledge.now.date() - knowledge.pump.implanted
    if age > span(year.scaled(life.value)):
        yield Finding(
            check="K22",
            severity=Severity.WARN,
            message=(
                f"the pump was implanted on {show_date(knowledge.pump.implanted)}, more than"
                f" {show_number(life.value)} years ago"
            ),
            source=life.provenance(),
            follow_up="plan the replacement of the pump: its age",
        )
