"""Who can do what: skills and levels, what a step asks of whoever signs it, what is evidence.

A level is given by an assessor on evidence and holds until a day; a step that its doer does not
hold alone waits for a supervisor's signature. Nothing here is asked of a stop, of a lower dose or
in an emergency (workflow.md 6).
"""

from thecal.care.competence.assessing import AssessmentError, check_assessment, latest_end
from thecal.care.competence.catalogue import (
    NONE,
    Skill,
    evidence_classes,
    highest_level,
    independent_level,
    items,
    level_words,
    rule_words,
    skill,
    skills,
    tell_before,
)
from thecal.care.competence.counts import Counts, Deed, count_deeds
from thecal.care.competence.matrix import (
    Assessed,
    Evidence,
    ItemDone,
    Lack,
    Logged,
    Matrix,
    Practice,
)
from thecal.care.competence.steps import SkillStep, skill_step, skill_steps, skills_of_program

__all__ = [
    "NONE",
    "Assessed",
    "AssessmentError",
    "Counts",
    "Deed",
    "Evidence",
    "ItemDone",
    "Lack",
    "Logged",
    "Matrix",
    "Practice",
    "Skill",
    "SkillStep",
    "check_assessment",
    "count_deeds",
    "evidence_classes",
    "highest_level",
    "independent_level",
    "items",
    "latest_end",
    "level_words",
    "rule_words",
    "skill",
    "skill_step",
    "skill_steps",
    "skills",
    "skills_of_program",
    "tell_before",
]
