"""The answer of `thecal troubleshoot` as JSON and as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal import BANNER
from thecal.care.troubleshoot import Evidence, RankedCause
from thecal.care.troubleshoot_answer import Step, TroubleAnswer
from thecal.care.troubleshoot_next import NextTest
from thecal.cli.finding_output import finding_json
from thecal.cli.jsonable import Json, number, quantity
from thecal.units import show, show_number

_NO_PROBABILITY = (
    "shares order the causes; they are no measured probabilities: the classes of likelihood and"
    " their figures are chosen (troubleshoot_rules.csv), one cause at a time is assumed"
)


def trouble_json(found: TroubleAnswer) -> Json:
    """Return the whole answer."""
    case = found.case
    return {
        "purpose": BANNER,
        "emergency": [_step_json(one) for one in found.first],
        "findings": [finding_json(one) for one in found.refusals],
        "bedside": [
            {"finding": one, "outcome": outcome, "origin": case.origins[one]}
            for one, outcome in case.findings.items()
        ],
        "causes": [_cause_json(one) for one in found.ranking],
        "unexplained": list(found.unexplained),
        "next_tests": [_test_json(one) for one in found.tests],
        "telling_the_first_two_apart": [
            {"finding": kind.id, "distance": number(distance)} for kind, distance in found.telling
        ],
        "never_told_apart": [list(pair) for pair in found.never_apart],
        "not_told_apart_by_what_is_left": [list(pair) for pair in found.not_apart_now],
        "beware": [_step_json(one) for one in found.beware],
        "catheter_volume": (
            None if case.catheter_volume is None else quantity(case.catheter_volume, "mL")
        ),
        "notes": [*case.notes, _NO_PROBABILITY],
    }


def _step_json(step: Step) -> Json:
    return {"when": step.when, "what": step.what.value, "source": step.what.provenance()}


def _cause_json(ranked: RankedCause) -> Json:
    return {
        "cause": ranked.cause.id,
        "name": ranked.cause.name,
        "share": number(ranked.share),
        "prior": ranked.cause.prior.value,
        "prior_source": ranked.cause.prior.provenance(),
        "evidence": [
            {
                "finding": one.finding,
                "outcome": one.outcome,
                "side": one.side,
                "likelihood": one.word,
                "factor": number(one.factor),
                "source": one.source,
            }
            for one in ranked.evidence
        ],
        "act": ranked.cause.act.value,
        "act_source": ranked.cause.act.provenance(),
    }


def _test_json(test: NextTest) -> Json:
    return {
        "finding": test.kind.id,
        "question": test.kind.question,
        "step": test.kind.step,
        "gain_bits": number(test.gain),
        "open": test.open,
        "held_by": test.held_by or None,
        "points_to": dict(test.points),
    }


def trouble_text(found: TroubleAnswer, file: str) -> str:
    """Return the answer for people: what comes first, then causes, tests, and what stays open."""
    lines = [f"{file}: {BANNER}", ""]
    lines += _section("First", [_step_line(one) for one in found.first])
    for one in found.refusals:
        answered = "" if one.answer is None else f" (answered: {one.answer.reason})"
        lines += [f"{one.severity.value.upper()} {one.check}: {one.message}{answered}", ""]
    case = found.case
    told = [f"{one}: {outcome} ({case.origins[one]})" for one, outcome in case.findings.items()]
    lines += _section("Findings", told or ["none: the causes stand by how common they are"])
    lines += ["Causes, the likeliest first"]
    for place, ranked in enumerate(found.ranking[: found.listed], start=1):
        lines += _cause_lines(place, ranked)
    rest = sum((one.share for one in found.ranking[found.listed :]), Fraction(0))
    hidden = len(found.ranking) - found.listed
    lines += [f"  {hidden} more, together {_percent(rest)}: see --json", ""]
    if found.unexplained:
        listed = ", ".join(found.unexplained)
        lines += [f"The first cause does not explain: {listed}. Think of two faults at once.", ""]
    lines += _section("Next test, the most telling first", list(_test_lines(found)))
    lines += _section("Not told apart", list(_pair_lines(found)))
    lines += _section("Beware", [_step_line(one) for one in found.beware])
    if case.catheter_volume is not None:
        volume = show(case.catheter_volume, "mL")
        lines += [f"The catheter holds {volume} at least, by its recorded length.", ""]
    lines += _section("Notes", [*case.notes, _NO_PROBABILITY])
    return "\n".join(lines).rstrip()


def _section(title: str, entries: list[str]) -> list[str]:
    return [title, *(f"  {one}" for one in entries), ""] if entries else []


def _step_line(step: Step) -> str:
    return f"{step.what.value} [{step.what.provenance()}]"


def _cause_lines(place: int, ranked: RankedCause) -> Iterator[str]:
    cause = ranked.cause
    yield f"  {place}. {cause.name} ({cause.id}), share {_percent(ranked.share)}"
    for side in ("for", "against"):
        for one in ranked.evidence:
            if one.side == side:
                yield f"       {side}: {_evidence(one)}"
    little = [one.finding for one in ranked.evidence if one.side == "says little"]
    if little:
        yield f"       says little: {', '.join(little)}"
    yield f"       then: {cause.act.value} [{cause.act.provenance()}]"


def _evidence(one: Evidence) -> str:
    times = show_number(_rounded(one.factor, 100))
    return (
        f"{one.finding} {one.outcome}: {one.word}, {times} times as likely as under the others"
        f" [{one.source}]"
    )


def _test_lines(found: TroubleAnswer) -> Iterator[str]:
    for test in found.tests[: found.listed]:
        if not test.gain or not test.open:
            continue
        gain = show_number(_rounded(test.gain, 1000))
        yield f"{test.kind.name}, step {test.kind.step}: {test.kind.question}? gain {gain} bit"
        leading = found.ranking[0].cause.id
        others = [f"{word} -> {cause}" for word, cause in test.points.items() if cause != leading]
        if others:
            yield f"  would change the first cause: {'; '.join(others)}"
    for test in found.tests:
        if test.held_by.startswith("refused"):
            yield f"{test.kind.name}: NOT to be done, see below"
        elif test.held_by:
            gain = show_number(test.gain)
            yield f"{test.kind.name}, gain {gain} bit: only after {test.held_by.partition(' ')[2]}"
    if found.telling:
        first, second = (one.cause.id for one in found.ranking[:2])
        tests = ", ".join(kind.name for kind, _ in found.telling)
        yield f"{first} from {second}: {tests}"


def _pair_lines(found: TroubleAnswer) -> Iterator[str]:
    for one, other in found.never_apart:
        yield f"{one} and {other}: not reliably, by all findings together"
    for one, other in found.not_apart_now:
        yield f"{one} and {other}: not reliably by the tests that are left"


def _percent(share: Fraction) -> str:
    return f"{show_number(_rounded(100 * share, 10))} %"


def _rounded(value: Fraction, parts: int) -> Fraction:
    return Fraction(round(value * parts), parts)
