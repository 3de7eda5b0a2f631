"""The second, blind entry of a fill: what was typed again, compared with the first (R03, K1)."""

from __future__ import annotations

from thecal.errors import BadFileError
from thecal.pharmacy import Mixture
from thecal.therapy.events import Fill
from thecal.units import Volume, show


def compare_second_entry(fill: Fill, volume: Volume, mixture: Mixture) -> None:
    """Compare what was typed again with a fill.

    Parameters
    ----------
    volume, mixture
        As typed again, from syringe and label.

    Raises
    ------
    BadFileError
        If the two entries differ, named by its option.
    """
    if volume != fill.volume:
        raise BadFileError(
            f"the file fills {show(fill.volume, 'mL')}, {show(volume, 'mL')} was typed now",
            remedy="look at the syringe, and correct the wrong one",
            place="--volume",
        )
    if mixture != fill.mixture:
        raise BadFileError(
            "the file fills another mixture than was typed now",
            remedy="look at the label, and correct the wrong one",
            place="--drug",
        )
