"""Every constant has a value, a unit, a source and a standing, and a clinic may replace it."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

import thecal
from thecal.data import (
    FACT_COLUMNS,
    PLAIN_UNITS,
    STATUSES,
    TEXT,
    Fact,
    fact_of,
    rows,
    table_names,
    use_clinic_tables,
)
from thecal.device import pump_model
from thecal.errors import DataError
from thecal.pharmacy import ceiling, limits
from thecal.units import MassRate, Volume
from thecal.units.codes import UNITS

SOURCE = Path(thecal.__file__).parent
FIRST_DAY = date(2026, 11, 20)
"""The day of the first tables: no row was written or checked before it."""
CLINIC_COLUMNS = "drug,parameter,edition,population,rank," + ",".join(FACT_COLUMNS)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Path]:
    """A folder for a clinic's own tables; the shipped ones are back afterwards."""
    yield tmp_path
    use_clinic_tables(None)


def test_all_tables_of_the_floor_are_there() -> None:
    assert set(table_names()) >= {
        *("pumps", "catheters", "faults", "environment", "drugs", "limits", "stability"),
        *("restart", "indications", "interactions", "compounding", "conversion"),
    }


@pytest.mark.parametrize("table", table_names())
def test_every_row_names_unit_source_and_status(table: str) -> None:
    for row in rows(table):
        assert row["unit"] == TEXT or row["unit"] in PLAIN_UNITS or row["unit"] in UNITS, row
        assert row["source"], row
        assert row["status"] in STATUSES, row
        assert FIRST_DAY <= _day(row["date"]) <= datetime.now(UTC).date(), row
        assert fact_of(row).source == row["source"]


def _day(text: str) -> date:
    """Return the day a row was written: a version of the tables finds its date in this form."""
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text), text
    return date.fromisoformat(text)


@pytest.mark.parametrize("table", table_names())
def test_nothing_is_shipped_as_verified_for_nobody_has_compared_a_row(table: str) -> None:
    assert all(row["status"] != "verified" and not row["checked_by"] for row in rows(table))


@pytest.mark.parametrize("table", table_names())
def test_a_row_without_a_source_in_facts_says_so(table: str) -> None:
    for row in rows(table):
        if row["source"] == "general knowledge":
            assert row["status"] == "recalled", row
            assert "not in facts" in row["note"], row


@pytest.mark.parametrize("table", table_names())
def test_the_shipped_default_comes_first(table: str) -> None:
    """Every question that has an answer of a higher rank has one of rank 1."""
    if "rank" not in rows(table)[0]:
        return
    keys = [c for c in rows(table)[0] if c not in (*FACT_COLUMNS, "rank")]
    ranks: dict[tuple[str, ...], set[int]] = {}
    for row in rows(table):
        ranks.setdefault(tuple(row[k] for k in keys), set()).add(int(row["rank"]))
    if table == "stability":  # a higher rank there holds for named pumps only
        return
    assert all(found == set(range(1, len(found) + 1)) for found in ranks.values())


@pytest.mark.parametrize("room", ["pharmacy", "device"])
def test_no_device_or_drug_constant_stands_in_code(room: str) -> None:
    """Small whole numbers only: indices, halves, powers of ten, percent, digits of precision."""
    mathematics = {"273.15", "3.14159265358979323846264338327950288"}
    for path in (SOURCE / room).glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
                assert not isinstance(node.value, float), (path, node.lineno)
                if isinstance(node.value, int):
                    assert node.value in {0, 2, 3, 28} or _is_power_of_ten(node.value), (
                        path,
                        node.lineno,
                    )
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Fraction", "Decimal"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        assert argument.value in mathematics, (path, node.lineno)


def _is_power_of_ten(number: int) -> bool:
    return str(number).rstrip("0") == "1"


def test_a_fact_says_where_it_comes_from_and_that_nobody_checked_it() -> None:
    residual = pump_model("synchromed-ii-20").residual_volume
    assert residual is not None
    assert residual.provenance() == "devices.md S1, unverified (read)"
    assert not residual.verified
    assert not residual.recalled


