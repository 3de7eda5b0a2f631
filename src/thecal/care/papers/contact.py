"""Who is to be asked: what a therapy does not know of its clinic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.document import Field, Section
from thecal.care.papers.words import by_hand, say
from thecal.therapy.table import Table


@final
@dataclass(frozen=True, slots=True)
class ClinicContact:
    """How the pump clinic is reached; None: printed as a line to be filled in by hand.

    Attributes
    ----------
    telephone_always
        Answered day and night.
    """

    clinic: str | None = None
    address: str | None = None
    physician: str | None = None
    telephone: str | None = None
    telephone_always: str | None = None

    @classmethod
    def read(cls, table: Table) -> ClinicContact:
        """Return the contact of a table; raises `BadFileError` for a key that it does not know."""
        found = cls(
            clinic=table.optional("clinic", table.take_text),
            address=table.optional("address", table.take_text),
            physician=table.optional("physician", table.take_text),
            telephone=table.optional("telephone", table.take_text),
            telephone_always=table.optional("telephone_always", table.take_text),
        )
        table.finish()
        return found

    def to_json(self) -> dict[str, str]:
        """Return the table that `read` reads back to the same contact."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None}


def contact_fields(contact: ClinicContact) -> tuple[Field, ...]:
    """Return the lines of a contact, what is not known left to be written."""
    return (
        Field(say("clinic"), by_hand(contact.clinic)),
        Field(say("clinic-address"), by_hand(contact.address)),
        Field(say("physician"), by_hand(contact.physician)),
        Field(say("phone"), by_hand(contact.telephone)),
        Field(say("phone-always"), by_hand(contact.telephone_always), emphasis=True),
    )


def contact_section(contact: ClinicContact) -> Section:
    """Return the section of who is to be asked."""
    return Section(say("contact"), fields=contact_fields(contact))
