"""What an outsider may send to a clinic: a plain enquiry, or the referral of a patient."""

from thecal.care.enquiry.questions import ENQUIRY, KINDS, REFERRAL, Question, questions, sections
from thecal.care.enquiry.reader import Sent, read_sent, selection_case, standing
from thecal.care.enquiry.words import limit, said, within

__all__ = [
    "ENQUIRY",
    "KINDS",
    "REFERRAL",
    "Question",
    "Sent",
    "limit",
    "questions",
    "read_sent",
    "said",
    "sections",
    "selection_case",
    "standing",
    "within",
]
