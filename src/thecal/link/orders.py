"""What the pump does with the requests of one open session."""

from __future__ import annotations

from typing import final

from thecal.errors import PumpRefusalError, ThecalError
from thecal.link.device import Action, ServedPump
from thecal.link.errors import MemoryDamageError, MessageError
from thecal.link.frames import LONGEST_CONTENT
from thecal.link.journal import line_of, read_entries
from thecal.link.keys import PairedProgrammer, Role
from thecal.link.messages import (
    REQUESTS,
    Abort,
    Answer,
    BeginUpdate,
    Close,
    Closed,
    Command,
    Commit,
    Done,
    GiveBolus,
    Interrogate,
    LogEntries,
    MinimumRate,
    PressButton,
    ReadBack,
    ReadLog,
    Refused,
    Request,
    ResumePump,
    SendOrder,
    SetClock,
    Standing,
    StopPump,
    Understood,
    name_of,
    read_request,
    write_message,
)
from thecal.link.update import Update
from thecal.link.visit_orders import (
    FillOrder,
    PrimeOrder,
    ProgramOrder,
    VisitOrder,
    give_order,
)
from thecal.program.program import InfusionProgram, Mode
from thecal.pump.pump import Pump

ALLOWED: dict[Role, frozenset[type[Request]]] = {
    Role.CLINICIAN: frozenset(REQUESTS.values()),
    Role.PATIENT: frozenset((Interrogate, PressButton, Close)),
    Role.EMERGENCY: frozenset((Interrogate, ReadLog, StopPump, MinimumRate, Close)),
}
"""An emergency can only stop, lower and read (standards.md 6.5, Denning)."""
_WRITTEN: dict[type[VisitOrder], str] = {
    ProgramOrder: "program updated",
    FillOrder: "reservoir filled",
    PrimeOrder: "prime begun",
}