def test_a_verified_fact_names_who_checked_it() -> None:
    fact: Fact[Fraction] = Fact(
        Fraction(1), "1", "label", "verified", "A. Pharmacist", "2026-11-20"
    )
    assert fact.provenance() == "label, verified by A. Pharmacist"


def test_a_fact_of_another_kind_is_refused() -> None:
    with pytest.raises(DataError, match="MassRate is needed"):
        pump_model("synchromed-ii-20").facts["capacity"].of_kind(MassRate)


def test_a_clinic_replaces_a_recalled_row_by_its_own_checked_one(clinic: Path) -> None:
    assert pump_model("synchromed-ii-40").maximum_rate.recalled
    (clinic / "pumps.csv").write_text(
        "model,parameter,rank," + ",".join(FACT_COLUMNS) + "\n"
        "synchromed-ii-*,tubing-volume-bridge,1,0.15,mL,manual p. 9,verified,A. Nurse,2026-11-21,\n"
    )
    use_clinic_tables(clinic)
    bridge = pump_model("synchromed-ii-40").tubing_volume_bridge
    assert bridge is not None
    assert bridge.value == Volume.of("0.15", "mL")
    assert bridge.provenance() == "manual p. 9, verified by A. Nurse"
    use_clinic_tables(None)
    back = pump_model("synchromed-ii-40").tubing_volume_bridge
    assert back is not None
    assert back.value == Volume.of("0.14", "mL")


def test_a_row_for_the_whole_id_goes_before_a_pattern(clinic: Path) -> None:
    (clinic / "pumps.csv").write_text(
        "model,parameter,rank," + ",".join(FACT_COLUMNS) + "\n"
        "synchromed-ii-40,low-reservoir-alarm,1,4,mL,clinic policy,read,,2026-11-21,\n"
    )
    use_clinic_tables(clinic)
    assert pump_model("synchromed-ii-40").low_reservoir_alarm.value == Volume.of(4, "mL")
    assert pump_model("synchromed-ii-20").low_reservoir_alarm.value == Volume.of(2, "mL")


def test_a_clinic_sets_its_own_ceiling(clinic: Path) -> None:
    (clinic / "limits.csv").write_text(
        CLINIC_COLUMNS + "\n# our committee, May\n"
        "fentanyl,highest-reported-daily,ceiling,any,1,800,ug/d,committee,read,,2026-11-21,\n"
    )
    assert ceiling("fentanyl", populations=()) is None
    use_clinic_tables(clinic)
    own = ceiling("fentanyl", populations=())
    assert own is not None
    assert own.rate == MassRate.of(800, "ug/d")


def test_a_clinic_adds_a_pump_that_the_catalogue_lacks(clinic: Path) -> None:
    def write(kind: str) -> None:
        head = "model,parameter,rank," + ",".join(FACT_COLUMNS)
        end = "text,manual,read,,2026-11-21,"
        (clinic / "pumps.csv").write_text(
            f"{head}\nown-12,name,1,Own 12,{end}\nown-12,maker,1,Us,{end}\n"
            f"own-12,kind,1,{kind},{end}\nown-12,programmable,1,no,{end}\n"
        )
        use_clinic_tables(clinic)

    write("constant-flow")
    assert pump_model("own-12").name == "Own 12"
    assert pump_model("own-12").capacity is None
    write("perpetual")
    with pytest.raises(DataError, match="no kind of pump"):
        pump_model("own-12")


