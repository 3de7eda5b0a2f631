"""The worst case of any window: worked by hand, against a lattice oracle, and against pressing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from press_oracle import (
    DAY,
    PressLog,
    background,
    lattice_boluses,
    lattice_worst_case,
)

from thecal.errors import CannotComputeError
from thecal.pharmacy.mixture import DRUG_FREE, Mixture
from thecal.program.schedule import WeeklySchedule
from thecal.program.worst_case import BolusRule, KnownDelivery, Phase, worst_case
from thecal.units import Concentration, Duration, Mass, Volume, VolumeRate

HOUR = Fraction(3600)
START = Fraction(20514) * DAY  # some midnight
STOPPED = WeeklySchedule.constant(VolumeRate.zero())
MORPHINE = Mixture.of({"morphine": Concentration(Fraction(1))})


def per_day(volume: int | Fraction) -> WeeklySchedule:
    return WeeklySchedule.constant(VolumeRate(Fraction(volume) / DAY))


def rule(
    volume: int | Fraction = 1,
    *,
    minutes: int = 60,
    lockout: Fraction = HOUR,
    count: int | None = None,
    most: int | None = None,
    largest: int = 0,
) -> BolusRule:
    """A bolus whose primary drug is at 1 mcg/uL: volume and dose are the same number."""
    return BolusRule(
        Volume(Fraction(volume)),
        Duration(Fraction(60 * minutes)),
        Duration(lockout),
        count,
        Mass(Fraction(volume)),
        None if most is None else Mass(Fraction(most)),
        Mass(Fraction(largest)),
    )


def phase(
    begin: int | Fraction,
    end: int | Fraction | None,
    bolus: BolusRule | None,
    schedule: WeeklySchedule = STOPPED,
    mixture: Mixture = MORPHINE,
) -> Phase:
    """From hour `begin` to hour `end` after START."""
    close = None if end is None else START + end * HOUR
    return Phase(START + begin * HOUR, close, schedule, mixture, bolus)


def morphine(
    phases: Sequence[Phase],
    known: Sequence[KnownDelivery] = (),
    *,
    hours: int = 24,
    after: int | Fraction = 0,
) -> Fraction:
    found = worst_case(
        phases, known, window=Duration(hours * HOUR), ends_after=START + after * HOUR
    )
    assert set(found) <= {"morphine"}
    return found["morphine"].base if found else Fraction(0)


# Worked by hand


def test_look_ahead_rule_reaches_its_limit_and_no_more() -> None:
    """standards.md 1.1: 1.0 mg/d, 0.05 mg, 1 h, limit 1.10 mg: worst window exactly 1.10 mg."""
    bolus = rule(50, minutes=1, most=1100, largest=1000)
    assert morphine([phase(0, None, bolus, per_day(1000))]) == 1100


def test_nothing_gives_nothing() -> None:
    assert worst_case([], [], window=Duration(DAY), ends_after=START) == {}
    assert morphine([phase(0, None, None)]) == 0
    assert morphine([phase(0, None, rule(), mixture=DRUG_FREE)]) == 0


@pytest.mark.parametrize(
    ("bolus", "hours", "expected"),
    [
        (rule(count=4, lockout=3 * HOUR), 24, Fraction(4)),
        (rule(lockout=3 * HOUR), 24, Fraction(8)),
        (rule(lockout=5 * HOUR), 24, Fraction(5)),
        (rule(lockout=HOUR * 47 / 2), 24, Fraction(3, 2)),
        (rule(count=1, lockout=HOUR * 47 / 2), 24, Fraction(1)),
        (rule(lockout=30 * HOUR), 24, Fraction(1)),
        (rule(minutes=20, lockout=HOUR * 25 / 60), 1, Fraction(5, 2)),
        (rule(minutes=20, lockout=HOUR * 25 / 60, count=2), 1, Fraction(2)),
        (rule(minutes=5, lockout=HOUR / 12), 24, Fraction(288)),
        (rule(minutes=120), 1, Fraction(1, 2)),  # longer than the window
        (rule(minutes=120, lockout=HOUR), 24, Fraction(12)),  # duration rules, not the lockout
        (rule(3, most=10, lockout=HOUR), 24, Fraction(9)),
        (rule(3, most=2), 24, Fraction(0)),
    ],
)
def test_one_program(bolus: BolusRule, hours: int, expected: Fraction) -> None:
    assert morphine([phase(0, None, bolus)], hours=hours) == expected


def test_background_and_boluses_add_up() -> None:
    steps = [(Fraction(d) * DAY + 7 * HOUR, d * DAY + 9 * HOUR) for d in range(7)]
    rates = [(a, b, VolumeRate(Fraction(3) / HOUR)) for a, b in steps]
    schedule = WeeklySchedule.from_intervals(VolumeRate(1 / HOUR), rates)
    phases = [phase(0, None, rule(count=4), schedule)]
    assert morphine(phases) == 28 + 4
    assert morphine(phases, hours=1) == 3 + 1
    assert morphine(phases, hours=3) == 7 + 3


def test_a_step_on_one_day_of_the_week_is_found() -> None:
    sunday = (6 * DAY + 20 * HOUR, 7 * DAY + 4 * HOUR, VolumeRate(Fraction(2) / HOUR))
    schedule = WeeklySchedule.from_intervals(VolumeRate.zero(), [sunday])
    assert morphine([phase(0, None, None, schedule)]) == 16


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (rule(count=4), rule(count=6), 6),  # the new count sees the old grants
        (rule(count=6), rule(count=4), 6),
        (rule(2, count=4), rule(1, count=6), 8 + 2),
        (rule(1, count=4), rule(2, count=6), 12),
        (rule(2, count=4), rule(1), 8 + 20),
        (rule(2, count=4), rule(1, lockout=6 * HOUR), 8 + 3),  # 4, 6 h lockout, then 3 in 15 h
        (rule(2, count=4, lockout=6 * HOUR), rule(1), 2 + 23),  # its own 1 h counts at once
        (rule(5, most=20), rule(2, most=25), 15 + 10),
        (rule(), None, 24),
    ],
)
def test_counts_and_lockouts_survive_a_program_change(
    old: BolusRule, new: BolusRule | None, expected: int
) -> None:
    assert morphine([phase(-90, 0, old), phase(0, None, new)]) == expected


def test_bolus_under_way_is_cut_off_by_the_new_program() -> None:
    old, new = rule(4, minutes=240, lockout=4 * HOUR), rule(1, lockout=2 * HOUR)
    # 24 h hold six old boluses; or 5 old ones, the last ended after 2 h, where the new one is due.
    assert morphine([phase(0, 18, old), phase(18, None, None)], after=18) == 18
    assert morphine([phase(0, 18, old), phase(18, None, new)], after=40) == 2 + 11


def test_windows_that_end_before_are_not_asked_for() -> None:
    phases = [phase(-48, 0, None, per_day(48)), phase(0, None, None, per_day(24))]
    assert morphine(phases, after=0) == 48
    assert morphine(phases, after=12) == 36
    assert morphine(phases, after=30) == 24


def test_before_the_first_phase_is_nothing_and_an_end_ends_all() -> None:
    assert morphine([phase(0, 6, rule(count=9), per_day(24))]) == 6 + 6


def test_each_drug_counts_with_the_concentration_of_its_phase() -> None:
    old = Mixture.of({d: Concentration(Fraction(c)) for d, c in (("a", 1), ("b", 5))})
    new = Mixture.of({d: Concentration(Fraction(c)) for d, c in (("a", 3), ("c", 1))})
    phases = [
        phase(-48, 0, rule(count=4), per_day(24), old),
        phase(0, 2, None, per_day(24), old),
        phase(2, None, rule(count=2), per_day(24), new),
    ]
    found = worst_case(phases, [], window=Duration(DAY), ends_after=START)
    assert {drug: mass.base for drug, mass in found.items()} == {
        "a": 3 * (24 + 2),
        "b": 5 * (24 + 4),
        "c": 24 + 2,
    }


def test_known_deliveries_come_on_top() -> None:
    clinician = KnownDelivery(START + 100 * HOUR, START + 102 * HOUR, Volume(Fraction(6)), MORPHINE)
    phases = [phase(0, None, rule(count=2), per_day(24))]
    assert morphine(phases, [clinician]) == 24 + 2 + 6
    assert morphine(phases, [clinician], hours=1) == 1 + 1 + 3
    assert morphine(phases, [clinician], after=125) == 24 + 2 + 3
    assert morphine(phases, [clinician], after=126) == 24 + 2
    far = replace(clinician, start=START + 9999 * HOUR, end=START + 10001 * HOUR)
    assert morphine(phases, [far]) == 24 + 2 + 6


@pytest.mark.parametrize("hours", [0, 25])
def test_windows_outside_a_day_are_refused(hours: int) -> None:
    with pytest.raises(CannotComputeError):
        morphine([phase(0, None, None)], hours=hours)


def test_a_bolus_in_no_time_is_refused() -> None:
    with pytest.raises(CannotComputeError):
        morphine([phase(0, None, rule(minutes=0))])
    with pytest.raises(CannotComputeError):
        morphine([], [KnownDelivery(START, START, Volume(Fraction(1)), MORPHINE)])


# Against the oracles


@st.composite
def mixtures(draw: st.DrawFn) -> Mixture:
    levels = {"a": draw(st.integers(0, 3)), "b": draw(st.integers(1, 3))}
    return Mixture.of({drug: Concentration(Fraction(level)) for drug, level in levels.items()})


@st.composite
def schedules(draw: st.DrawFn, slots: int) -> WeeklySchedule:
    step = DAY / slots
    cuts = sorted(draw(st.sets(st.integers(0, slots - 1), max_size=4)))
    rates = st.integers(0, 6).map(lambda rate: VolumeRate(rate / step))
    intervals: list[tuple[Fraction, Fraction, VolumeRate]] = []
    for first, last in zip(cuts[::2], cuts[1::2], strict=False):
        rate = draw(rates)
        days = draw(st.sets(st.integers(0, 6), min_size=1))
        intervals += [(d * DAY + first * step, d * DAY + last * step, rate) for d in days]
    return WeeklySchedule.from_intervals(draw(rates), intervals)


@st.composite
def rules(draw: st.DrawFn, slots: int) -> BolusRule | None:
    if draw(st.integers(0, 4)) == 0:
        return None
    step = DAY / slots
    lengths = st.one_of(st.integers(1, 3), st.integers(1, slots + 1))
    most = draw(st.one_of(st.none(), st.none(), st.integers(3, 14)))
    return BolusRule(
        Volume(Fraction(draw(st.integers(1, 8)))),
        Duration(draw(lengths) * step),
        Duration(draw(st.one_of(st.just(0), lengths)) * step),
        draw(st.one_of(st.none(), st.integers(1, 5))),
        Mass(Fraction(draw(st.integers(0, 4)))),
        None if most is None else Mass(Fraction(most)),
        Mass(Fraction(draw(st.integers(0, 3)))),
    )


@st.composite
def courses(
    draw: st.DrawFn, slots: int, number: int
) -> tuple[list[Phase], list[KnownDelivery], Fraction]:
    """Phases and deliveries on a lattice of `slots` a day, and when the windows must end."""
    step = DAY / slots
    moment = START + draw(st.integers(0, 6)) * DAY
    common = draw(mixtures())
    phases: list[Phase] = []
    for _ in range(number):
        length = draw(st.one_of(st.integers(1, slots // 2), st.integers(1, 2 * slots + 2)))
        mixture = draw(st.one_of(st.just(common), mixtures()))
        end = moment + length * step
        phases.append(Phase(moment, end, draw(schedules(slots)), mixture, draw(rules(slots))))
        moment = end
    if draw(st.booleans()):
        phases[-1] = replace(phases[-1], end=None)
    known: list[KnownDelivery] = []
    if draw(st.integers(0, 2)) == 0:
        begin = phases[0].start + draw(st.integers(0, 2 * slots)) * step
        end = begin + draw(st.integers(1, 3)) * step
        volume = Volume(Fraction(draw(st.integers(1, 6))))
        known.append(KnownDelivery(begin, end, volume, draw(mixtures())))
    after = draw(st.sampled_from(phases)).start + draw(st.sampled_from([0, 0, 1])) * step
    return phases, known, after


def check_against_lattice(
    case: tuple[list[Phase], list[KnownDelivery], Fraction], slots: int, window: Fraction
) -> None:
    phases, known, after = case
    step, last = DAY / slots, phases[-1]
    found = worst_case(phases, known, window=Duration(window), ends_after=after)
    first = after - window
    searched = max(last.end if last.end is not None else last.start + step, first)
    searched = max([searched, *(delivery.end for delivery in known)])
    for drug in ("a", "b"):
        mass, where, presses = lattice_worst_case(
            phases, known, drug, window=window, first=first, last=searched, step=step
        )
        if last.end is None:
            # From here on only the background depends on where the window lies in the week.
            boluses, times = lattice_boluses(phases, drug, searched, window, step)
            for slot in range(7 * slots):
                begin = searched + slot * step
                total = boluses + background(phases, known, drug, begin, begin + window)
                if total > mass:
                    mass, where = total, begin
                    presses = tuple(time + slot * step for time in times)
        assert found.get(drug, Mass.zero()).base == mass
        # The presses are a limit: delayed a little more each, all are granted, for little less.
        little, log = Fraction(1, 10**9), PressLog(phases)
        assert all(log.press(time + index * little) for index, time in enumerate(presses))
        given = background(phases, known, drug, where, where + window)
        reached = given + log.boluses(drug, where, where + window)
        assert mass - Fraction(1, 10**6) <= reached <= mass


Piece = tuple[int, int | None, int, tuple[int, int, int, int | None, int, int | None] | None]

SUBTLE: list[tuple[str, int, int, Fraction, list[Piece]]] = [
    # Each is lost when one idea of the search is left out. Times in slots of a day: begin, end,
    # background a slot, and (volume, duration, lockout, count, dose, most).
    (
        "the best window closes where the last phase ends",
        6,
        12,
        Fraction(9),
        [(0, 12, 1, None), (12, 15, 0, (4, 2, 1, 3, 2, None))],
    ),
    (
        "the first bolus is timed so that the new lockout ends where the new program starts",
        8,
        0,
        Fraction(52, 3),
        [(0, 9, 0, (8, 3, 0, 1, 1, None)), (9, 14, 0, (8, 2, 4, 4, 3, None))],
    ),
    (
        "the dose of the first bolus leaves the 24 hours within the window",
        6,
        2,
        Fraction(15, 2),
        [(0, 2, 0, (1, 2, 0, 2, 4, None)), (2, None, 0, (7, 1, 3, 2, 4, 6))],
    ),
    (
        "of two ways through short programs the fuller one is kept",
        12,
        19,
        Fraction(18),
        [
            (0, 3, 0, (4, 3, 2, None, 3, 8)),
            (3, 12, 1, (1, 1, 3, None, 3, None)),
            (12, 18, 0, (5, 1, 4, None, 4, None)),
            (18, 19, 0, (3, 1, 4, None, 1, None)),
            (19, 21, 1, (8, 8, 0, None, 2, None)),
        ],
    ),
    (
        "a way that has used less of the count is kept",
        12,
        23,
        Fraction(106, 5),
        [
            (0, 20, 0, (5, 1, 0, 2, 4, None)),
            (20, 23, 0, (2, 11, 0, 5, 1, None)),
            (23, None, 1, (3, 5, 0, 4, 1, None)),
        ],
    ),
    (
        "the window opens while the first bolus runs",
        8,
        9,
        Fraction(71, 2),
        [(0, 8, 1, (8, 2, 1, 4, 2, None)), (8, 12, 0, (1, 2, 1, 4, 3, None))],
    ),
]


@pytest.mark.parametrize(
    ("slots", "after", "expected", "pieces"),
    [case[1:] for case in SUBTLE],
    ids=[case[0] for case in SUBTLE],
)
def test_subtle(slots: int, after: int, expected: Fraction, pieces: list[Piece]) -> None:
    step = DAY / slots
    solution = Mixture.of({"a": Concentration(Fraction(1))})
    phases: list[Phase] = []
    for begin, end, rate, told in pieces:
        bolus = None
        if told is not None:
            volume, duration, lockout, count, dose, most = told
            bolus = BolusRule(
                Volume(Fraction(volume)),
                Duration(duration * step),
                Duration(lockout * step),
                count,
                Mass(Fraction(dose)),
                None if most is None else Mass(Fraction(most)),
                Mass.zero(),
            )
        schedule = WeeklySchedule.constant(VolumeRate(rate / step))
        close = None if end is None else START + end * step
        phases.append(Phase(START + begin * step, close, schedule, solution, bolus))
    ends_after = START + after * step
    found = worst_case(phases, [], window=Duration(DAY), ends_after=ends_after)
    assert found["a"].base == expected
    if slots <= 8:  # the lattice agrees with the others too, in ten seconds
        check_against_lattice((phases, [], ends_after), slots, DAY)


@settings(deadline=None, max_examples=80)
@given(case=courses(6, 1), hours=st.sampled_from([24, 24, 4, 8, 20]))
def test_one_phase_equals_the_lattice(
    case: tuple[list[Phase], list[KnownDelivery], Fraction], hours: int
) -> None:
    check_against_lattice(case, 6, hours * HOUR)


@settings(deadline=None, max_examples=150)
@given(case=courses(6, 2), hours=st.sampled_from([24, 24, 4, 8, 20]))
def test_two_phases_equal_the_lattice(
    case: tuple[list[Phase], list[KnownDelivery], Fraction], hours: int
) -> None:
    check_against_lattice(case, 6, hours * HOUR)


@settings(deadline=None, max_examples=100)
@given(case=courses(6, 3), hours=st.sampled_from([24, 24, 4, 8, 20]))
def test_three_phases_equal_the_lattice(
    case: tuple[list[Phase], list[KnownDelivery], Fraction], hours: int
) -> None:
    check_against_lattice(case, 6, hours * HOUR)


@settings(deadline=None, max_examples=60)
@given(case=courses(6, 5))
def test_many_short_phases_equal_the_lattice(
    case: tuple[list[Phase], list[KnownDelivery], Fraction],
) -> None:
    phases, known, after = case
    assume(phases[-1].start - phases[0].start <= 3 * DAY)
    check_against_lattice((phases, known, after), 6, DAY)


@settings(deadline=None, max_examples=25)
@given(data=st.data(), hours=st.sampled_from([1, 2]))
def test_short_windows_on_a_fine_lattice(data: st.DataObject, hours: int) -> None:
    """Half an hour a slot, where a short window sees few boluses of many that count."""
    case = data.draw(courses(48, 2))
    phases = [
        p
        if p.bolus is None
        else replace(p, bolus=replace(p.bolus, max_per_day=min(p.bolus.max_per_day or 2, 2)))
        for p in case[0]
    ]
    begin = phases[-1].start - 6 * HOUR
    phases = [replace(p, start=max(p.start, begin)) for p in phases]
    if phases[-1].end is not None:
        phases[-1] = replace(phases[-1], end=phases[-1].start + 3 * HOUR)
    after = max(phases[0].start, min(case[2], phases[-1].start))
    check_against_lattice((phases, [], after), 48, hours * HOUR)


@settings(deadline=None, max_examples=120)
@given(data=st.data(), number=st.integers(1, 3))
def test_no_sequence_of_presses_gives_more(data: st.DataObject, number: int) -> None:
    """Any rational times, no lattice: the literal pump never passes the worst case."""
    phases, known, after = data.draw(courses(12, number))
    stretch = data.draw(st.fractions(Fraction(1, 3), 3, max_denominator=11))
    phases = [
        p
        if p.bolus is None
        else replace(p, bolus=replace(p.bolus, lockout=p.bolus.lockout.scaled(stretch)))
        for p in phases
    ]
    window = data.draw(st.sampled_from([24 * HOUR, HOUR, 7 * HOUR / 2]))
    found = worst_case(phases, known, window=Duration(window), ends_after=after)
    waits = st.one_of(
        st.fractions(0, 5, max_denominator=60).map(lambda hours: hours * HOUR),
        st.sampled_from([p.bolus.lockout.base for p in phases if p.bolus] or [HOUR]),
        st.sampled_from([p.bolus.duration.base for p in phases if p.bolus] or [HOUR]),
    )
    log, moment = PressLog(phases), max(phases[0].start, after - window - DAY)
    for wait in data.draw(st.lists(waits, max_size=60)):
        moment += wait
        log.press(moment)
    opens = [time for time, _ in log.granted] + [time - window for time, _ in log.granted]
    opens += [p.start for p in phases] + [p.start - window for p in phases]
    opens.append(after - window + data.draw(st.fractions(0, 48, max_denominator=60)) * HOUR)
    for begin in opens:
        if begin + window > after:
            for drug in ("a", "b"):
                total = background(phases, known, drug, begin, begin + window)
                total += log.boluses(drug, begin, begin + window)
                assert total <= found.get(drug, Mass.zero()).base
