"""basic, and requests that carry more than one scheme."""

import base64

from . import alibaba, huawei
from .case import active, request, retired

SCHEME = "basic"
KEY, SECRET = "key_-1", "a-_!@#$%B:CD"
KEYS = [active(SCHEME, KEY, SECRET)]


def credentials(pair):
    return base64.b64encode(pair if isinstance(pair, bytes) else pair.encode()).decode()


def carrying(*values, name="Authorization", body=b""):
    return request("POST", "/x?a=1", [("Host", "b"), *[(name, value) for value in values]], body)


def add_to(cases):
    def add(name, req, expect="ok", keys=None, key=KEY, **more):
        cases.add(f"basic/{name}", keys or KEYS, req, expect, key if expect == "ok" else None,
                  **more)

    good = credentials(f"{KEY}:{SECRET}")
    for name, value, expect in [
        ("plain", f"Basic {good}", "ok"), ("lower-case-scheme", f"basic {good}", "ok"),
        ("upper-case-scheme", f"BASIC {good}", "ok"), ("many-blanks", f"Basic   {good}", "ok"),
        ("blanks-around", f" \tBasic {good} \t", "ok"),
        ("no-credentials", "Basic", "malformed"), ("blank-only", "Basic ", "malformed"),
        ("longer-scheme", f"Basicx {good}", "no_signature"), ("bearer", "Bearer x", "no_signature"),
        ("no-blank", f"Basic{good}", "no_signature"), ("empty", "", "no_signature"),
        ("not-base64", "Basic ****", "malformed"), ("non-ascii", "Basic é", "malformed"),
        ("no-padding", f"Basic {good.rstrip('=')}", "ok" if not good.endswith("=") else "malformed"),
        ("too-much-padding", f"Basic {good}====", "malformed"),
        ("url-alphabet", "Basic " + credentials(b"k:\xc3\xbf\xc3\xbe>?").replace("+", "-").replace(
            "/", "_"), "malformed"),
        ("blank-inside", f"Basic {good[:4]} {good[4:]}", "malformed"),
        ("loose-bits", "Basic a2V5OnBsYW50ZWQ6IR==", "malformed"),
        ("more-parameters", f"Basic {good}, x=y", "malformed"),
        ("no-colon", "Basic " + credentials("key"), "malformed"),
        ("not-utf-8", "Basic " + credentials(b"key:\xff"), "malformed"),
        ("unknown-user", "Basic " + credentials(f"other:{SECRET}"), "unknown_sign_key"),
        ("user-in-other-case", "Basic " + credentials(f"KEY_-1:{SECRET}"), "unknown_sign_key"),
        ("empty-user", "Basic " + credentials(f":{SECRET}"), "unknown_sign_key"),
        ("wrong-secret", "Basic " + credentials(f"{KEY}:other"), "signature_differs"),
        ("empty-secret", "Basic " + credentials(f"{KEY}:"), "signature_differs"),
        ("secret-and-blank", "Basic " + credentials(f"{KEY}:{SECRET} "), "signature_differs"),
        ("secret-cut", "Basic " + credentials(f"{KEY}:{SECRET[:-1]}"), "signature_differs"),
        ("very-long", "Basic " + credentials("k" * 30000 + ":s"), "unknown_sign_key"),
    ]:
        add(name, carrying(value), expect)
    add("missing", carrying(), "no_signature")
    add("repeated", carrying(f"Basic {good}", f"Basic {good}"), "malformed")
    add("beside-bearer", carrying("Bearer x", f"Basic {good}"), "malformed")
    add("other-header-name", carrying(f"Basic {good}", name="X-Sign"), options={"header": "x-sign"})
    add("other-header-name-not-used", carrying(f"Basic {good}"), "no_signature",
        options={"header": "x-sign"})
    add("utf-8-secret", carrying("Basic " + credentials("k:密钥")), key="k",
        keys=[active(SCHEME, "k", "密钥")])
    add("body-over-limit", carrying(f"Basic {good}", body=b"xx"), "body_too_large",
        options={"body_max": 1})
    add("body-at-limit", carrying(f"Basic {good}", body=b"x"), options={"body_max": 1})
    shared = [active(SCHEME, KEY, "1", version=2), KEYS[0]]
    add("shared-user-old", carrying(f"Basic {good}"), keys=shared)
    add("shared-user-new", carrying("Basic " + credentials(f"{KEY}:1")), keys=shared)
    add("retired", carrying("Basic " + credentials("gone:s")), "retired_sign_key",
        keys=[*KEYS, retired(SCHEME, "gone")])
    add("next", carrying("Basic " + credentials("n:s")), key="n",
        keys=[*KEYS, active(SCHEME, "n", "s", state="next")])
    add_mixed(cases, good)


def add_mixed(cases, good):
    """Two schemes in one request; keys of other schemes."""
    ali, hua = alibaba.signed(), huawei.signed(target="/v1/orders?b=2&a=1")
    bad_hua = huawei.signed(target="/v1/orders?b=2&a=1", secret="x")
    bad_ali = alibaba.signed(secret="x")

    def both(first, second):
        return {**first, "headers": first["headers"] + second["headers"]}

    basic_request = request("GET", "/v1/orders?b=2&a=1", [("Authorization", f"Basic {good}")])
    keys = alibaba.KEYS + huawei.KEYS + KEYS
    for name, req, chosen, expect, key in [
        ("alibaba-then-huawei", both(ali, hua), keys, "ok", alibaba.KEY),
        ("huawei-written-first", both(hua, ali), keys, "ok", alibaba.KEY),
        ("huawei-only-keys", both(ali, hua), huawei.KEYS, "ok", huawei.KEY),
        ("alibaba-good-huawei-bad", both(ali, bad_hua), keys, "ok", alibaba.KEY),
        ("alibaba-bad-huawei-good", both(bad_ali, hua), keys, "signature_differs", None),
        ("alibaba-bad-without-its-keys", both(bad_ali, hua), huawei.KEYS, "ok", huawei.KEY),
        ("alibaba-unknown-huawei-good", both(alibaba.signed(key="x"), hua), keys,
         "unknown_sign_key", None),
        ("alibaba-and-basic", both(ali, basic_request), keys, "ok", alibaba.KEY),
        ("basic-among-keys-of-all", basic_request, keys, "ok", KEY),
        ("huawei-among-keys-of-all", hua, keys, "ok", huawei.KEY),
        ("no-keys-of-its-scheme", hua, alibaba.KEYS + KEYS, "no_signature", None),
        ("none-of-its-scheme-but-retired", hua, alibaba.KEYS + [retired(huawei.SCHEME, huawei.KEY)],
         "retired_sign_key", None),
        ("key-of-another-scheme", huawei.signed(key=alibaba.KEY, secret=alibaba.SECRET), keys,
         "unknown_sign_key", None),
        ("basic-with-an-hmac-key", request("GET", "/", [("Authorization", "Basic " + credentials(
            f"{huawei.KEY}:{huawei.SECRET}"))]), keys, "unknown_sign_key", None),
        ("huawei-beside-basic", {**hua, "headers": hua["headers"] + [
            ["Authorization", f"Basic {good}"]]}, keys, "malformed", None),
        ("huawei-beside-basic-of-basic-keys", {**hua, "headers": hua["headers"] + [
            ["Authorization", f"Basic {good}"]]}, KEYS, "malformed", None),
    ]:
        cases.add(f"mixed/{name}", chosen, req, expect, key)
