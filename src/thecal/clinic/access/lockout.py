"""Too many wrong passwords: for one account, and from one network address.

A try is counted before the password is looked at, in one statement of the database, so that tries
sent at the same moment cannot be more than those allowed (ASVS 6.3.1).
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from thecal.clinic import clock
from thecal.clinic.models import SenderFailures, User

_KEPT = timedelta(days=1)


def may_try(user: User) -> bool:
    """Count a try to log in; False where the account is locked, and the try must not be made."""
    now = clock.real()
    mine = User.objects.filter(pk=user.pk)
    mine.filter(locked_until__lte=now).update(failed_logins=0, locked_until=None)
    counted = mine.filter(
        Q(failed_logins__lt=settings.LOGIN_FAILURES), locked_until__isnull=True
    ).update(failed_logins=F("failed_logins") + 1)
    return bool(counted)


def failed(user: User) -> bool:
    """Lock the account where this was one failure too many; True where it is locked by this."""
    until = clock.real() + settings.LOGIN_LOCK
    locked = User.objects.filter(
        pk=user.pk, failed_logins__gte=settings.LOGIN_FAILURES, locked_until__isnull=True
    ).update(locked_until=until)
    return bool(locked)


def forget(user: User) -> None:
    """Count from nothing again: the password was right, or an administrator unlocked it."""
    User.objects.filter(pk=user.pk).update(failed_logins=0, locked_until=None)


def sender_of(request: HttpRequest | None, salt: str = "thecal.clinic.access.lockout") -> str:
    """Return the sender's address as a keyed hash: it tells senders apart, and nothing else.

    Parameters
    ----------
    salt
        What is counted: the hashes of one purpose say nothing about those of another.
    """
    address = ""
    if request is not None:
        address = request.META.get("REMOTE_ADDR", "")
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if settings.BEHIND_PROXY and forwarded:
            address = forwarded.rpartition(",")[2].strip()
    return salted_hmac(salt, address, algorithm="sha256").hexdigest()


def sender_may_try(sender: str) -> bool:
    """Count a try from a sender; False where it has sent too many wrong ones."""
    return counted(sender, settings.SENDER_FAILURES, settings.LOGIN_LOCK)


def counted(key: str, most: int, within: timedelta) -> bool:
    """Count a try under a key; False where there were too many within a time of at most a day."""
    now = clock.real()
    row, new = SenderFailures.objects.get_or_create(sender=key, defaults={"since": now})
    if new:
        SenderFailures.objects.filter(since__lt=now - _KEPT).delete()
    mine = SenderFailures.objects.filter(pk=row.pk)
    mine.filter(since__lte=now - within).update(failures=0, since=now)
    return bool(mine.filter(failures__lt=most).update(failures=F("failures") + 1))


def sender_succeeded(sender: str) -> None:
    """Take back the try that was counted: the password was right."""
    SenderFailures.objects.filter(pk=sender, failures__gt=0).update(failures=F("failures") - 1)