@pytest.mark.req("GIP-5.1", "R06")
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("morphine,maximum-daily,label-us,any,1,20,mg/d,,read,,2026-11-20,", "names no source"),
        ("morphine,maximum-daily,label-us,any,1,20,mg/d,x,guess,,2026-11-20,", "is no status"),
        ("morphine,maximum-daily,label-us,any,1,20,mg/d,x,verified,,2026-11-20,", "by nobody"),
        ("morphine,maximum-daily,label-us,any,1,2e1,mg/d,x,read,,2026-11-20,", "not a quantity"),
        ("morphine,maximum-daily,label-us,any,1,-1,mg/d,x,read,,2026-11-20,", "not a quantity"),
        ("morphine,maximum-daily,label-us,any,1,20,mg/week,x,read,,2026-11-20,", "is no unit"),
        ("morphine,maximum-daily,label-us,any,first,20,mg/d,x,read,,2026-11-20,", "is no rank"),
        ("morphine,maximum-daily,label-us,any,1,20,mg/d", "columns"),
        ('morphine,maximum-daily,label-us,any,1,20,mg/d,"x', "cannot be read"),
        ("morphine,maximum-daily,label-us,any,1,,text,x,read,,2026-11-20,", "value is empty"),
    ],
)
def test_a_malformed_row_is_refused_with_file_and_line(
    clinic: Path, row: str, message: str
) -> None:
    (clinic / "limits.csv").write_text(f"{CLINIC_COLUMNS}\n\n{row}\n")
    with pytest.raises(DataError, match=message) as caught:
        use_clinic_tables(clinic)
    assert "limits.csv" in str(caught.value)
    if message != "cannot be read":
        assert "line 3" in str(caught.value)


def test_two_rows_with_the_same_keys_are_refused(clinic: Path) -> None:
    row = "morphine,maximum-daily,label-us,any,1,20,mg/d,x,read,,2026-11-20,\n"
    (clinic / "limits.csv").write_text(f"{CLINIC_COLUMNS}\n{row}{row}")
    with pytest.raises(DataError, match="a second row"):
        use_clinic_tables(clinic)


def test_a_misspelt_parameter_is_refused_for_it_would_silently_not_hold(clinic: Path) -> None:
    row = "morphine,maximum-dayly,label-us,any,1,10,mg/d,x,read,,2026-11-20,\n"
    (clinic / "limits.csv").write_text(f"{CLINIC_COLUMNS}\n{row}")
    with pytest.raises(DataError, match="is no parameter"):
        use_clinic_tables(clinic)


def test_a_file_that_replaces_no_table_is_refused(clinic: Path) -> None:
    (clinic / "limts.csv").write_text(CLINIC_COLUMNS + "\n")
    with pytest.raises(DataError, match="replaces no table"):
        use_clinic_tables(clinic)


def test_other_columns_are_refused(clinic: Path) -> None:
    (clinic / "limits.csv").write_text("drug," + ",".join(FACT_COLUMNS) + "\n")
    with pytest.raises(DataError, match="other columns"):
        use_clinic_tables(clinic)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        use_clinic_tables(tmp_path / "nowhere")


@pytest.mark.req("R06")
def test_a_refused_folder_leaves_the_tables_as_they_were(clinic: Path) -> None:
    (clinic / "limits.csv").write_text("nonsense\n")
    before = limits("morphine", "maximum-daily", populations=())
    with pytest.raises(DataError):
        use_clinic_tables(clinic)
    assert limits("morphine", "maximum-daily", populations=()) == before


def test_contradictory_limits_of_a_clinic_are_refused(clinic: Path) -> None:
    (clinic / "limits.csv").write_text(
        CLINIC_COLUMNS + "\nmorphine,start-low,pacc-2017,any,1,9,mg/d,x,read,,2026-11-20,\n"
    )
    use_clinic_tables(clinic)
    with pytest.raises(DataError, match="start-low is above start-high"):
        limits("morphine", "start-low", populations=())


def test_the_tables_are_plain_csv_that_any_tool_reads() -> None:
    for path in (SOURCE / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            lengths = {len(record) for record in csv.reader(stream)}
        assert len(lengths) == 1, path


def test_every_source_code_of_a_table_leads_somewhere() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "sources.md").read_text("utf-8")
    listed: dict[str, set[str]] = {}
    document = ""
    for line in page.splitlines():
        if line.startswith("## "):
            document = line[3:]
        elif match := re.match(r"\| ([A-Z][0-9]+[a-z]?) \| \S", line):
            listed.setdefault(document, set()).add(match.group(1))
    for name in table_names():
        for row in rows(name):
            for file, rest in re.findall(r"(devices|pharmacology)\.md ([^;(]*)", row["source"]):
                for code in re.findall(r"\b[A-Z][0-9]+[a-z]?\b", rest):
                    assert code in listed[f"{file}.md"], f"{name}.csv: {row['source']}"
