"""Who a name and a password belong to: Django's own check, behind the lockout.

Login and every signature ask here, so that a wrong password counts the same in both.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from thecal.clinic import clock
from thecal.clinic.access import lockout
from thecal.clinic.access.account_log import note_refused
from thecal.clinic.models import User

_logger = logging.getLogger("thecal.clinic.accounts")


class LockingBackend(ModelBackend):
    """Refuses a locked account, a sender of too many errors, and an outdated first password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user; None for every reason alike, after the same work."""
        # A database takes no NUL, and nobody has one in their name.
        if not username or not password or "\0" in username:
            return None
        sender = lockout.sender_of(request)
        if not lockout.sender_may_try(sender):
            _logger.warning("a sender of too many wrong passwords was refused")
            _spend_time(password)
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            _logger.warning("a login under an unknown name was refused")
            _spend_time(password)
            return None
        if not lockout.may_try(user):
            _spend_time(password)
            return None
        right = user.check_password(password)
        if not right or not self.user_can_authenticate(user) or _outdated(user):
            note_refused(user, "account.refused", sender)
            if lockout.failed(user):
                note_refused(user, "account.locked", sender)
            return None
        lockout.forget(user)
        lockout.sender_succeeded(sender)
        return user


def _spend_time(password: str) -> None:
    """Do the work of a check, so that how long the answer takes tells nothing."""
    User().set_password(password)


def _outdated(user: User) -> bool:
    return user.password_until is not None and user.password_until <= clock.real()
