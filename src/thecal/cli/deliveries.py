"""The deliveries file: one CSV row for each even delivery at the catheter tip."""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self, final

from thecal.cli.jsonable import number
from thecal.errors import BadFileError
from thecal.program.delivery import Delivery
from thecal.therapy.events import AccessPort, Fill, Replace, Revise, Therapy
from thecal.therapy.rows import JoiningSink


@final
class DeliveriesFile:
    """Writes rows to a temporary file beside the wanted one, and takes its place only at the end.

    Columns: `start,end,purpose,volume_uL` and one `<drug>_ug` for each drug of the therapy.
    """

    def __init__(self, path: Path, therapy: Therapy) -> None:
        self._path = path
        self._therapy = therapy
        self._drugs = drugs_of(therapy)
        self.sink = JoiningSink(self._write)

    def __enter__(self) -> Self:
        try:
            # A link stays, its target is written.
            self._path = Path(os.path.realpath(self._path))
            if self._path.is_dir():
                raise IsADirectoryError(21, "is a folder")
            if self._path.exists() and not self._path.is_file():
                raise OSError(22, "is no ordinary file")
            handle, self._temporary = tempfile.mkstemp(
                dir=self._path.parent, prefix=f".{self._path.name}.", text=True
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "the path holds a NUL byte"
            raise BadFileError(
                f"the deliveries cannot be written: {why}",
                remedy="choose another --deliveries",
                place=f"--deliveries {self._path}",
            ) from None
        self._stream = os.fdopen(handle, "w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._stream, lineterminator="\n")
        self._rows.writerow(
            ["start", "end", "purpose", "volume_uL", *(f"{drug}_ug" for drug in self._drugs)]
        )
        return self

    def _write(self, delivery: Delivery) -> None:
        self._rows.writerow(
            [
                self._therapy.moment(delivery.start).isoformat(),
                self._therapy.moment(delivery.end).isoformat(),
                delivery.purpose.value,
                repr(number(delivery.volume.base)),
                *(repr(number(delivery.mass_of(drug).base)) for drug in self._drugs),
            ]
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.sink.close()
        self._stream.close()
        if kind is None:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(self._temporary, 0o666 & ~mask)
            os.replace(self._temporary, self._path)
        else:
            os.unlink(self._temporary)


def drugs_of(therapy: Therapy) -> tuple[str, ...]:
    """Return every drug that a therapy's events bring into the system, sorted."""
    found: set[str] = set()
    for event in therapy.events:
        if isinstance(event, Fill | AccessPort):
            found.update(event.mixture)
        elif isinstance(event, Replace | Revise) and event.line is not None:
            found.update(event.line)
    return tuple(sorted(found))
