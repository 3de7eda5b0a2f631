"""Clinics and the people who work in them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Role(models.TextChoices):
    """What a person is in a clinic; `permissions` says what each may."""

    PHYSICIAN = "physician", "physician"
    NURSE = "nurse", "nurse"
    PHARMACIST = "pharmacist", "pharmacist"
    CHECKER = "checker", "checker"
    ADMINISTRATOR = "administrator", "administrator"
    TRAINEE = "trainee", "trainee"
    PATIENT = "patient", "patient"


SECOND_PERSON = (
    ("required", "a second person of this clinic"),
    ("remote", "a remote checker may take the place"),
    ("exception", "may be left out, with a reason, counted and shown"),
)
"""Who may be the second person where the rules ask for one."""


class Clinic(models.Model):
    """A clinic; its people and patients are invisible to every other.

    Attributes
    ----------
    handle
        The clinic's public name in addresses, where outsiders may write to it; empty: they cannot.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    telephone = models.CharField(max_length=60, blank=True)
    telephone_always = models.CharField(max_length=60, blank=True, default="")
    physician = models.CharField(max_length=200, blank=True, default="")
    address = models.CharField(max_length=300, blank=True)
    timezone = models.CharField(max_length=60, default="Europe/Berlin")
    second_person = models.CharField(
        max_length=12,
        default="required",
        choices=SECOND_PERSON,
    )
    training = models.BooleanField(default=False)
    handle = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["handle"],
                condition=~models.Q(handle=""),
                name="one_clinic_of_a_handle",
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, username: str, password: str, name: str) -> User:
        """Return a new user with a hashed password."""
        user = self.model(username=username, name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user who logs in with a name."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who can log in.

    Attributes
    ----------
    password_until
        When a password that somebody else chose stops to work; None for one of their own.
    locked_until
        Until when every login is refused, also with the right password.
    sessions_from
        Sessions that began before are over: set when others take something away from a person.
    """

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_until = models.DateTimeField(null=True, blank=True)
    failed_logins = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    sessions_from = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one clinic in one role."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    active = models.BooleanField(default=True)
    patient = models.ForeignKey(
        "clinic.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="logins"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "clinic"], name="one_role_in_a_clinic")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
