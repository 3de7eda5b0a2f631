"""One order to a pump, from the first entry about it to the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import final

from django.db import DatabaseError

from thecal.care.order_review import review_order
from thecal.care.pump_differences import pump_differences
from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import DONE as TASK_DONE
from thecal.clinic.ledger.tasks import OPENED, open_tasks
from thecal.clinic.models import Patient
from thecal.clinic.pumps.pump_log import (
    DONE,
    ORDER,
    REFUSED,
    UNKNOWN,
    UNKNOWN_TASK,
    Order,
    Outcome,
    order_of,
    outcome_of,
    same_order,
    settlement,
    still_holds,
    unsettled,
)
from thecal.clinic.pumps.pump_reading import reading
from thecal.clinic.pumps.virtual_pump import (
    COMMAND,
    VirtualPump,
    check_telemetry,
    folder_trouble,
    locked,
    takes_orders,
)
from thecal.errors import ThecalError
from thecal.link.journal import Entry as PumpEntry
from thecal.link.messages import Command, is_command, new_command
from thecal.link.programmer import Programmer
from thecal.link.pump_report import PumpReport
from thecal.record.fold import EVENT, effective, event_body
from thecal.safety.finding import Finding, Verdict
from thecal.therapy.events import Event, Interrogate, Therapy

Send = Callable[[Programmer, PumpReport], PumpReport]
_LOOKS = 3
_DOES = frozenset({"commit", "bolus", "stop", "minimum-rate", "resume", "set-clock"})


class UsedCommandError(ThecalError):
    """A form that had been sent came again with another order; nothing was sent to the pump."""


@final
class Talk:
    """One order: written down, sent, and what became of it written down.

    Parameters
    ----------
    event
        What it is for the therapy, at any time; None: nothing that flows.
    reviewed
        Whether findings may refuse it. Stopping, lowering and reading are never refused.
    """

    def __init__(
        self, chart: Chart, order: Order, what: str, event: Event | None, *, reviewed: bool = True
    ) -> None:
        self._patient, self._order = chart.patient, order
        self._what, self._event, self._reviewed = what, event, reviewed
        self._chart = chart
        self._findings: tuple[Finding, ...] = ()
        self._sent = self._again = False

    def run(self, send: Send) -> Outcome:
        """Do it once.

        Raises
        ------
        LostUpdateError, UsedCommandError
            Before anything is sent.
        """
        order = self._order
        check_telemetry(self._chart.therapy)
        with locked(self._patient.pk) as folder:
            chart = self._fresh()
            before = order_of(chart.entries, order.command)
            if before is not None and not same_order(before, self._what, self._event):
                raise UsedCommandError(
                    "this form was sent before with another order, and nothing was sent now",
                    remedy="open the page again, and enter it anew",
                )
            known = outcome_of(chart.entries, order.command)
            if known is not None and known.outcome != UNKNOWN:
                return replace(known, repeated=True)
            self._again = before is not None
            if not self._again:
                self._write((self._order_draft(),), expected=order.expected)
            return self._told(self._talked(folder, send))

    def lower(self, wanted: Callable[[str], Command], follow_up: Sequence[Draft] = ()) -> Outcome:
        """Stop or lower first: what cannot be written or reached is said afterwards, never before.

        Nothing is folded or replayed before the order is out, so a long record holds up no stop.

        Parameters
        ----------
        wanted
            The order to the pump for a command id.
        follow_up
            Written with it where the pump did it.

        Raises
        ------
        NotProgrammableError
            If the pump takes no orders.
        """

        def send(programmer: Programmer, _: PumpReport) -> PumpReport:
            return programmer.command(wanted(self._order.command)).report

        if not takes_orders(self._chart):
            check_telemetry(self._chart.therapy)
        try:
            with locked(self._patient.pk) as folder:
                known = self._done_already()
                if known is not None:
                    return replace(known, repeated=True)
                for _ in range(_LOOKS):
                    drafts, outcome = self._talked(folder, send)
                    if outcome.done:
                        break
        except ThecalError as error:
            drafts, outcome = self._failed(UNKNOWN, str(error))
        try:
            after = follow_up if outcome.done else ()
            return self._told(((self._order_draft(), *drafts, *after), outcome))
        except (ThecalError, DatabaseError, OSError) as error:
            # Whoever stands at the pump has to know that it stands, whatever became of the record.
            why = error.what if isinstance(error, ThecalError) else "the record cannot be written"
            return replace(outcome, unwritten=why)

    def _done_already(self) -> Outcome | None:
        """Return the answer to a stop that still holds; None: it has to be sent.

        An id that was used for anything else, or before the pump ran again, gives way to a fresh
        one: an old page stops as well as a new one.
        """
        entries, command = self._fresh().entries, self._order.command
        before = order_of(entries, command)
        known = outcome_of(entries, command)
        if before is not None and same_order(before, self._what, self._event):
            if known is None or not known.done:
                return None
            if still_holds(entries, command):
                return known
        if before is not None or not is_command(command):
            self._order = replace(self._order, command=new_command())
        return None

    def _told(self, answer: tuple[tuple[Draft, ...], Outcome]) -> Outcome:
        drafts, outcome = answer
        self._write(drafts, expected=None)
        return outcome

    def _fresh(self) -> Chart:
        self._chart = Chart(Patient.objects.select_related("projection").get(pk=self._patient.pk))
        return self._chart

    @property
    def _therapy(self) -> Therapy:
        return check_telemetry(self._chart.therapy)

    def _write(self, drafts: Sequence[Draft], *, expected: int | None) -> None:
        write(self._patient, self._order.author, drafts, expected=expected)

    def _order_draft(self) -> Draft:
        body = {
            "command": self._order.command,
            "what": self._what,
            "event": None if self._event is None else event_body(self._event),
            "running": self._order.running,
            **({} if self._order.visit is None else {"visit": self._order.visit}),
        }
        return Draft(ORDER, body, self._order.reason)

    # -- the talk itself ------------------------------------------------------------------------

    def _talked(self, folder: Path, send: Send) -> tuple[tuple[Draft, ...], Outcome]:
        chart = self._fresh()
        try:
            pump = VirtualPump(folder, chart)
        except ThecalError as error:
            return self._failed(self._nothing_sent(), str(error))
        except OSError as error:
            return self._failed(self._nothing_sent(), str(folder_trouble(error)))
        try:
            return self._in_session(pump, chart, send)
        except OSError as error:
            # A pump that could not store what it did says nothing sure before it is woken again.
            sent = UNKNOWN if self._sent else self._nothing_sent()
            return self._failed(sent, str(folder_trouble(error)))
        except ThecalError as error:
            if self._sent:
                return self._looked(pump, error)
            return self._failed(self._nothing_sent(), str(error))
        finally:
            pump.close()

    def _nothing_sent(self) -> str:
        """A stop that could not be sent is still ordered; anything else was simply not done."""
        return UNKNOWN if self._lowers else REFUSED

    @property
    def _lowers(self) -> bool:
        return not self._reviewed and self._event is not None

    def _in_session(
        self, pump: VirtualPump, chart: Chart, send: Send
    ) -> tuple[tuple[Draft, ...], Outcome]:
        programmer, transport = pump.session()
        try:
            report = programmer.open()
            if self._lowers:
                self._sent = True
                drafts, outcome = self._done(programmer, chart, report, send(programmer, report))
                settled = self._settled(programmer, chart)
                programmer.close(self._order.reason or "as it was found")
                return (*settled, *drafts), outcome
            settled = self._settled(programmer, chart)
            if self._again:
                done = self._done_before(programmer, report)
                if done is not None:
                    programmer.close("read: the order had been done before")
                    return (*settled, *done[0]), done[1]
            if self._reviewed:
                refused = self._refusal(chart, report)
                if refused:
                    programmer.close("read, and nothing was sent")
                    drafts, outcome = self._failed(REFUSED, refused, report)
                    return (*settled, *drafts), outcome
            self._sent = self._event is not None
            after = send(programmer, report)
            drafts, outcome = self._done(programmer, chart, report, after)
            standing = "" if after.gives_therapy else self._order.reason or "as it was found"
            programmer.close(standing)
            return (*settled, *drafts), outcome
        finally:
            transport.close()

    def _refusal(self, chart: Chart, report: PumpReport) -> str:
        """Return why the order may not be sent as the pump stands now; empty: it may."""
        event = self._event
        assert event is not None
        order = self._order
        if order.running is not None and order.running != report.running_hash:
            return "the pump runs another program than the one this was decided upon: read it again"
        try:
            reviewed = review_order(
                self._therapy,
                report,
                lambda now: replace(event, time=now),
                (),
                tuple(order.planned),
            )
        except ThecalError as error:
            self._findings = self._differences(chart, report)
            return str(error)
        self._findings = reviewed.review.findings
        if reviewed.review.verdict is Verdict.ACCEPTED:
            return ""
        return "; ".join(one.message for one in self._findings if one.blocks)

    def _differences(self, chart: Chart, report: PumpReport) -> tuple[Finding, ...]:
        replay = chart.folded.replay
        assert replay is not None
        return pump_differences(report, replay)

    def _done(
        self, programmer: Programmer, chart: Chart, before: PumpReport, after: PumpReport
    ) -> tuple[tuple[Draft, ...], Outcome]:
        if self._event is None:
            self._findings = self._differences(chart, after)
            moment = after.moment(after.time)
            clock_shown = after.moment(after.time + after.clock_difference)
            event: Event = Interrogate(
                time=moment, serial=after.serial, pump_clock=clock_shown, programmer_clock=moment
            )
        else:
            entries = programmer.log(before.log_length)
            told = next(one for one in entries if _is_of(one, self._order.command))
            event = replace(self._event, time=after.moment(told.time))
        return self._answer(DONE, "", after, event)

    def _done_before(
        self, programmer: Programmer, report: PumpReport
    ) -> tuple[tuple[Draft, ...], Outcome] | None:
        """Return the answer to an order that the pump had done before; None: it had not."""
        told = next((one for one in programmer.log() if _is_of(one, self._order.command)), None)
        if told is None or self._event is None:
            return None
        event = replace(self._event, time=report.moment(told.time))
        return self._answer(DONE, "the pump had done it before", report, event)

    def _looked(self, pump: VirtualPump, trouble: ThecalError) -> tuple[tuple[Draft, ...], Outcome]:
        """Look, after the order was sent and something failed, whether the pump did it."""
        for _ in range(_LOOKS):
            try:
                programmer, transport = pump.session()
                try:
                    report = programmer.open()
                    done = self._done_before(programmer, report)
                    programmer.close("read after the order failed")
                finally:
                    transport.close()
            except ThecalError:
                continue
            why = f"{trouble.what}: the pump did nothing of it"
            return done or self._failed(self._nothing_sent(), why, report)
        return self._failed(UNKNOWN, str(trouble))

    def _settled(self, programmer: Programmer, chart: Chart) -> tuple[Draft, ...]:
        """Settle orders whose outcome nobody knew from the pump's own log."""
        waiting = [
            one for one in unsettled(chart.entries) if one.body["command"] != self._order.command
        ]
        if not waiting:
            return ()
        entries, drafts = programmer.log(), list[Draft]()
        for order in waiting:
            told = next((one for one in entries if _is_of(one, order.body["command"])), None)
            drafts += settlement(order, None if told is None else told.time, self._therapy)
        numbers = [
            task.seq for task in open_tasks(effective(chart.entries)) if task.kind == UNKNOWN_TASK
        ]
        drafts += [Draft(TASK_DONE, {"task": seq}, "the pump was read") for seq in numbers]
        return tuple(drafts)

    # -- what is written ------------------------------------------------------------------------

    def _answer(
        self, outcome: str, why: str, report: PumpReport | None, event: Event | None
    ) -> tuple[tuple[Draft, ...], Outcome]:
        read_back = None if report is None else reading(report)
        body = {
            "command": self._order.command,
            "what": self._what,
            "outcome": outcome,
            "why": why,
            "event": event is not None,
            "read_back": read_back,
        }
        drafts = [Draft(COMMAND, body, self._order.reason)]
        if event is not None:
            drafts.append(Draft(EVENT, event_body(event), self._order.reason, pump_time=event.time))
        if outcome == UNKNOWN:
            words = f"read the pump: whether it did the {self._what} is not known"
            due = clock.now().isoformat()
            drafts.append(Draft(OPENED, {"kind": UNKNOWN_TASK, "what": words, "due": due}))
        return tuple(drafts), Outcome(
            command=self._order.command,
            what=self._what,
            outcome=outcome,
            why=why,
            reading=read_back,
            findings=self._findings,
        )

    def _failed(
        self, outcome: str, why: str, report: PumpReport | None = None
    ) -> tuple[tuple[Draft, ...], Outcome]:
        return self._answer(outcome, why, report, None)


def _is_of(entry: PumpEntry, command: str) -> bool:
    """Return whether an entry of the pump's log says that it did a command."""
    return entry.command == command and entry.kind in _DOES
