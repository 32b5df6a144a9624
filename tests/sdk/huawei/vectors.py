"""The vectors made with the vendor's own signer and SDK."""

import json
import pathlib

PATH = pathlib.Path(__file__).resolve().parents[3] / "crates/countersign-sign/vectors/huawei-vectors.json"


def part(name):
    """One part of the file, for example `backend_signature`."""
    return json.loads(PATH.read_text(encoding="utf-8"))[name]
