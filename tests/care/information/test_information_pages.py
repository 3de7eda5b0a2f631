"""What a patient reads of the own pump: by model, by dates, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from short_therapies import EXAMPLE, NEXT_PUMP, exchange, explant, fill, on, revise, therapy
from thecal.care.document import LANGUAGES, Document
from thecal.care.information.known import Known, known_from
from thecal.care.information.pages import PAGES
from thecal.care.information.recovery import recovery
from thecal.data import rows
from thecal.device import pump_model, pump_models
from thecal.therapy.simulation import simulate

TODAY = date(2026, 4, 10)
BEGAN = date(2026, 3, 1)


def known(model: str = "synchromed-ii-20", drugs: tuple[str, ...] = ("morphine",), **more) -> Known:
    given = {"began": BEGAN, "operated": BEGAN} | more
    return Known(TODAY, pump_model(model), drugs, **given)


def said(document: Document, language: str = "en") -> str:
    lines = [document.title.get(language)]
    for one in document.sections:
        lines += [one.heading.get(language), *(each.get(language) for each in one.paragraphs)]
        lines += [f"{each.label.get(language)}: {each.value.get(language)}" for each in one.fields]
        table = one.grid.rows if one.grid else ()
        lines += [" | ".join(cell.get(language) for cell in row) for row in table]
    lines += [one.get(language) for one in document.footnotes]
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def page(name: str, about: Known, language: str = "en") -> str:
    return said(PAGES[name](about), language)


@pytest.mark.inventory("S3.24")
@pytest.mark.parametrize("model", ["prometra-20", "prometra-ii-20", "prometra-ii-40"])
def test_a_prometra_has_to_be_emptied_before_a_scan(model: str) -> None:
    assert "HAS TO BE EMPTIED" in page("scan", known(model))
    assert "GELEERT" in page("scan", known(model), "de")
    assert "HAS TO BE EMPTIED" in page("questions", known(model))


@pytest.mark.inventory("S3.24")
def test_a_synchromed_is_read_after_a_scan_and_not_emptied() -> None:
    told = page("scan", known())
    assert "HAS TO READ your pump after the scan" in told
    assert "EMPTIED" not in told
    assert "pump read after the scan: it runs again" in told


@pytest.mark.inventory("S3.24")
def test_a_constant_flow_pump_goes_on_and_a_model_without_answer_waits() -> None:
    assert "usually it goes on as before. " in page("scan", known("codman-3000-30"))
    assert "from memory, not checked" in page("scan", known("codman-3000-30"))
    assert "No MRI before your clinic has asked the maker" in page(
        "scan", known("external-ambulatory")
    )


def test_no_page_of_any_model_says_that_a_scan_goes_without_issue() -> None:
    for model in pump_models():
        told = page("scan", known(model.id)) + page("questions", known(model.id))
        assert "without issue" not in told
        assert "call my pump clinic before you book an MRI" in told


def test_baclofen_that_stops_in_the_scanner_is_an_emergency_and_morphine_is_not_called_so() -> None:
    assert "If baclofen stops suddenly" in page("scan", known(drugs=("baclofen",)))
    assert "stops suddenly" not in page("scan", known())
    assert "stops suddenly" not in page("scan", known("isomed-20-10", ("baclofen",)))


@pytest.mark.inventory("S3.25")
def test_the_page_for_a_journey_says_what_to_carry_for_these_drugs() -> None:
    opioid = page("journey", known(refill_by=date(2026, 6, 1)))
    assert "implanted drug pump. It may set off the detector" in opioid
    assert "morphine is under control" in opioid
    assert "naloxone" in opioid
    assert "filled by 2026-06-01" in opioid
    spastic = page("journey", known(drugs=("baclofen",)))
    assert "under control" not in spastic
    assert "naloxone" not in spastic
    assert "not known here now" in spastic


def test_height_and_heat_have_figures_only_where_a_fact_is_known() -> None:
    gas = page("journey", known("codman-3000-30"))
    assert "2,400 m" in gas
    assert "Heat makes this pump flow faster" in gas
    motor = page("journey", known())
    assert "No figure of the maker is on record here; ask your clinic" in motor
    assert "2,400 m" not in motor
    assert "Not below 10 m" in motor


@pytest.mark.inventory("S3.26")
def test_the_restrictions_end_on_a_day_counted_from_the_operation() -> None:
    assert recovery(BEGAN).restricted_until == date(2026, 4, 26)
    told = page("recovery", known())
    assert "What to leave until 2026-04-26" in told
    for each in ("heavy lifting", "twisting", "hard exercise", "Extreme sports"):
        assert each in told
    assert "“a few weeks”" in told
    assert "from memory and checked against no source" in told
    over = Known(date(2026, 4, 27), pump_model("synchromed-ii-20"), operated=BEGAN)
    assert "What was to be left until 2026-04-26" in page("recovery", over)
    assert "Not before 2026-04-26" in page("questions", known())
    assert "are over by the count of days" in page("questions", over)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_the_days_after_an_operation_are_in_order_and_take_the_longest_answer(day: date) -> None:
    found = recovery(day)
    assert day < found.light_from < found.light_to < found.follow_up < found.restricted_until
    answers = [
        int(Fraction(row["value"]))
        for row in rows("information_rules")
        if (row["subject"], row["parameter"]) == ("after-implant", "restricted")
    ]
    assert found.restricted_until - day == timedelta(days=max(answers))


@pytest.mark.inventory("S3.26")
def test_without_a_day_of_operation_no_date_is_made_up() -> None:
    told = page("recovery", known(began=None, operated=None))
    assert "What to leave in the first weeks" in told
    assert "2026" not in told.replace("2026-11", "")


@pytest.mark.inventory("S3.27")
def test_the_bulge_is_told_and_when_to_call() -> None:
    told = page("recovery", known())
    assert "as a bulge under the skin. Most people get used to it" in told
    assert "call your clinic" in told


@pytest.mark.inventory("S3.28")
def test_the_recovery_is_told_by_dates() -> None:
    told = page("recovery", known())
    assert "2026-03-01 | The pump was implanted." in told
    assert "2026-03-04 to 2026-03-15 | Light activity again" in told
    assert "within days to weeks" in told


@pytest.mark.inventory("S3.23")
def test_the_years_of_a_pump_stand_with_all_their_disagreement() -> None:
    told = page("service", known())
    for each in ("5 to 7 years", "7 to 10 years", "7 years | of your model, it then switches"):
        assert each in told
    assert "The sources do not agree" in told
    # Its own shut-off at 7 years goes before the 10 of pumps in general.
    assert "2033-02-28" in told
    assert "no battery that ends" in page("service", known("codman-3000-30"))
    assert "ask your clinic" in page("service", known(began=None)).lower()


@pytest.mark.inventory("S3.22")
def test_the_intervals_of_refills_stand_with_who_says_them_and_the_own_day() -> None:
    told = page("service", known(refill_by=date(2026, 6, 1), last_fill=date(2026, 4, 1)))
    assert "every 1 to 6 months | workflow.md 1d S3.22" in told
    assert "2026-06-01: 61 days after the last filling" in told


@pytest.mark.inventory("S1.10")
def test_the_glossary_has_every_abbreviation_of_the_source() -> None:
    told = page("glossary", Known(TODAY))
    for each in ("CT", "CYP", "FDA", "IDDS", "ITB", "MRI", "OIH", "PTC", "PTM", "TDD"):
        assert f"\n{each} | " in told


@pytest.mark.inventory("S3.21")
def test_the_comparison_has_both_sides_of_both_and_marks_what_is_remembered() -> None:
    grid = PAGES["comparison"](Known(TODAY)).sections[0].grid
    assert grid is not None
    assert len(grid.rows) == 4
    for _, pump, stimulation in grid.rows:
        assert "from memory" not in pump.en
        assert "from memory" in stimulation.en
        assert "aus dem Gedächtnis" in stimulation.de


def test_a_question_that_no_table_answers_goes_to_the_clinic() -> None:
    told = page("questions", known(drugs=("bupivacaine",)))
    alcohol = told.split("May I drink alcohol?\n")[1].split("\n")[0]
    assert alcohol == "Ask your clinic: no answer is on record here."
    assert "Alcohol adds to morphine" in page("questions", known())
    assert "if baclofen stops suddenly" in page("questions", known(drugs=("baclofen",)))


@pytest.mark.inventory("S3.20")
def test_not_everybody_is_a_candidate() -> None:
    assert "Medical and psychological reasons can speak against it" in page(
        "questions", Known(TODAY)
    )


@pytest.mark.inventory("S3.29")
@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_every_model_stands_in_both_languages_and_is_for_the_patient(
    name: str,
) -> None:
    for model in (None, *pump_models()):
        about = Known(TODAY) if model is None else known(model.id, ("baclofen", "morphine"))
        document = PAGES[name](about)
        assert document.for_patient
        assert document.kind == name
        for language in LANGUAGES:
            told = said(document, language)
            assert "{" not in told
            assert "µ" not in told


def test_what_is_known_follows_the_record() -> None:
    simulation = simulate(EXAMPLE)
    found = known_from(simulation, TODAY, date(2026, 6, 1))
    assert found.model is simulation.model
    assert set(found.drugs) == set(simulation.reservoir_written)
    assert found.refill_by == date(2026, 6, 1)
    assert found.began == found.operated
    open_visit = known_from(simulation, TODAY, date(2026, 6, 1), uncertain=True)
    assert open_visit.refill_by is None
    assert open_visit.last_fill is None
    assert known_from(None, TODAY, None) == Known(TODAY)


def test_recovery_counts_from_the_last_operation_and_service_from_the_pump() -> None:
    implanted = on(-20)

    def after(*events) -> Known:
        given = simulate(therapy(fill(0), *events, fill(60), implanted=implanted))
        return known_from(given, on(60), None)

    assert (after().began, after().operated) == (implanted, implanted)
    assert (after(revise(10)).began, after(revise(10)).operated) == (implanted, on(10))
    exchanged = after(exchange(30))
    assert (exchanged.began, exchanged.operated) == (on(30), on(30))
    assert exchanged.replaced
    assert exchanged.model is not None
    assert exchanged.model.id == NEXT_PUMP
    first = known_from(simulate(therapy(fill(0))), on(60), None)
    assert (first.began, first.began_by_fill) == (on(0), True)
    gone = known_from(simulate(therapy(fill(0), explant(40))), on(60), None)
    assert gone == Known(on(60))
