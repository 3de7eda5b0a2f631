"""F12: a scan that may not be signed for, and one that may not be closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.forms.filled import Filled
from thecal.care.forms.known import Known, not_checked
from thecal.safety.finding import Finding, Severity
from thecal.safety.scan import check_emptied, check_field
from thecal.units import MagneticField

_SOURCE = "workflow.md 2.M"


def check_scan_signed(filled: Filled, known: Known) -> Iterator[Finding]:
    """Say what stands against signing an MRI form before the scan (W13, S3.24)."""
    yield from _check_scanner(filled, known)
    if filled.get("left_running", bool) is False:
        yield Finding(
            "K16",
            Severity.WARN,
            "the pump was programmed to stop for the scan: that hides a motor that stands still"
            " afterwards; a reading after the scan has to show it running",
            _SOURCE,
            follow_up="read the pump after the scan",
        )
    if filled.get("site_healed", bool) is False:
        yield Finding("K19", Severity.SOFT, "the pocket has not healed: put the scan off", _SOURCE)
    if filled.get("model_confirmed", bool) is False:
        yield Finding(
            "K19",
            Severity.SOFT,
            "nobody has compared the model with the scanner: do so before the scan",
            _SOURCE,
        )


def _check_scanner(filled: Filled, known: Known) -> Iterator[Finding]:
    """Ask the rules of the scan; a reservoir of which nothing is known holds drug."""
    if known.pump is None:
        yield not_checked("K19", "whether the pump has to be emptied", "its model is not known")
        return
    yield from check_emptied(known.pump, holds_drug=known.holds_drug is not False)
    field = filled.get("scanner_field", MagneticField)
    if field is not None:
        yield from check_field(known.pump, field)
    if filled.get("emptied", bool) is True and known.holds_drug is not False:
        yield Finding(
            "K19",
            Severity.SOFT,
            "the form says that the reservoir was emptied, the record does not: enter the"
            " withdrawal",
            _SOURCE,
            follow_up="enter what was taken out",
        )


def check_scan_closed(filled: Filled, known: Known) -> Iterator[Finding]:
    """Say what stands against closing an MRI form after the scan (W12)."""
    read, ended = filled.get("read_after", datetime), filled.get("scan_ended", datetime)
    if ended is None:
        yield _hard("the end of the scan is not filled in: close the form after the scan")
    if read is None:
        yield _hard("the pump was not read after the scan: read it, then close the form")
    elif ended is not None and read < ended:
        yield _hard("the reading is older than the end of the scan: read the pump again")
    if filled.get("running_again", bool) is not True:
        yield _hard(
            "nobody has seen the pump running after the scan: read it a second time, and treat it"
            " as stopped until then"
        )
    if filled.get("emptied", bool) is True:
        for field, told in (("refilled", "filled"), ("reprogrammed", "programmed")):
            if filled.get(field, bool) is not True:
                yield Finding(
                    "K16",
                    Severity.SOFT,
                    f"the pump was emptied for the scan and is not {told} again",
                    _SOURCE,
                    follow_up="bring the therapy back",
                )


def _hard(message: str) -> Finding:
    return Finding("K16", Severity.HARD, message, _SOURCE, follow_up="read the pump after the scan")
