"""Papers from a therapy at one time: what is handed out, carried, filled in and sent."""

from thecal.care.papers.contact import ClinicContact
from thecal.care.papers.ending import death_record, explant_record
from thecal.care.papers.kinds import PAPERS, Paper, PaperDetails
from thecal.care.papers.letter import visit_letter
from thecal.care.papers.record import PaperRecord, record_at
from thecal.care.papers.scan import mri_form
from thecal.care.papers.session import session_printout
from thecal.care.papers.staff import about_my_pump, inpatient_sheet
from thecal.care.papers.summary import id_card, patient_summary
from thecal.care.papers.transfer import takeover_deadline, transfer_summary
from thecal.care.papers.travel import Journey, Reserve, reserve_of, travel_letter

__all__ = [
    "PAPERS",
    "ClinicContact",
    "Journey",
    "Paper",
    "PaperDetails",
    "PaperRecord",
    "Reserve",
    "about_my_pump",
    "death_record",
    "explant_record",
    "id_card",
    "inpatient_sheet",
    "mri_form",
    "patient_summary",
    "record_at",
    "reserve_of",
    "session_printout",
    "takeover_deadline",
    "transfer_summary",
    "travel_letter",
    "visit_letter",
]
