"""`thecal verify-page`: the page on which an emergency room checks cards without any network."""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path

from thecal.cli.main import DONE
from thecal.cli.overwrite import add_overwrite, check_overwrite
from thecal.errors import UsageError

_ENDING = ".html"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="the clinic's clinic.pub"
    )
    parser.add_argument("--clinic", required=True, metavar="NAME", help="whose key it is")
    parser.add_argument("--telephone", default="", metavar="TEXT", help="whom to call there")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the page: .html")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    add_overwrite(parser)


def run(options: argparse.Namespace) -> int:
    """Write the page of a clinic's key.

    Raises
    ------
    ThecalError
        If the key cannot be read or the page cannot be written.
    """
    from thecal.record.card import fingerprint, read_public
    from thecal.report.card_check import card_check_page
    from thecal.report.write import check_folder, write_files

    path, clinic = options.out, " ".join(options.clinic.split())
    if path.suffix != _ENDING:
        raise UsageError(f"{path.name} is no HTML page", remedy=f"end its name in {_ENDING}")
    if not clinic:
        raise UsageError("the clinic has no name", remedy="name whose key it is with --clinic NAME")
    key = read_public(options.key)
    check_overwrite(options, path, partial(str, path.name))
    check_folder(path.parent, path.name)
    page = card_check_page(key, clinic, " ".join(options.telephone.split()))
    write_files(path.parent, {path.name: page.encode("utf-8")})
    if options.json:
        print(json.dumps({"file": str(path), "fingerprint": fingerprint(key)}, indent=1))
    else:
        print(f"{path}: checks the cards of {clinic} with the key {fingerprint(key)}")
    return DONE
