"""The simulated colleague of a learner: signs what is shown, counted, and catches nothing.

Safe only where nobody is treated: `colleague_of` refuses every clinic but a training clinic.
"""

from __future__ import annotations

from thecal.care.visit import discrepancy, record_step, write_record
from thecal.care.visit.needle import Discrepancy
from thecal.care.visit.visit import Answered
from thecal.clinic.access.second import given_drafts, requests_open
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, write, write_to_training
from thecal.clinic.models import Clinic
from thecal.clinic.refill.entries import ANSWER, STEP
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.witness import MEANING, WITNESS, waste_digest
from thecal.clinic.training.runs import COLLEAGUE, TrainingError, colleague_of

_ANSWERED = "answered at a refill visit"
_DEVICE = "training"
_DIFFERENCE = "discrepancy"


def check_all(chart: Chart, clinic: Clinic, author: Author) -> int:
    """Let the colleague copy and sign every check that waits; return how many there were."""
    member, waiting = colleague_of(clinic), requests_open(chart)
    if not waiting:
        raise TrainingError("nothing waits for a second person", remedy="ask for one on its page")
    drafts: list[Draft] = []
    for asked in waiting:
        typed = {one.key: one.value.split()[0] for one in asked.blind}
        drafts += given_drafts(chart, member, asked, typed)
    write(chart.patient, Author.of(member, _DEVICE), drafts, expected=None)
    _count(chart, author, "check")
    return len(waiting)


def witness(situation: Situation, author: Author) -> None:
    """Let the colleague sign that the waste was destroyed."""
    member = colleague_of(situation.clinic)
    waste = situation.visit.waste
    if waste is None or waste.witness is not None:
        raise TrainingError("there is nothing to witness now", remedy="look at the account")
    draft = Draft(WITNESS, {"visit": situation.running.number, "of": waste_digest(waste)})
    drafts = (draft, signature_draft(situation.chart.stream, member, MEANING, (draft,)))
    write(situation.chart.patient, Author.of(member, _DEVICE), drafts, expected=None)
    _count(situation.chart, author, "witness")


def answer(situation: Situation, author: Author, check: str, message: str, reason: str) -> None:
    """Let the colleague answer a question of the visit with the learner's reason.

    Raises
    ------
    TrainingError
        If the question does not stand, or there is no reason.
    """
    member = colleague_of(situation.clinic)
    if (check, message) not in [(one.check, one.message) for one in situation.asks]:
        raise TrainingError("this question does not stand any more", remedy="read what stands now")
    if not reason:
        raise TrainingError("an answer says why it may go on", remedy="write the reason")
    given = Answered(check=check, message=message, reason=reason, by=member.user.username)
    draft = Draft(ANSWER, {"visit": situation.running.number, "record": write_record(given)})
    drafts = (draft, signature_draft(situation.chart.stream, member, _ANSWERED, (draft,)))
    write(situation.chart.patient, Author.of(member, _DEVICE), drafts, expected=None)
    _count(situation.chart, author, "answer")


def decide(situation: Situation, author: Author, category: str, action: str) -> None:
    """Let the colleague decide on a red difference as the learner says: it needs another person.

    Raises
    ------
    TrainingError
        If there is no difference, or it is not one of its explanations.
    """
    member = colleague_of(situation.clinic)
    advice = discrepancy(situation.visit, situation.knowledge)
    fitting = {} if advice is None else {one.id: one.actions for one in advice.categories}
    if action not in fitting.get(category, ()):
        raise TrainingError(
            "this is not done where the difference is taken for that",
            remedy="choose what it is taken for and what is done, from one line",
        )
    found = Discrepancy(category=category, action=action, decided_by=member.user.username)
    record_step(situation.visit, situation.knowledge, _DIFFERENCE, found)
    body = {
        "visit": situation.running.number,
        "step": _DIFFERENCE,
        "record": write_record(found),
    }
    write(situation.chart.patient, Author.of(member, _DEVICE), (Draft(STEP, body),), expected=None)
    _count(situation.chart, author, "difference")


def _count(chart: Chart, author: Author, what: str) -> None:
    write_to_training(chart.patient, author, (Draft(COLLEAGUE, {"what": what}),))
