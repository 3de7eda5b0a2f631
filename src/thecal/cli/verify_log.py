"""`thecal verify-log`: whether a record is as it was written, and its first bad entry if not."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thecal.cli.main import DONE, REFUSED
from thecal.errors import UsageError
from thecal.record.anchor import ANCHORS, read_anchors
from thecal.record.chain import ChainReport
from thecal.record.database import open_streams
from thecal.record.packet import read_packet_stream
from thecal.record.verification import StreamCheck, Verification, verify
from thecal.therapy.file_reader import read_bytes


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("packet", nargs="?", type=Path, help="the packet of one patient (JSON)")
    parser.add_argument(
        "--database",
        metavar="ADDRESS",
        help="the clinic's database: a path, or postgresql://user:password@host:port/name",
    )
    parser.add_argument(
        "--anchors", type=Path, metavar="DIR", help="the folder of the anchors kept outside"
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Check every stream; `REFUSED` if one is broken."""
    found = _verified(options)
    if options.json:
        print(json.dumps(_as_json(found), indent=1))
    else:
        print(_as_text(found))
    return REFUSED if found.bad else DONE


def _verified(options: argparse.Namespace) -> Verification:
    if (options.packet is None) == (options.database is None):
        raise UsageError(
            "either a packet or a database has to be named",
            remedy="thecal verify-log PACKET.json, or --database ADDRESS --anchors DIR",
        )
    if options.packet is not None:
        stream = read_packet_stream(read_bytes(options.packet))
        kept = {} if options.anchors is None else _anchors(options.anchors)
        return verify((stream,), {key: kept[key] for key in (stream.stream,) if key in kept})
    if options.anchors is None:
        raise UsageError(
            "without its anchors a record whose end was cut off cannot be told from a whole one",
            remedy="add --anchors DIR",
        )
    kept = _anchors(options.anchors)
    with open_streams(options.database) as stored:
        return verify(stored, kept)


def _anchors(folder: Path) -> Mapping[str, Mapping[int, str]]:
    if not (folder / ANCHORS).is_file():
        raise UsageError(
            "there are no anchors in this folder",
            remedy="name the folder that THECAL_ANCHOR_DIR names",
            place=str(folder),
        )
    return read_anchors(folder)


def _as_json(found: Verification) -> dict[str, Any]:
    return {
        "whole": not found.bad,
        "entries": found.entries,
        "unanchored": found.unanchored,
        "bad": [{"stream": one.stream, "seq": one.seq, "what": one.what} for one in found.bad],
        "streams": [_stream_json(one) for one in found.checks],
    }


def _stream_json(check: StreamCheck) -> dict[str, Any]:
    report: ChainReport = check.report
    return {
        "stream": report.stream,
        "kind": check.kind,
        "entries": report.head.seq,
        "head": report.head.hash,
        "anchored": report.anchored,
        "clock_stepped_back_at": list(report.steps_back),
        "whole": report.bad is None,
    }


def _as_text(found: Verification) -> str:
    lines = [f"BROKEN: stream {one.stream}, entry {one.seq}: {one.what}." for one in found.bad]
    lines += [
        f"The clock went back: stream {one.report.stream}, entry {seq} shows an earlier time than"
        " the entry before it. The numbers give the order."
        for one in found.checks
        for seq in one.report.steps_back
    ]
    if found.unanchored:
        lines.append(
            f"{found.unanchored} entries are later than the last anchor of their stream: a crash"
            " between the two leaves one or a few, many mean that anchors are missing."
        )
    verdict = "not whole" if found.bad else "whole"
    lines.append(f"{found.entries} entries in {len(found.checks)} streams fit: {verdict}.")
    if found.bad:
        lines.append("Stop writing, keep database and anchors as they are, compare with a backup.")
    return "\n".join(lines)
