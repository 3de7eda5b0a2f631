"""The review: every check asked about one situation, and what may never block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from thecal.safety.bridge import check_bridge, check_line_change, check_order_over_bridge
from thecal.safety.catalogue import with_standing
from thecal.safety.catheter import check_catheter
from thecal.safety.clock import check_clock_set, check_clocks
from thecal.safety.compounding import check_compounding
from thecal.safety.content import check_content
from thecal.safety.delivery import check_constant_flow, check_rates
from thecal.safety.doses import gives_no_therapy, is_lowering
from thecal.safety.finding import Finding, Severity
from thecal.safety.fit import check_fit
from thecal.safety.identity import check_identity
from thecal.safety.interruption import check_late_refill, check_left_standing, check_restart
from thecal.safety.limits import (
    check_age,
    check_concentrations,
    check_daily_limits,
    check_patient_bolus,
    check_single_dose,
    check_start,
)
from thecal.safety.prime import check_prime
from thecal.safety.records import check_replayed
from thecal.safety.residual import check_residual
from thecal.safety.scan import check_scan
from thecal.safety.situation import EmptyOrder, ProgramOrder, Situation, StopOrder
from thecal.safety.stability import check_stability
from thecal.safety.steps import check_bridge_step, check_steps
from thecal.safety.totals import check_totals
from thecal.safety.volumes import check_volumes

Check = Callable[[Situation], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    check_identity,
    check_volumes,
    check_residual,
    check_late_refill,
    check_restart,
    check_stability,
    check_compounding,
    check_content,
    check_concentrations,
    check_age,
    check_constant_flow,
    check_rates,
    check_catheter,
    check_fit,
    check_prime,
    check_order_over_bridge,
    check_bridge,
    check_line_change,
    check_totals,
    check_steps,
    check_bridge_step,
    check_start,
    check_daily_limits,
    check_single_dose,
    check_patient_bolus,
    check_left_standing,
    check_clocks,
    check_clock_set,
    check_scan,
    check_replayed,
)

_CANNOT_BE_DONE = frozenset({"D01", "D11", "D14", "H03", "H04", "K25", "K26"})
"""Findings that say the order would not do what it says; lowering does not mend them."""


def review(situation: Situation) -> tuple[Finding, ...]:
    """Return all findings on one event, in the order of the checks.

    Stopping, emptying and lowering are never blocked: their findings warn, except those that say
    that the pump or the line would not do what a lower program says.
    """
    stops = isinstance(situation.order, StopOrder | EmptyOrder) or (
        isinstance(situation.order, ProgramOrder) and gives_no_therapy(situation.order)
    )
    lowers = stops or is_lowering(situation)
    findings = []
    for check in CHECKS:
        for finding in check(situation):
            source = with_standing(finding.check, finding.source)
            placed = replace(finding, event=situation.index, source=source)
            free = stops and placed.check != "H03"
            if free or (lowers and placed.check not in _CANNOT_BE_DONE):
                placed = _never_blocking(placed)
            findings.append(placed)
    return tuple(findings)


def _never_blocking(finding: Finding) -> Finding:
    if finding.severity not in (Severity.HARD, Severity.SOFT):
        return finding
    return replace(
        finding,
        severity=Severity.WARN,
        follow_up=finding.follow_up
        or "stopping, emptying and lowering are never blocked: review this later",
    )
