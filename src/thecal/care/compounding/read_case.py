"""Reading the table `[compounding]` of a case file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import cast

from thecal.care.compounding.case import (
    COMPARED,
    DILUENTS,
    USES,
    CompoundingCase,
    PatientBolus,
    Pump,
    Release,
    Times,
    Use,
)
from thecal.care.compounding.words import typed_fields
from thecal.care.document import LANGUAGES, Language
from thecal.device import pump_model, pump_models
from thecal.errors import BadFileError, EntryError
from thecal.pharmacy import (
    BASES,
    CATEGORIES,
    METHODS,
    STARTS,
    STORAGES,
    Basis,
    Ingredient,
    Making,
    Mixture,
    age_band,
    drugs,
    salt_forms,
)
from thecal.therapy.table import Table
from thecal.units import Concentration, Mass, MassRate, Volume, VolumeRate, parse_number

_SIGNATURES = ("prepared_by", "checked_by")


def read_case(table: Table) -> CompoundingCase:
    """Return the case of a table, read to its end.

    Raises
    ------
    BadFileError
        If a key is missing, unknown or malformed; file and key are named.
    """
    ingredients = _ingredients(table.take_table("drugs"))
    texts = _texts(table)
    signed = {} if "prescriber" not in texts else {"prescriber": texts["prescriber"]}
    case = CompoundingCase(
        use=cast(Use, table.take_choice("use", USES)),
        fill=table.take_quantity("fill_volume", Volume),
        flow=_flow(table, ingredients),
        ingredients=ingredients,
        overfill=table.optional("overfill", lambda key: table.take_quantity(key, Volume)),
        pump=table.optional("pump", lambda key: _pump(table.take_table(key))),
        bolus=table.optional("patient_bolus", lambda key: _bolus(table, key, ingredients)),
        diluent=table.optional("diluent", lambda key: table.take_choice(key, DILUENTS)),
        preservative_free=table.optional("preservative_free", table.take_flag),
        release=table.optional("release", lambda key: _release(table.take_table(key), ingredients)),
        populations=_populations(table),
        consent=table.optional("consent", table.take_flag),
        weight=table.optional("weight", lambda key: table.take_quantity(key, Mass)),
        signed=signed,
        texts=texts,
        others=_others(table),
        change_planned=bool(table.optional("change_planned", table.take_flag)),
        languages=_languages(table),
        times=_visits(table),
        per_hour=_per_hour(table),
    )
    if table.has("preparation"):
        case = _prepared(case, table.take_table("preparation"))
    table.finish()
    return case


def _ingredients(table: Table) -> Mapping[str, Ingredient]:
    known = [one.id for one in drugs()]
    if not table.keys():
        raise table.error(
            "no drug is ordered", 'as in [compounding.drugs.morphine] dose = "2 mg/d"'
        )
    found = {}
    for drug in tuple(table.keys()):
        if drug not in known:
            raise table.error(
                f'"{drug[:40]}" is no drug known here', "it can be " + ", ".join(known)
            )
        found[drug] = _ingredient(drug, table.take_table(drug))
    table.finish()
    return found


def _ingredient(drug: str, table: Table) -> Ingredient:
    forms = [one.id for one in salt_forms(drug)]
    stock = table.optional("stock", lambda key: table.take_quantity(key, Concentration))
    powder = table.optional("powder", lambda key: table.take_choice(key, forms))
    potency = table.optional("potency", lambda key: _number(table, key))
    water = table.optional("water", lambda key: _number(table, key))
    if stock is not None and (powder or potency is not None or water is not None):
        raise table.error("a stock and a powder are both given", "say which of them is taken")
    if potency == 0 or (water or 0) >= 1:
        raise table.error("potency or water is no fraction", "copy them from the certificate")
    one = Ingredient(
        dose=table.take_quantity("dose", MassRate),
        basis=_basis(table, "basis"),
        stock=stock,
        stock_basis=_basis(table, "stock_basis"),
        form=powder,
        potency=potency,
        water=water,
    )
    table.finish()
    return one


def _basis(table: Table, key: str) -> Basis | None:
    return cast("Basis | None", table.optional(key, lambda name: table.take_choice(name, BASES)))


def _number(table: Table, key: str) -> Fraction:
    text = table.take_text(key)
    try:
        return parse_number(text)
    except EntryError as error:
        raise BadFileError(
            error.what, why=error.why, remedy=error.remedy, place=f"{table.place}: {key}"
        ) from None


def _flow(table: Table, ingredients: Mapping[str, Ingredient]) -> VolumeRate:
    if table.has("undiluted") == table.has("daily_volume"):
        raise table.error(
            "daily_volume or undiluted, one of them, sets the flow",
            'as in daily_volume = "0.4 mL/d", or undiluted = "ziconotide" for its stock as it is',
        )
    if table.has("daily_volume"):
        return table.take_quantity("daily_volume", VolumeRate)
    drug = table.take_choice("undiluted", list(ingredients))
    stock = ingredients[drug].stock
    if stock is None:
        raise table.error(f"{drug} has no stock", "give its stock, or daily_volume", "undiluted")
    return ingredients[drug].dose / stock


def _per_hour(table: Table) -> tuple[str, ...]:
    typed = {"daily_volume": table.keys().get("daily_volume")}
    typed |= {f"dose of {drug}": one["dose"] for drug, one in table.keys()["drugs"].items()}
    return tuple(key for key, text in typed.items() if str(text).endswith("/h"))


def _pump(table: Table) -> Pump:
    pump = Pump(
        pump_model(table.take_choice("model", [one.id for one in pump_models()])),
        table.take_flag("first_fill"),
        table.optional("alarm_volume", lambda key: table.take_quantity(key, Volume)),
    )
    table.finish()
    return pump


def _bolus(outer: Table, key: str, ingredients: Mapping[str, Ingredient]) -> PatientBolus:
    table = outer.take_table(key)
    bolus = PatientBolus(
        table.take_choice("drug", list(ingredients)),
        table.take_quantity("dose", Mass),
        table.take_count("max_per_day"),
    )
    table.finish()
    return bolus


def _release(table: Table, ingredients: Mapping[str, Ingredient]) -> Release:
    assay = {}
    if table.has("assay"):
        found = table.take_table("assay")
        assay = {drug: _number(found, drug) for drug in ingredients if found.has(drug)}
        found.finish()
    release = Release(
        assay=assay,
        ph=table.optional("ph", lambda key: _number(table, key)),
        osmolality=table.optional("osmolality", lambda key: _number(table, key)),
        endotoxin=table.optional("endotoxin", lambda key: _number(table, key)),
        density=table.optional("density", lambda key: table.take_quantity(key, Concentration)),
        sterile=table.optional("sterile", table.take_flag),
        filter=table.optional("filter", lambda key: _number(table, key)),
    )
    table.finish()
    return release


def _populations(table: Table) -> frozenset[str]:
    origin = table.optional("origin", lambda key: table.take_choice(key, ("spinal", "cerebral")))
    age = table.optional("age", table.take_count)
    return frozenset(one for one in (origin, None if age is None else age_band(age)) if one)


def _texts(table: Table) -> Mapping[str, str]:
    if not table.has("order"):
        return {}
    order = table.take_table("order")
    names = (*typed_fields("order"), "last_filled")
    found = {name: order.take_text(name) for name in names if order.has(name)}
    order.finish()
    return found


def _others(table: Table) -> Mapping[str, Mixture]:
    if not table.has("same_as"):
        return {}
    same = table.take_table("same_as")
    found = {place: same.take_mixture(place) for place in COMPARED if same.has(place)}
    same.finish()
    return found


def _languages(table: Table) -> tuple[Language, ...]:
    one = table.optional("language", lambda key: table.take_choice(key, LANGUAGES))
    return LANGUAGES if one is None else (cast(Language, one),)


def _visits(table: Table) -> Times:
    if not table.has("visits"):
        return Times()
    visits = table.take_table("visits")
    times = Times(fill=_moment(visits, "fill"), next_refill=_moment(visits, "next_refill"))
    visits.finish()
    return times


def _moment(table: Table, key: str) -> datetime | None:
    moment = table.optional(key, table.take_moment)
    if moment is not None and moment.tzinfo is not None:
        raise table.error("a moment with an offset", "write local time without an offset", key)
    return moment


def _prepared(case: CompoundingCase, table: Table) -> CompoundingCase:
    making = Making(
        category=str(table.take_count("category")),
        method=table.take_choice("method", METHODS),
        start=table.take_choice("start", STARTS),
        tested=table.take_flag("sterility_tested"),
        storage=table.take_choice("storage", STORAGES),
    )
    if making.category not in CATEGORIES:
        raise table.error("there is no such category", "it can be 1, 2 or 3", "category")
    times = replace(
        case.times, mixed=_moment(table, "mixed"), beyond_use=_moment(table, "beyond_use")
    )
    signed = {name: table.take_text(name) for name in _SIGNATURES if table.has(name)}
    batch = table.optional("batch", table.take_text)
    table.finish()
    return replace(
        case,
        making=making,
        times=times,
        signed={**case.signed, **signed},
        texts={**case.texts, **({} if batch is None else {"batch": batch})},
    )