@final
class OrderDesk:
    """Answers the requests of one programmer that has proved who it is."""

    def __init__(self, device: ServedPump, programmer: PairedProgrammer) -> None:
        self._device = device
        self._programmer = programmer
        self._update: Update | None = None

    # -- the session ----------------------------------------------------------------------------

    def opened(self) -> Answer:
        """Log that the session is open, let it be heard, and return how the pump stands."""
        device, who = self._device, self._programmer
        device.advance()
        self._record("session-open")
        if who.role is Role.EMERGENCY:
            device.store(failures=0, notices=device.notice(f"EMERGENCY SESSION by {who.label}"))
        else:
            device.tell(f"session open: {who.label} ({who.role})")
            device.store(failures=0)
        return Standing(report=device.report())

    def lost(self, why: str) -> None:
        """Log a session that ended without a word; a pump left standing is told aloud."""
        device = self._device
        device.advance()
        self._record("session-lost", detail=why)
        notices = device.image.notices
        if self._update is not None:
            notices = device.notice(f"UPDATE NOT COMMITTED ({why}): the program before goes on")
            self._record("update-dropped", command=self._update.command, detail=why)
        if device.stands and self._programmer.role is not Role.PATIENT:
            notices = (*notices, device.notice(f"PUMP LEFT WITHOUT THERAPY ({why})")[-1])
        self._update = None
        device.store(notices=notices, open_update="")

    def _record(self, kind: str, *, command: str = "", detail: str = "") -> None:
        who = self._programmer
        self._device.record(kind, actor=who.label, role=who.role, command=command, detail=detail)

    # -- requests -------------------------------------------------------------------------------

    def answer(self, content: bytes) -> Answer:
        """Return the answer to the bytes of one request; what the pump refuses changes nothing."""
        try:
            request = read_request(content)
            if type(request) not in ALLOWED[self._programmer.role]:
                raise PumpRefusalError(
                    f"{name_of(request)} is not for the role {self._programmer.role}"
                )
            return self._answer(request)
        except MemoryDamageError:
            raise
        except ThecalError as error:
            return self._refused(error)

    def _refused(self, error: ThecalError) -> Answer:
        self._device.advance()
        self._record("refused", detail=error.what)
        self._device.store()
        return Refused(why=str(error))

    def _answer(self, request: Request) -> Answer:
        match request:
            case Interrogate():
                return Standing(report=self._device.report())
            case ReadLog():
                return self._log(request.since)
            case Close():
                return self._close(request)
            case Command():
                return self._command(request)
        raise MessageError("an unknown message")

    def _log(self, since: int) -> Answer:
        self._record("log-read", detail=f"after entry {since}")
        self._device.store()
        room = LONGEST_CONTENT // 2
        fitting = []
        device = self._device
        stored = read_entries(device.log_path, device.image.dropped)
        following = [entry for entry in stored if entry.number > since]
        for entry in following:
            room -= len(line_of(entry)) + 1
            if room < 0:
                break
            fitting.append(entry)
        exported = device.image.exported
        if self._programmer.role is Role.CLINICIAN and fitting and since <= exported:
            device.store(exported=max(exported, fitting[-1].number))
        return LogEntries(entries=tuple(fitting), more=len(fitting) < len(following))

    def _close(self, request: Close) -> Answer:
        device = self._device
        device.advance()
        if self._update is not None:
            raise PumpRefusalError(
                "an update is under way", remedy="commit it, or abort it and leave the old program"
            )
        may_stop = self._programmer.role is not Role.PATIENT
        if device.stands and may_stop and not request.standing:
            raise PumpRefusalError(
                "the pump gives no therapy", remedy="say why it is left so, or resume it"
            )
        self._record("session-closed", detail=request.standing)
        report = device.report()
        if self._programmer.role is Role.CLINICIAN:
            # The report that a clinician was just given carries all of it.
            device.store(failures_unseen=0, notices=())
        else:
            device.store()
        return Closed(report=report)

    # -- commands -------------------------------------------------------------------------------

    def _command(self, request: Command) -> Answer:
        before = self._device.answered(request.command)
        if before is not None:
            if before.order != name_of(request):
                raise PumpRefusalError("this command id was used for another order")
            return self._done(request.command, before.denial, repeated=True)
        match request:
            case BeginUpdate():
                return self._begin(request)
            case SendOrder():
                return self._send(request)
            case ReadBack():
                return self._under_way().read_back(request)
            case Commit():
                return self._commit(request)
            case Abort():
                return self._abort(request)
            case GiveBolus():
                self._expect_running(request.running_hash)
                dose, duration = request.dose, request.duration
                return self._do(request, lambda pump: pump.clinician_bolus(dose, duration))
            case StopPump():
                return self._do(request, Pump.stop, detail=request.reason)
            case MinimumRate():
                lowest = InfusionProgram(Mode.MINIMUM_RATE)
                return self._do(request, lambda pump: _write(pump, lowest), detail=request.reason)
            case ResumePump():
                self._expect_running(request.running_hash)
                return self._do(request, Pump.resume)
            case SetClock():
                return self._set_clock(request)
            case PressButton():
                return self._do(request, _press)
        raise MessageError("an unknown message")

    def _do(self, request: Command, action: Action, *, detail: str = "") -> Answer:
        device, who = self._device, self._programmer
        changes: dict[str, str] = {}
        if isinstance(request, StopPump | MinimumRate) and self._update is not None:
            # A commit after it would start the pump again: the update has to be begun anew.
            self._record("update-dropped", command=self._update.command, detail=name_of(request))
            self._update = None
            changes["open_update"] = ""
        denial = device.do(
            action,
            order=name_of(request),
            command=request.command,
            actor=who.label,
            role=who.role,
            detail=detail,
            sent=write_message(request).decode("ascii"),
            **changes,
        )
        if isinstance(request, StopPump | MinimumRate):
            device.tell(f"{name_of(request)}, asked by {who.label} ({who.role})")
        return self._done(request.command, denial, repeated=False)

    def _done(self, command: str, denial: str | None, *, repeated: bool) -> Answer:
        report = self._device.report()
        return Done(command=command, repeated=repeated, denial=denial, report=report)

    def _set_clock(self, request: SetClock) -> Answer:
        device = self._device
        device.advance()
        off = device.state.clock_offset
        if off != request.difference:
            raise PumpRefusalError(
                "the clocks differ otherwise than when this was decided",
                remedy="interrogate the pump and review again",
            )
        now = device.state.now
        old, new = device.shown(now + off), device.shown(now)
        detail = f"from {old} to {new}: {request.reason}"
        answer = self._do(request, Pump.set_clock, detail=detail)
        device.tell(f"clock set {detail}")
        return answer

    def _expect_running(self, running_hash: str) -> None:
        if running_hash != self._device.running_hash:
            raise PumpRefusalError(
                "another program runs than the one this was decided upon",
                remedy="interrogate the pump and review again",
            )

    # -- the update -----------------------------------------------------------------------------

    def _under_way(self) -> Update:
        if self._update is None:
            raise PumpRefusalError("no update is under way")
        return self._update

    def _begin(self, request: BeginUpdate) -> Answer:
        if self._update is not None:
            raise PumpRefusalError("an update is under way already")
        self._device.advance()
        self._update = Update.begun(request, self._device.running_hash)
        self._record("update-begun", command=request.command, detail=request.order_hash)
        self._device.store(open_update=request.command)
        return Understood(command=request.command)

    def _send(self, request: SendOrder) -> Answer:
        update = self._under_way()
        self._device.try_out(lambda pump: give_order(pump, request.ordered))
        update.send(request, self._device.state)
        return Understood(command=request.command)

    def _commit(self, request: Commit) -> Answer:
        device, who = self._device, self._programmer
        device.advance()
        sent = self._under_way().commit(request, device.running_hash, device.state)
        device.do(
            lambda pump: give_order(pump, sent.ordered),
            order=name_of(request),
            command=request.command,
            actor=who.label,
            role=who.role,
            detail=request.order_hash,
            sent=write_message(sent).decode("ascii"),
            open_update="",
        )
        self._update = None
        device.tell(f"{_WRITTEN[type(sent.ordered)]} by {who.label}")
        return self._done(request.command, None, repeated=False)

    def _abort(self, request: Abort) -> Answer:
        update = self._under_way()
        if update.command != request.command:
            raise PumpRefusalError("another update is under way")
        self._update = None
        self._record("update-aborted", command=request.command)
        self._device.store(open_update="")
        return Understood(command=request.command)


def _write(pump: Pump, program: InfusionProgram) -> None:
    pump.write(program)


def _press(pump: Pump) -> str | None:
    denial = pump.press()
    return None if denial is None else str(denial)
