"""Made the files in v2/, from docs/store-format.md and without the Rust code,
with Python's `cryptography`: the kinds of records and the fields that version 2
added. All else is as in v1/. They stay as they are; this shows where they came
from. `python3 v2.py` writes them again, byte for byte."""

import base64
import hashlib
import json
import pathlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DATA_KEY = bytes(range(32))
NONCE = bytes(range(12))
ACCOUNT = "1000000000000001"
API, GROUP, KEY, BASIC_KEY, USER = "a1" * 16, "61" * 16, "51" * 16, "53" * 16, "75" * 16
NOW, LATER = 1_700_000_000_000, 1_700_000_000_123


def sealed(plain, *place):
    parts = [part.encode() for part in place]
    data = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
    return "v1.1." + base64.b64encode(NONCE + AESGCM(DATA_KEY).encrypt(NONCE, plain.encode(), data)).decode()


def write(name, value):
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    (pathlib.Path(__file__).parent / "v2" / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def definition(path, payload):
    return {
        "method": "GET",
        "path": path,
        "match_mode": "exact",
        "backend": {"address": "http://127.0.0.1:9000", "path": path, "method": "POST", "timeout_ms": 10000},
        "payload": payload,
    }


def user(name, password):
    return {
        "account": ACCOUNT,
        "name": name,
        "description": "signs in",
        **password,
        "created_ms": NOW,
        "modified_ms": LATER,
        "created_revision": 1,
    }


write("meta-format", {"version": 2})
write("account", {"project": "70" * 16, "created_ms": NOW})
phc = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$planted"
write("user", user("alice", {"password": sealed(phc, f"user/{USER}", "password", ACCOUNT, "alice")}))
write("user-without-password", user("bob", {}))
token = {"user": USER, "account": ACCOUNT, "issued_ms": NOW, "expires_ms": LATER}
seal = sealed("", f"token/{'7c' * 32}", "seal", *map(str, token.values()))
write("token", {**token, "seal": seal})
write(
    "own-environment",
    {"id": "e1" * 16, "description": "an account's own", "created_ms": NOW, "created_revision": 1},
)
write(
    "api",
    {
        "group": GROUP,
        "account": ACCOUNT,
        "name": "api_163",
        "description": "",
        "visibility": "private",
        "definition": definition("/unsigned", "unsigned"),
        "made_by": "huawei",
        "created_ms": NOW,
        "modified_ms": LATER,
        "created_revision": 1,
    },
)
write(
    "former-publication",
    {
        "group": GROUP,
        "definition": definition("/covered", "covered"),
        "description": "went live",
        "published_ms": LATER,
        "published_revision": 7,
    },
)
place = (f"signature-key/{BASIC_KEY}", "active.sign_secret", ACCOUNT, "2", "sign_key_83", "basic")
write(
    "signature-key",
    {
        "account": ACCOUNT,
        "name": "key_83",
        "active": {
            "number": 2,
            "scheme": "basic",
            "sign_key": "sign_key_83",
            "sign_secret": sealed("planted-basic-secret", *place),
            "created_ms": LATER,
        },
        "made_by": "alibaba",
        "created_ms": NOW,
        "created_sub_ns": 1,
        "modified_ms": LATER,
        "modified_sub_ns": 999_999,
        "created_revision": 1,
    },
)


def version(field, number, scheme, sign_key, secret):
    place = (f"signature-key/{'54' * 16}", f"{field}.sign_secret", ACCOUNT, str(number), sign_key)
    named = {"scheme": scheme} if scheme else {}
    secret = sealed(secret, *place, *named.values())
    return {"number": number, **named, "sign_key": sign_key, "sign_secret": secret, "created_ms": LATER}


write(
    "signature-key-with-next",
    {
        "account": ACCOUNT,
        "name": "key_84",
        "active": version("active", 2, None, "sign_key_84", "planted-sign-secret"),
        "next": version("next", 3, "huawei-hmac-sha256", "sign_key_next", "planted-next-secret"),
        "made_by": "alibaba",
        "created_ms": NOW,
        "modified_ms": LATER,
        "created_revision": 1,
    },
)
write(
    "retired-version",
    {"scheme": "huawei-hmac-sha256", "sign_key": "sign_key_before", "created_ms": NOW, "retired_ms": LATER},
)
# What a binding of version 1 is called, from when it is written again.
made = hashlib.sha256(f"binding/{API}/RELEASE".encode()).hexdigest()[:32]
write("binding", {"id": made, "signature_key": KEY, "bound_ms": LATER})
write("own-binding", {"id": "b1" * 16, "signature_key": BASIC_KEY, "bound_ms": LATER})
hashed, api = "77" * 32, "a3" * 16
seal = sealed("", f"verifier/{'77' * 16}", "seal", ACCOUNT, hashed, "1", GROUP, "1", api)
write(
    "verifier",
    {
        "account": ACCOUNT,
        "name": "in front of users",
        "token": hashed,
        "groups": [GROUP],
        "apis": [api],
        "created_ms": NOW,
        "created_revision": 1,
        "seal": seal,
    },
)
