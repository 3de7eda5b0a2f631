"""No trial: allowed for cancer with a written reason, asked about otherwise."""

from __future__ import annotations

from thecal.care.advice import Reason, Weight
from thecal.care.trial.case import TrialCase
from thecal.care.trial.facts import cited, figure
from thecal.safety.finding import Finding, Severity

WITHOUT_TRIAL = "no-trial"
REFUSED = "not-without-trial"


def judge_no_trial(case: TrialCase) -> tuple[str, tuple[Reason, ...], tuple[Finding, ...]]:
    """Return verdict, reasons and findings for a therapy that begins without a trial."""
    setting = figure(WITHOUT_TRIAL, "setting", str)
    allowed = case.setting == setting.value
    reasons = [
        Reason(
            "no-trial-setting",
            Weight.FOR if allowed else Weight.AGAINST,
            f"a therapy without a trial is for {setting.value};"
            f" the setting is {case.setting or 'not given'}",
            (*cited(WITHOUT_TRIAL, "setting"), *cited(WITHOUT_TRIAL, "payer")),
        )
    ]
    findings = []
    if case.reason is None:
        text = "no trial, and nobody has written why"
        figures = cited(WITHOUT_TRIAL, "setting")
        reasons.append(Reason("no-trial-reason", Weight.MISSING, text, figures))
        findings.append(Finding(WITHOUT_TRIAL, Severity.HARD, text, setting.provenance()))
    else:
        reasons.append(Reason("no-trial-reason", Weight.FOR, f"reason given: {case.reason}"))
    if not allowed:
        payer = figure(WITHOUT_TRIAL, "payer", str)
        text = f"no trial outside {setting.value}: {payer.value}"
        findings.append(Finding(WITHOUT_TRIAL, Severity.SOFT, text, payer.provenance()))
    reasons.append(
        Reason(
            "no-trial-dose",
            Weight.NOTE,
            "a dosing algorithm without trial is published; its text was not found, so no dose is"
            " computed here: see the rules of conversion",
            cited(WITHOUT_TRIAL, "algorithm"),
        )
    )
    fine = allowed and case.reason is not None
    return (WITHOUT_TRIAL if fine else REFUSED), tuple(reasons), tuple(findings)
