"""The second factor: a code of the moment from a key that the person's own device holds.

django-otp checks the codes, refuses one that was used, and slows down guessing.
"""

from __future__ import annotations

import base64
import time

import segno
from django.db import transaction
from django_otp import verify_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from thecal.clinic.models import Membership, User

RECOVERY_CODES = 10
_QR_SCALE = 5
_DIGITS = 6


def is_enrolled(user: User) -> bool:
    """Return whether a person has a second factor that they have shown to work."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def enrol(user: User) -> str:
    """Give a person a second factor that is confirmed at once, for a demonstration or a test.

    Returns
    -------
    str
        The key, as an authenticator takes it: `current_code` makes codes from it.
    """
    reset(user)
    return key_of(TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True))


def current_code(key: str) -> str:
    """Return the code of this moment for a key, as an authenticator shows it."""
    totp = TOTP(base64.b32decode(key))
    totp.time = time.time()
    return f"{totp.token():0{totp.digits}d}"


def shown_in_training(user: User) -> str:
    """Return the code of this moment for somebody who works in training clinics alone, else empty.

    A training clinic holds no real patients, so its second factor may stand on its own page: what
    is trained is the step. Nobody who works elsewhere too is ever shown one.
    """
    works = Membership.objects.filter(user=user, active=True).values_list("clinic__training")
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    if device is None or not works or not all(training for (training,) in works):
        return ""
    return current_code(key_of(device))


def offer(user: User) -> TOTPDevice:
    """Return the device that a person without a second factor is asked to confirm."""
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "authenticator"}
    )
    return device


def offered(user: User) -> TOTPDevice | None:
    """Return the device that waits to be confirmed; None where there is none."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def key_of(device: TOTPDevice) -> str:
    """Return the key of a device as one types it: letters A to Z and digits 2 to 7."""
    return base64.b32encode(device.bin_key).decode("ascii")


def qr_image(device: TOTPDevice) -> str:
    """Return the key as a QR image in a data address, to be scanned by an authenticator."""
    return str(segno.make(device.config_url).svg_data_uri(scale=_QR_SCALE, light="white"))


def confirm(user: User, code: str) -> tuple[str, ...]:
    """Return the recovery codes of a second factor that a code has just confirmed; else nothing."""
    device = offered(user)
    if device is None:
        return ()
    with transaction.atomic():
        if verify_token(user, device.persistent_id, _plain(code)) is None:
            return ()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        return new_recovery_codes(user)


def is_right(user: User, code: str) -> bool:
    """Return whether a code, of the moment or for recovery, is right; each works once.

    Only the device that makes codes of this form is asked: one that is asked for the other's codes
    would count them as guesses, and soon refuse its own.
    """
    plain = _plain(code)
    kind = TOTPDevice if plain.isdecimal() and len(plain) == _DIGITS else StaticDevice
    devices = kind.objects.filter(user=user, confirmed=True)
    return any(verify_token(user, one.persistent_id, plain) is not None for one in devices)


def new_recovery_codes(user: User) -> tuple[str, ...]:
    """Return new recovery codes; those made before are void."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        codes = tuple(StaticToken.random_token() for _ in range(RECOVERY_CODES))
        StaticToken.objects.bulk_create(StaticToken(device=device, token=one) for one in codes)
    return codes


def reset(user: User) -> None:
    """Take every second factor from a person: they enrol anew after their next password."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _plain(code: str) -> str:
    return "".join(code.split()).lower()
