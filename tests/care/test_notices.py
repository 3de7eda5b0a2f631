"""K21: notices about software and devices, whom they touch, and who has not read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.notices import Notice, UnreadNotice, check_unread, read_notice, write_notice
from thecal.device import pump_model, pump_models
from thecal.errors import BadFileError
from thecal.therapy.table import Table

NOTICE = Notice(
    id="n-1",
    title="the flex mode counts by the hour",
    day=date(2026, 7, 1),
    models=(),
    programmer_versions=(),
    action="read the total of the day before you sign",
    source="an invented maker",
)
ROLLER, GAS = pump_model("synchromed-ii-40"), pump_model("codman-3000-30")
WORDS = st.text("abc 1.2", min_size=1, max_size=8).map(str.strip).filter(bool)


def test_a_notice_touches_the_models_that_it_names() -> None:
    named = replace(NOTICE, models=("synchromed-ii-40", "synchromed-ii-20"))
    assert named.touches(ROLLER)
    assert not named.touches(pump_model("synchromed-iii-40"))
    assert all(NOTICE.touches(one) for one in pump_models())


def test_a_notice_about_programmers_alone_touches_the_pumps_that_have_one() -> None:
    versions = replace(NOTICE, programmer_versions=("2.1",))
    assert versions.touches(ROLLER)
    assert not versions.touches(GAS)
    assert replace(versions, models=(GAS.id,)).touches(GAS)


@pytest.mark.req("K21")
@pytest.mark.inventory("E1")
def test_a_notice_that_nobody_has_left_unread_is_silent() -> None:
    assert list(check_unread(())) == []


@pytest.mark.req("K21")
@pytest.mark.inventory("E1")
def test_an_unread_notice_warns_with_who_what_and_what_to_do() -> None:
    versions = replace(NOTICE, programmer_versions=("2.1",))
    (told,) = check_unread([UnreadNotice(versions, ("nurse.a", "dr.b"))])
    assert told.check == "K21"
    assert told.severity == "warn"
    assert not told.blocks
    for words in ("nurse.a and dr.b", "1 July 2026", "software 2.1", "before you sign"):
        assert words in told.message


@given(models=st.lists(WORDS), versions=st.lists(WORDS), title=WORDS, day=st.dates())
def test_a_notice_comes_back_from_the_record_as_it_went_in(models, versions, title, day) -> None:
    notice = replace(
        NOTICE, models=tuple(models), programmer_versions=tuple(versions), title=title, day=day
    )
    assert read_notice(Table(write_notice(notice), "entry 3")) == notice


@pytest.mark.parametrize(
    "wrong", [{"day": "July"}, {"title": ""}, {"models": []}, {"stray": "x"}, {"action": None}]
)
def test_a_notice_that_is_malformed_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadFileError):
        read_notice(Table({**write_notice(NOTICE), **wrong}, "entry 3"))
