"""The forms F1 to F18: schemas, reading, printing, JSON Schema, and what stands in the way."""

from thecal.care.forms.catalogue import Form, FormField, FormSection, Kind, When, form, forms
from thecal.care.forms.education import EducationItem, education_items, items_to_teach
from thecal.care.forms.filled import (
    FieldError,
    Filled,
    FormErrors,
    filled_from_json,
    read_form,
)
from thecal.care.forms.history_facts import history_facts
from thecal.care.forms.known import Known
from thecal.care.forms.print_form import Shown, answers_of, form_document, not_known
from thecal.care.forms.record_facts import known_from, record_facts
from thecal.care.forms.rules import findings_to_close, findings_to_sign, wrong_times
from thecal.care.forms.schema import form_schema

__all__ = [
    "EducationItem",
    "FieldError",
    "Filled",
    "Form",
    "FormErrors",
    "FormField",
    "FormSection",
    "Kind",
    "Known",
    "Shown",
    "When",
    "answers_of",
    "education_items",
    "filled_from_json",
    "findings_to_close",
    "findings_to_sign",
    "form",
    "form_document",
    "form_schema",
    "forms",
    "history_facts",
    "items_to_teach",
    "known_from",
    "not_known",
    "read_form",
    "record_facts",
    "wrong_times",
]
