"""Trials: doses, times, observation, scores, verdict, first daily dose, hand-over."""

from thecal.care.trial.case import Bolus, HandOverEntries, Infusion, Score, TrialCase
from thecal.care.trial.decision import decision_letter
from thecal.care.trial.doses import check_daily_dose, check_doses
from thecal.care.trial.hand_over import HandOver, TrialResult
from thecal.care.trial.judge import Outcome, judge
from thecal.care.trial.ladder import check_ladder, earliest_after, next_bolus, next_dose
from thecal.care.trial.observation import group_of, schedule, watched_until
from thecal.care.trial.rules import TrialRule, trial_rule, trial_rules
from thecal.care.trial.series import courses
from thecal.care.trial.start_dose import StartDose, start_doses
from thecal.care.trial.verdict import Verdict

__all__ = [
    "Bolus",
    "HandOver",
    "HandOverEntries",
    "Infusion",
    "Outcome",
    "Score",
    "StartDose",
    "TrialCase",
    "TrialResult",
    "TrialRule",
    "Verdict",
    "check_daily_dose",
    "check_doses",
    "check_ladder",
    "courses",
    "decision_letter",
    "earliest_after",
    "group_of",
    "judge",
    "next_bolus",
    "next_dose",
    "schedule",
    "start_doses",
    "trial_rule",
    "trial_rules",
    "watched_until",
]
