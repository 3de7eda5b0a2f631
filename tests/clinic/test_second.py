"""The two-person rule: somebody else, blind, signed; or alone, with a reason that is counted."""

from __future__ import annotations

import pytest
from clinic_pumps import chart_of, kinds
from clinic_world import PASSWORD
from django.urls import reverse

from thecal.clinic.access.second import (
    Blind,
    SecondPersonError,
    digest_of,
    exceptions,
    go_on_alone,
    is_given,
    request_draft,
    requests_open,
)
from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.signatures import unfitting
from thecal.clinic.models import Role

CONTENT = {"program": "whatever is checked"}
BLIND = (Blind("concentration", "Concentration of morphine", "10 mg/mL", "mg/mL"),)


def asked(world, role: Role = Role.PHYSICIAN) -> int:
    """Return the number of a fresh request by somebody."""
    draft = request_draft("program", CONTENT, ["the label"], BLIND, ["the drug is new"])
    return write(world.patient, world.author(role), (draft,), expected=None)[-1].seq


def typed(world, role: Role, seq: int, value: str, password: str = PASSWORD):
    """Return the page after somebody typed a concentration."""
    return world.browser(role).post(
        reverse("check", args=[world.patient.pk, seq]),
        {"concentration": value, "password": password},
        follow=True,
    )


def given(world):
    return is_given(chart_of(world.patient).entries, digest_of(CONTENT))


@pytest.mark.req("K8")
@pytest.mark.req("U01")
def test_somebody_else_who_types_the_same_gives_the_check_and_signs_it(world) -> None:
    seq = asked(world)
    assert given(world) is None
    page = typed(world, Role.NURSE, seq, "10")
    assert page.status_code == 200
    found = given(world)
    assert (found.by, found.exception) == ("nurse-1", False)
    assert kinds(world.patient)[-2:] == ["second.given", "signature"]
    assert unfitting(chart_of(world.patient).entries) == ()
    assert requests_open(chart_of(world.patient)) == ()


def test_the_page_of_the_check_does_not_show_what_is_typed_blind(world) -> None:
    seq = asked(world)
    page = world.browser(Role.NURSE).get(reverse("check", args=[world.patient.pk, seq]))
    assert "Concentration of morphine" in page.content.decode()
    assert "10 mg/mL" not in page.content.decode().replace("\u00a0", " ")
    assert 'value="10"' not in page.content.decode()


@pytest.mark.parametrize("value", ["1", "100", "10.5", "1000"])
def test_another_value_gives_nothing_and_is_written_down(world, value) -> None:
    seq = asked(world)
    typed(world, Role.NURSE, seq, value)
    assert given(world) is None
    (waiting,) = requests_open(chart_of(world.patient))
    assert waiting.differed == 1


@pytest.mark.parametrize("value", ["10,0", ".5", "ten", "1e1"])
def test_what_is_no_number_is_refused_and_stays_in_its_field(world, value) -> None:
    page = typed(world, Role.NURSE, asked(world), value)
    assert page.status_code == 422
    assert f'value="{value}"' in page.content.decode()
    assert given(world) is None


@pytest.mark.req("K8")
def test_who_ordered_is_never_the_second_person(world) -> None:
    page = typed(world, Role.PHYSICIAN, asked(world), "10")
    assert page.status_code == 422
    assert given(world) is None


def test_a_wrong_password_signs_nothing(world) -> None:
    page = typed(world, Role.NURSE, asked(world), "10", "wrong")
    assert page.status_code == 422
    assert given(world) is None


def test_a_checker_from_elsewhere_counts_only_where_the_clinic_says_so(world) -> None:
    seq = asked(world)
    assert typed(world, Role.CHECKER, seq, "10").status_code == 422
    world.clinic.second_person = "remote"
    world.clinic.save()
    typed(world, Role.CHECKER, seq, "10")
    assert given(world).role == "checker"


def test_a_check_of_something_else_is_no_check_of_this(world) -> None:
    typed(world, Role.NURSE, asked(world), "10")
    other = digest_of({"program": "something else"})
    assert is_given(chart_of(world.patient).entries, other) is None


def test_going_on_alone_is_refused_unless_the_clinic_allows_it_and_then_counted(world) -> None:
    seq = asked(world)
    with pytest.raises(SecondPersonError, match="without a second person"):
        go_on_alone(chart_of(world.patient), world.clinic, world.author(), seq, "alone")
    world.clinic.second_person = "exception"
    with pytest.raises(SecondPersonError, match="reason"):
        go_on_alone(chart_of(world.patient), world.clinic, world.author(), seq, " ")
    go_on_alone(chart_of(world.patient), world.clinic, world.author(), seq, "alone at night")
    entries = chart_of(world.patient).entries
    found = is_given(entries, digest_of(CONTENT))
    assert (found.exception, found.reason) == (True, "alone at night")
    assert exceptions(entries) == 1


def test_the_list_names_what_waits_and_says_who_cannot_check_it(world) -> None:
    asked(world)
    theirs = world.browser(Role.NURSE).get(reverse("checks")).content.decode()
    assert "Check program for Ada Example" in theirs
    own = world.browser(Role.PHYSICIAN).get(reverse("checks")).content.decode()
    assert "Not you" in own


def test_a_refused_check_says_why_and_is_over(world) -> None:
    seq = asked(world)
    world.browser(Role.PHARMACIST).post(
        reverse("refuse check", args=[world.patient.pk, seq]), {"reason": "another label"}
    )
    assert requests_open(chart_of(world.patient)) == ()
    assert given(world) is None
    assert chart_of(world.patient).entries[-1].reason == "another label"
