"""Made the files in v1/, from docs/store-format.md and without the Rust code,
with Python's `cryptography`. They stay as they are; this shows where they came
from. `python3 v1.py` writes them again, byte for byte."""

import base64
import json
import pathlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MASTER_KEY = bytes([7] * 32)
DATA_KEY = bytes(range(32))
NONCE = bytes(range(12))
ACCOUNT = "1000000000000001"
API, GROUP, KEY = "a1" * 16, "61" * 16, "51" * 16
NOW, LATER = 1_700_000_000_000, 1_700_000_000_123


def seal(key, plain, *place):
    parts = [part.encode() for part in place]
    data = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
    return base64.b64encode(NONCE + AESGCM(key).encrypt(NONCE, plain, data)).decode()


def sealed(plain, *place):
    return "v1.1." + seal(DATA_KEY, plain.encode(), *place)


def write(name, value):
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    (pathlib.Path(__file__).parent / "v1" / f"{name}.json").write_text(text + "\n", encoding="utf-8")


full = {
    "method": "GET",
    "path": "/users/{id}/",
    "match_mode": "exact",
    "backend": {"address": "http://127.0.0.1:9000", "path": "/users/{id}/", "method": "POST", "timeout_ms": 10000},
}
plain = {
    "method": "ANY",
    "path": "/files",
    "match_mode": "prefix",
    "backend": {"address": "http://127.0.0.1:9000", "timeout_ms": 10000},
}


def api(name, visibility, definition):
    return {
        "group": GROUP,
        "account": ACCOUNT,
        "name": name,
        "description": "",
        "visibility": visibility,
        "definition": definition,
        "made_by": "huawei",
        "created_ms": NOW,
        "modified_ms": LATER,
        "created_revision": 1,
    }


write("meta-format", {"version": 1})
write("meta-keyring", {"keys": [{"version": 1, "wrapped": seal(MASTER_KEY, DATA_KEY, "meta/keyring", "keys", "1")}]})
write(
    "access-key",
    {
        "account": ACCOUNT,
        "secret": sealed("planted-access-key-secret", "access-key/AKID-owner_1", "secret", ACCOUNT),
        "created_ms": NOW,
    },
)
write("environment", {})
write(
    "group",
    {
        "account": ACCOUNT,
        "name": "group_97",
        "host": "g97.gw.localhost",
        "description": 'a "group" of 中文',
        "made_by": "alibaba",
        "created_ms": NOW,
        "modified_ms": LATER,
        "created_revision": 1,
    },
)
write("api", api("api_161", "private", full))
write("api-plain", api("api_162", "public", plain))
write(
    "publication",
    {"group": GROUP, "definition": full, "description": "went live", "published_ms": LATER, "published_revision": 1},
)
place = (f"signature-key/{KEY}", "active.sign_secret", ACCOUNT, "2", "sign_key_81")
write(
    "signature-key",
    {
        "account": ACCOUNT,
        "name": "key_81",
        "active": {
            "number": 2,
            "sign_key": "sign_key_81",
            "sign_secret": sealed("planted-sign-secret", *place),
            "created_ms": LATER,
        },
        "made_by": "alibaba",
        "created_ms": NOW,
        "modified_ms": LATER,
        "created_revision": 1,
    },
)
write("retired-version", {"sign_key": "sign_key_before", "created_ms": NOW, "retired_ms": LATER})
write("binding", {"signature_key": KEY, "bound_ms": LATER})
