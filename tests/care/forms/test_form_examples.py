"""The examples that other tests fill in are forms that somebody may sign."""

from __future__ import annotations

import pytest
from form_examples import filled

from thecal.care.forms import Form, forms
from thecal.care.forms.known import Known
from thecal.care.forms.rules import findings_to_sign
from thecal.safety.finding import Severity


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_nothing_refuses_the_signature_of_a_complete_example(known: Form) -> None:
    found = findings_to_sign(filled(known.id), Known())
    assert [one for one in found if one.severity is Severity.HARD] == []
