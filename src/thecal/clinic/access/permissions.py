"""Who may do what: one table, asked by every page and tested for every role.

Stopping, lowering and emptying a pump is open to everyone who treats patients, in training or not.
"""

from __future__ import annotations

from thecal.clinic.models import Role

_PRESCRIBERS = frozenset({Role.PHYSICIAN})
_CARERS = frozenset({Role.PHYSICIAN, Role.NURSE})
_CHECKERS = frozenset({Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.CHECKER})
_CLINICAL = frozenset({Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.CHECKER, Role.TRAINEE})
_STAFF = _CLINICAL | {Role.ADMINISTRATOR}

PERMISSIONS: dict[str, frozenset[Role]] = {
    "own account": _STAFF | {Role.PATIENT},
    "see own pages": frozenset({Role.PATIENT}),
    "write own diary": frozenset({Role.PATIENT}),
    "withdraw own carers": frozenset({Role.PATIENT}),
    "give patients a login": _CARERS,
    "see today": _CLINICAL,
    "read patients": _CLINICAL,
    "register patients": _CARERS | {Role.ADMINISTRATOR},
    "write the record": _CARERS,
    "keep the medicines": _CARERS | {Role.PHARMACIST},
    "draft programs": _CARERS | {Role.TRAINEE},
    "sign orders": _PRESCRIBERS,
    "write to pumps": _CARERS,
    "stop therapy": _CLINICAL,
    "check as second person": _CHECKERS,
    "ask a supervisor": _CARERS | {Role.PHARMACIST},
    "assess competence": frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN}),
    "witness the waste": _CARERS | {Role.PHARMACIST},
    "verify compounding": frozenset({Role.PHARMACIST}),
    "see the stock": _STAFF,
    "keep the supply": _CARERS | {Role.PHARMACIST},
    "see the drug book": _CARERS | {Role.PHARMACIST, Role.ADMINISTRATOR},
    "set the supply": frozenset({Role.PHYSICIAN, Role.PHARMACIST, Role.ADMINISTRATOR}),
    "print documents": _CLINICAL,
    "read the log": _CHECKERS | {Role.ADMINISTRATOR},
    "take the record out": _CHECKERS,
    "correct the record": _CARERS,
    "open in an emergency": _CLINICAL - {Role.TRAINEE},
    "answer enquiries": _CARERS | {Role.ADMINISTRATOR},
    "export the register": _PRESCRIBERS,
    "sign administrative steps": frozenset({Role.ADMINISTRATOR}),
    "review accesses": frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN}),
    "hand out card checks": _STAFF,
    "read notices": _STAFF,
    "enter notices": frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN}),
    "confirm notices": _CLINICAL,
    "set the calendar": _CARERS | {Role.ADMINISTRATOR},
    "manage people": frozenset({Role.ADMINISTRATOR}),
    "train": _STAFF,
    "lead training": frozenset({Role.PHYSICIAN, Role.ADMINISTRATOR}),
}

CHANGES_THERAPY = frozenset({"draft programs", "sign orders", "write to pumps"})
"""What is not carried out where it lay for a while before it was sent; stopping is not among it."""

ON_A_PATIENT = frozenset(
    {
        "write the record",
        "keep the medicines",
        "draft programs",
        "sign orders",
        "write to pumps",
        "stop therapy",
        "ask a supervisor",
        "witness the waste",
        "verify compounding",
        "correct the record",
        "give patients a login",
    }
)
"""What is done to one patient: no page of a training case that is over offers it."""


def may(role: str, permission: str) -> bool:
    """Return whether a role has a permission; raises `KeyError` for one that is not listed."""
    return role in PERMISSIONS[permission]
