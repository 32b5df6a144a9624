"""The shared vectors."""

import base64
import json
from pathlib import Path

from countersign_verifier import Key, KeySet, NonceMemory, Request, Verifier

FILE = Path(__file__).resolve().parents[2] / "vectors.json"
CASES = json.loads(FILE.read_text())["cases"]


def keys_of(case):
    return KeySet(Key.from_json(record) for record in case["keys"])


def request_of(case):
    request = case["request"]
    return Request(request["method"], request["target"], request["headers"],
                   base64.b64decode(request["body"]))


def verifier_of(case):
    options = case.get("options", {})
    nonces = NonceMemory(2 * options.get("window", 900))
    for key_id, nonce in case.get("seen", []):
        assert nonces.record(key_id, nonce, case["now"])
    return Verifier(nonces=nonces, **options)
