"""Compounding for an intrathecal pump: the order, its checks, the label, the release."""

from thecal.care.compounding.advise import advise, judge, prepared
from thecal.care.compounding.case import CompoundingCase
from thecal.care.compounding.documents import label, order_form
from thecal.care.compounding.read_case import read_case

__all__ = [
    "CompoundingCase",
    "advise",
    "judge",
    "label",
    "order_form",
    "prepared",
    "read_case",
]
