"""The program under test."""

import os
import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def binary():
    """Its path."""
    path = pathlib.Path(os.environ.get("COUNTERSIGN_BINARY") or REPOSITORY / "target/debug/countersign").resolve()
    assert path.exists(), f"{path} is missing: build it, or set COUNTERSIGN_BINARY"
    return path
