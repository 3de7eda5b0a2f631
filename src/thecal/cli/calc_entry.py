"""From the options of `thecal calc` to a calculation: reading by the grammar, then dispatch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar

from thecal.care.derivation import Calculation, Typed
from thecal.errors import EntryError, ThecalError, UsageError
from thecal.pharmacy import BASES, Basis, drug
from thecal.program.prime_bridge import PrimeKind
from thecal.units import (
    Concentration,
    Duration,
    Length,
    Mass,
    MassRate,
    Volume,
    VolumePerLength,
    VolumeRate,
    parse_number,
)
from thecal.units.quantity import Q

T = TypeVar("T")
Given = Mapping[str, tuple[str, ...]]
ZERO_ALLOWED = frozenset(("expected", "aspirated", "residual", "trimmed-length"))


class Entries:
    """The typed options of one command; each reader names the option in its error."""

    def __init__(self, given: Given) -> None:
        self._given = given

    def maybe_text(self, name: str) -> str | None:
        """Return the text of an option, None where it is left out."""
        texts = self._given.get(name, ())
        return texts[0] if texts else None

    def text(self, name: str) -> str:
        """Return the text of an option; raises `UsageError` where it is missing."""
        found = self.maybe_text(name)
        if found is None:
            raise UsageError(f"--{name} is missing", remedy="see `thecal calc NAME --help`")
        return found

    def maybe(self, name: str, kind: type[Q]) -> Typed[Q] | None:
        """Return an option as a quantity, None where it is left out."""
        return self.quantity(name, kind) if self._given.get(name) else None

    def quantity(self, name: str, kind: type[Q]) -> Typed[Q]:
        """Return an option as a quantity.

        Raises
        ------
        UsageError
            If it is missing.
        EntryError
            If it is outside the grammar.
        """
        text = self.text(name)
        try:
            return Typed.read(text, kind, zero_allowed=name in ZERO_ALLOWED)
        except ThecalError as error:
            raise error.at(f"--{name}") from None

    def per_drug(self, name: str, kind: type[Q]) -> dict[str, Typed[Q]]:
        """Return a repeatable option `drug=quantity` as drug to quantity.

        Raises
        ------
        EntryError
            If one is not of that form, names a drug twice, or its quantity is malformed.
        UnknownIdError
            If a drug is not in the formulary.
        """
        return self.read_per_drug(name, lambda text: Typed.read(text, kind))

    def read_per_drug(self, name: str, read: Callable[[str], T]) -> dict[str, T]:
        """Return a repeatable option `drug=text` as drug to what `read` makes of the text.

        Raises
        ------
        EntryError
            If one is not of that form, names a drug twice, or its text is malformed.
        UnknownIdError
            If a drug is not in the formulary.
        """
        found: dict[str, T] = {}
        for text in self._given.get(name, ()):
            drug_id, equals, rest = text.partition("=")
            try:
                if not equals:
                    raise EntryError(
                        f'"{text[:40]}" names no drug', remedy='as in "morphine=2 mg/d"'
                    )
                drug(drug_id)
                if drug_id in found:
                    raise EntryError(f"{drug_id} is given twice", remedy="give each drug once")
                found[drug_id] = read(rest)
            except ThecalError as error:
                raise error.at(f"--{name}") from None
        return found

    def plain_number(self, name: str) -> Fraction:
        """Return an option as a plain number above zero."""
        text = self.text(name)
        try:
            number = parse_number(text)
            if number == 0:
                raise EntryError(f'"{text}" is zero', remedy="type the real figure")
        except ThecalError as error:
            raise error.at(f"--{name}") from None
        return number

    def maybe_count(self, name: str) -> int | None:
        """Return an option as a whole number above zero, None where it is left out."""
        if not self._given.get(name):
            return None
        number = self.plain_number(name)
        if number.denominator != 1:
            raise EntryError(
                f'"{self.text(name)}" is no whole number', remedy="as in 4", place=f"--{name}"
            )
        return int(number)


def calculate(name: str, given: Given) -> Calculation:
    """Return the answer of calculator `name`.

    Errors that name fields of the domain (`trimmed_length`) are told with the options' names.

    Raises
    ------
    ThecalError
        As the calculators and the grammar raise.
    """
    try:
        return _CALCULATORS[name](Entries(given))
    except ThecalError as error:
        place, why, remedy = error.place, error.why, error.remedy
        for option in given:
            field = option.replace("-", "_")
            if place == field:
                place = f"--{option}"
            if "_" in field:
                why = why.replace(field, f"--{option}")
                remedy = remedy.replace(field, f"--{option}")
        raise type(error)(error.what, why=why, remedy=remedy, place=place) from None


def _catheter_volume(entries: Entries) -> Calculation:
    from thecal.care.calculators.catheter import catheter_volume

    return catheter_volume(
        model=entries.maybe_text("model"),
        volume_per_length=entries.maybe("volume-per-length", VolumePerLength),
        inner_diameter=entries.maybe("inner-diameter", Length),
        supplied_length=entries.maybe("supplied-length", Length),
        trimmed_length=entries.maybe("trimmed-length", Length),
        implanted_length=entries.maybe("implanted-length", Length),
    )


def _prime(entries: Entries) -> Calculation:
    from thecal.care.calculators.catheter import prime

    text = entries.maybe_text("kind") or PrimeKind.FULL.value
    kind = next((known for known in PrimeKind if known.value == text), None)
    if kind is None:
        raise UsageError(
            f'"{text[:40]}" is no kind of prime',
            remedy="use one of " + ", ".join(known.value for known in PrimeKind),
            place="--kind",
        )
    return prime(
        kind,
        entries.quantity("rate", VolumeRate),
        tubing_volume=entries.maybe("tubing-volume", Volume),
        catheter_volume=entries.maybe("catheter-volume", Volume),
        concentrations=entries.per_drug("concentration", Concentration),
    )


def _bridge(entries: Entries) -> Calculation:
    from thecal.care.calculators.bridge import bridge

    return bridge(
        old_concentration=entries.quantity("old-concentration", Concentration),
        new_concentration=entries.quantity("new-concentration", Concentration),
        daily_dose=entries.quantity("daily-dose", MassRate),
        tubing_volume=entries.quantity("tubing-volume", Volume),
        catheter_volume=entries.quantity("catheter-volume", Volume),
        new_daily_dose=entries.maybe("new-daily-dose", MassRate),
    )


def _refill_date(entries: Entries) -> Calculation:
    from thecal.care.calculators.refill import refill_date

    return refill_date(
        filled=entries.quantity("filled", Volume),
        alarm_volume=entries.quantity("alarm-volume", Volume),
        daily_volume=entries.quantity("daily-volume", VolumeRate),
        bolus_volume=entries.maybe("bolus-volume", Volume),
        max_per_day=entries.maybe_count("max-per-day"),
    )


def _residual(entries: Entries) -> Calculation:
    from thecal.care.calculators.refill import residual

    return residual(
        filled=entries.quantity("filled", Volume),
        expected=entries.quantity("expected", Volume),
        aspirated=entries.quantity("aspirated", Volume),
    )


def _convert_opioid(entries: Entries) -> Calculation:
    from thecal.care.calculators.conversion import convert_opioid

    return convert_opioid(
        drug_id=entries.text("drug"),
        route=entries.text("route"),
        daily_dose=entries.quantity("daily-dose", MassRate),
        ratio=entries.plain_number("ratio"),
        to_drug=entries.maybe_text("to"),
    )


def _baclofen_start(entries: Entries) -> Calculation:
    from thecal.care.calculators.baclofen import baclofen_start

    return baclofen_start(
        screening_bolus=entries.quantity("screening-bolus", Mass),
        effect_duration=entries.quantity("effect-duration", Duration),
        rule=entries.text("rule"),
    )


def _recipe(entries: Entries) -> Calculation:
    from thecal.care.calculators.compounding import PowderEntry, recipe

    forms = entries.read_per_drug("powder", str)
    potencies = entries.read_per_drug("potency", parse_number)
    waters = entries.read_per_drug("water", parse_number)
    return recipe(
        volume=entries.quantity("volume", Volume),
        daily_volume=entries.quantity("daily-volume", VolumeRate),
        doses=entries.per_drug("dose", MassRate),
        stocks=entries.per_drug("stock", Concentration),
        overfill=entries.maybe("overfill", Volume),
        powders={
            drug_id: PowderEntry(
                forms.get(drug_id),
                potencies.get(drug_id, Fraction(1)),
                waters.get(drug_id, Fraction(0)),
            )
            for drug_id in {**forms, **potencies, **waters}
        },
        bases=entries.read_per_drug("basis", _basis),
    )


def _basis(text: str) -> Basis:
    found = next((known for known in BASES if known == text), None)
    if found is None:
        raise EntryError(f'"{text[:40]}" is no basis', remedy="use one of " + ", ".join(BASES))
    return found


def _mixing(entries: Entries) -> Calculation:
    from thecal.care.calculators.compounding import mixing

    return mixing(
        residual=entries.quantity("residual", Volume),
        old_concentration=entries.quantity("old-concentration", Concentration),
        added=entries.quantity("added", Volume),
        new_concentration=entries.quantity("new-concentration", Concentration),
    )


_CALCULATORS: Mapping[str, Callable[[Entries], Calculation]] = {
    "catheter-volume": _catheter_volume,
    "prime": _prime,
    "bridge": _bridge,
    "refill-date": _refill_date,
    "residual": _residual,
    "convert-opioid": _convert_opioid,
    "baclofen-start": _baclofen_start,
    "recipe": _recipe,
    "mixing": _mixing,
}
