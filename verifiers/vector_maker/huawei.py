"""huawei-hmac-sha256: a signer written from the contract, and its edge cases."""

import hashlib
import hmac

from .case import NOW, active, request, retired

SCHEME = "huawei-hmac-sha256"
KEY, SECRET = "signkeysignkey", "signsecretsignsecret"
KEYS = [active(SCHEME, KEY, SECRET)]
DATE = "20260102T030405Z"
HOST = "backend.example.test:8080"
UNSIGNED = "UNSIGNED-PAYLOAD"
BARE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
HEX = b"0123456789abcdefABCDEF"


def decode(raw):
    """Bytes of a text with escapes; a `%` without two hex digits is itself."""
    out, at = bytearray(), 0
    while at < len(raw):
        digits = raw[at + 1 : at + 3]
        if raw[at] == 0x25 and len(digits) == 2 and all(b in HEX for b in digits):
            out.append(int(digits, 16))
            at += 3
        else:
            out.append(raw[at])
            at += 1
    return bytes(out)


def encode(data):
    return "".join(chr(b) if b in BARE else f"%{b:02X}" for b in data)


def canonical_request(method, target, headers, body, names, plus="space"):
    path, _, query = target.partition("?")
    uri = "/".join(encode(segment) for segment in decode(path.encode()).split(b"/"))
    uri += "" if uri.endswith("/") else "/"
    found = []
    for piece in query.encode().split(b"&"):
        if piece:
            name, _, value = (piece.replace(b"+", b" ") if plus == "space" else piece).partition(b"=")
            found.append((decode(name), decode(value)))
    query = "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(found))
    lines, payload = b"", hashlib.sha256(body).hexdigest().encode()
    for name in names.split(";"):
        for value in sorted(values(headers, name)):
            lines += name.encode() + b":" + value + b"\n"
    for value in values(headers, "x-sdk-content-sha256"):
        payload = value
    return b"\n".join([method.upper().encode(), uri.encode(), query.encode(), lines,
                       names.encode(), payload])


def values(headers, name):
    return [(value if isinstance(value, bytes) else value.encode()).strip(b" \t")
            for other, value in headers if other.lower() == name.lower()]


def mac(secret, date, canonical):
    digest = hashlib.sha256(canonical).hexdigest()
    text = f"SDK-HMAC-SHA256\n{date}\n{digest}".encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def signed(method="GET", target="/hello?b=2&a=1", headers=(), body=b"", *, names=None, date=DATE,
           host=HOST, key=KEY, secret=SECRET, plus="space", as_if=None, write=None,
           carrier="Authorization", extra=()):
    """A signed request. `as_if` is what was signed instead; `write` makes the header
    of sign key, list and signature."""
    own = [("Host", host), ("X-Sdk-Date", date), *headers]
    names = ";".join(sorted(["host", "x-sdk-date", *extra])) if names is None else names
    was = dict(method=method, target=target, headers=own, body=body)
    was.update(as_if or {})
    signature = mac(secret, date, canonical_request(
        was["method"], was["target"], was["headers"], was["body"], names, plus))
    write = write or (lambda key, names, signature:
                      f"SDK-HMAC-SHA256 Access={key}, SignedHeaders={names}, Signature={signature}")
    return request(method, target, [*own, (carrier, write(key, names, signature))], body)


def edit(req, name, *new):
    """The request with the header replaced by these values, or dropped."""
    headers = [h for h in req["headers"] if h[0].lower() != name.lower()]
    return {**req, "headers": headers + [[name, value] for value in new]}


def value_of(req, name):
    return next(value for other, value in req["headers"] if other.lower() == name.lower())


def add_to(cases):
    def add(name, req, expect="ok", keys=None, key=KEY, **more):
        cases.add(f"huawei/{name}", keys or KEYS, req, expect, key if expect == "ok" else None,
                  **more)

    add_authorization(add)
    add_lists(add)
    add_dates(add)
    add_targets(add)
    add_payloads(add)
    add_keys(add)


def add_authorization(add):
    good = signed()
    header = value_of(good, "authorization")
    signature = header.rsplit("=", 1)[1]
    add("plain", good)
    add("no-authorization", edit(good, "authorization"), "no_signature")
    for name, value, expect in [
        ("bearer", "Bearer abc", "no_signature"), ("empty", "", "no_signature"),
        ("lower-case-scheme", header.lower(), "no_signature"),
        ("longer-scheme", header.replace("SHA256 ", "SHA256X ", 1), "no_signature"),
        ("other-scheme", header.replace("SHA256", "SM3", 1), "no_signature"),
        ("scheme-only", "SDK-HMAC-SHA256", "malformed"),
        ("scheme-and-blank", "SDK-HMAC-SHA256 ", "malformed"),
        ("no-fields", "SDK-HMAC-SHA256 x", "malformed"),
        ("no-signature", header.rsplit(",", 1)[0], "malformed"),
        ("signature-empty", header.replace(signature, ""), "malformed"),
        ("signature-with-dash", header + "-", "malformed"),
        ("signature-non-ascii", header + "\u00e9", "malformed"),
        ("access-empty", header.replace(KEY, ""), "malformed"),
        ("list-empty", header.replace("host;x-sdk-date", ""), "malformed"),
        ("order-of-fields", header.replace("Access", "x").replace("Signature=", "Access="),
         "malformed"),
        ("field-twice", header + ", Signature=" + signature, "malformed"),
        ("two-blanks-after-comma", header.replace(", ", ",  "), "malformed"),
        ("lower-case-fields", header.replace("Access", "access"), "malformed"),
        ("very-long", header + "0" * 30000, "signature_differs"),
        ("signature-upper-case", header.replace(signature, signature.upper()), "signature_differs"),
        ("signature-one-digit", header[:-1] + "xyz"[len(header) % 3], "signature_differs"),
        ("signature-short", header[:-1], "signature_differs"),
        ("no-blanks-after-commas", header.replace(", ", ","), "ok"),
        ("tabs-after-commas", header.replace(", ", ",\t"), "ok"),
        ("many-blanks-after-scheme", header.replace("SHA256 ", "SHA256 \t  ", 1), "ok"),
        ("blanks-around", f" \t{header}\t ", "ok"),
    ]:
        add(f"authorization-{name}", edit(good, "Authorization", value), expect)
    add("authorization-repeated", edit(good, "Authorization", header, header), "malformed")
    add("authorization-beside-bearer", edit(good, "Authorization", "Bearer x", header), "malformed")
    add("other-header-name", signed(carrier="X-Sign"), options={"header": "X-Sign"})
    add("other-header-name-other-case", signed(carrier="x-SIGN"), options={"header": "X-Sign"})
    add("other-header-name-authorization-free",
        edit(signed(carrier="X-Sign"), "Authorization", "Bearer a", "Bearer b"),
        options={"header": "X-Sign"})
    add("other-header-name-not-used", signed(), "no_signature", options={"header": "X-Sign"})
    for name, change in [("method", {"method": "POST"}), ("path", {"target": "/hell?b=2&a=1"}),
                         ("query", {"target": "/hello?b=2&a=2"}), ("body", {"body": "eA=="})]:
        add(f"{name}-changed", {**good, **change}, "signature_differs")
    add("method-lower-case", {**good, "method": "get"})
    add("target-not-ascii", {**good, "target": "/h\u00e9llo"}, "malformed")


def add_lists(add):
    trace = [("X-Trace", "t-1")]
    good = signed(headers=trace, extra=["x-trace"])
    add("signed-header", good)
    add("signed-header-changed", edit(good, "X-Trace", "t-2"), "signature_differs")
    add("signed-header-gone", edit(good, "X-Trace"), "signed_header_missing")
    add("signed-header-repeated", signed(
        headers=[("X-Trace", "b"), ("x-trace", "a")], extra=["x-trace"]))
    add("signed-header-repeated-other-order", signed(
        headers=[("X-Trace", "a"), ("x-trace", "b")], extra=["x-trace"]))
    add("signed-header-second-value-added", edit(good, "X-Trace", "t-1", "t-2"),
        "signature_differs")
    add("header-names-upper-case",
        {**good, "headers": [[name.upper(), value] for name, value in good["headers"]]})
    add("headers-reversed", {**good, "headers": good["headers"][::-1]})
    add("blanks-around-values",
        {**good, "headers": [[name, f"\t {value} "] for name, value in good["headers"]]})
    add("blanks-inside-value", signed(headers=[("X-Trace", "a   b")], extra=["x-trace"]))
    add("empty-value", signed(headers=[("X-Trace", "")], extra=["x-trace"]))
    add("utf-8-value", signed(headers=[("X-Trace", "签 é")], extra=["x-trace"]))
    add("signed-value-not-utf-8", signed(headers=[("X-Trace", b"\xe9t\xe9")], extra=["x-trace"]),
        "malformed")
    add("unsigned-value-not-utf-8", signed(headers=[("X-Trace", b"\xe9t\xe9")]))
    add("list-not-sorted", signed(headers=trace, names="x-trace;x-sdk-date;host"))
    many = [(f"X-H{n:04}", str(n)) for n in range(1000)]
    lower = [name.lower() for name, _ in many]
    add("a-thousand-headers", signed(headers=many))
    add("100-names", signed(headers=many, extra=lower[:98]))
    add("101-names", signed(headers=many, extra=lower[:99]), "malformed")
    add("a-thousand-names", signed(headers=many, extra=lower[:998]), "malformed")
    for name, listed, expect in [
        ("without-host", "x-sdk-date", "signed_header_missing"),
        ("without-date", "host", "signed_header_missing"),
        ("upper-case", "Host;X-Sdk-Date", "malformed"),
        ("twice", "host;host;x-sdk-date", "malformed"),
        ("twice-apart", "host;x-sdk-date;host", "malformed"),
        ("empty-name", "host;;x-sdk-date", "malformed"),
        ("semicolon-at-the-end", "host;x-sdk-date;", "malformed"),
        ("blank-in-name", "host; x-sdk-date", "malformed"),
        ("colon-in-name", "host;x-sdk-date;x:y", "malformed"),
        ("non-ascii-name", "host;x-sdk-date;x-é", "malformed"),
        ("missing-header", "host;x-missing;x-sdk-date", "signed_header_missing"),
        ("names-authorization", "authorization;host;x-sdk-date", "signature_differs"),
        ("very-long-name", "host;x-sdk-date;" + "x" * 30000, "signed_header_missing"),
        ("missing-and-twice", "host;x-missing;x-missing;x-sdk-date", "malformed"),
    ]:
        add(f"list-{name}", signed(names=listed), expect)
    add("host-changed", edit(good, "Host", "other.example.test"), "signature_differs")
    add("host-case-changed", edit(good, "Host", HOST.upper()), "signature_differs")
    add("host-missing", edit(good, "Host"), "signed_header_missing")
    add("host-twice", edit(good, "Host", HOST, HOST), "malformed")
    add("date-twice", edit(good, "X-Sdk-Date", DATE, DATE), "malformed")
    add("digest-twice", edit(good, "X-Sdk-Content-Sha256", UNSIGNED, UNSIGNED), "malformed")


def add_dates(add):
    for off, expect in [(0, "ok"), (900, "ok"), (-900, "ok"), (901, "expired"), (-901, "expired"),
                        (10**9, "expired"), (-NOW, "expired")]:
        add(f"now-{off:+}", signed(), expect, now=NOW + off)
    for off, expect in [(60, "ok"), (-60, "ok"), (61, "expired"), (-61, "expired")]:
        add(f"window-60-now-{off:+}", signed(), expect, now=NOW + off, options={"window": 60})
    for name, date, expect in [
        ("leap-second", "20260102T030460Z", "malformed"),
        ("second-61", "20260102T030461Z", "malformed"),
        ("minute-60", "20260102T036005Z", "malformed"),
        ("hour-24", "20260102T240000Z", "malformed"),
        ("hour-25", "20260102T250000Z", "malformed"),
        ("month-0", "20260002T030405Z", "malformed"),
        ("month-13", "20261302T030405Z", "malformed"),
        ("day-0", "20260100T030405Z", "malformed"),
        ("day-32", "20260132T030405Z", "malformed"),
        ("april-31", "20260431T030405Z", "malformed"),
        ("february-29", "20260229T030405Z", "malformed"),
        ("february-29-in-1900", "19000229T030405Z", "malformed"),
        ("february-29-in-2000", "20000229T030405Z", "expired"),
        ("lower-case-t", "20260102t030405Z", "malformed"),
        ("lower-case-z", "20260102T030405z", "malformed"),
        ("no-z", "20260102T030405", "malformed"),
        ("with-offset", "20260102T030405+0000", "malformed"),
        ("extended", "2026-01-02T03:04:05Z", "malformed"),
        ("fraction", "20260102T030405.000Z", "malformed"),
        ("date-only", "20260102", "malformed"),
        ("epoch", "1767323045", "malformed"),
        ("epoch-of-16-digits", "1767323045000000", "malformed"),
        ("http-date", "Fri, 02 Jan 2026 03:04:05 GMT", "malformed"),
        ("empty", "", "malformed"),
        ("blank-inside", "20260102 030405Z", "malformed"),
        ("digits-with-blank", "2026 102T030405Z", "malformed"),
        ("signs", "+2026102T030405Z", "malformed"),
        ("minus", "20260102T0304-5Z", "malformed"),
        ("underscore", "2026_102T030405Z", "malformed"),
        ("full-width-digits", "２０２６0102T030405Z", "malformed"),
        ("superscripts", "202601\u00b2\u00b2T0304Z", "malformed"),
        ("far-future", "99991231T235959Z", "expired"),
        ("year-0", "00000101T000000Z", "expired"),
        ("year-1", "00010101T000000Z", "expired"),
        ("1969", "19691231T235959Z", "expired"),
        ("very-long", DATE + "0" * 30000, "malformed"),
    ]:
        add(f"date-{name}", signed(date=date), expect)
    add("date-blanks-around", edit(signed(), "X-Sdk-Date", f" {DATE}\t"))
    add("date-at-leap-day", signed(date="20240229T000000Z"), now=1709164800)
    add("date-at-end-of-2000", signed(date="20001231T235959Z"), now=978307199)
    add("date-missing", edit(signed(), "X-Sdk-Date"), "malformed")
    add("date-moved-within-window", edit(signed(), "X-Sdk-Date", "20260102T030406Z"),
        "signature_differs")
    add("expired-before-signature", signed(secret="x"), "expired", now=NOW + 901)
    add("unknown-key-before-expired", signed(key="nobody"), "unknown_sign_key", now=NOW + 901)
    add("malformed-before-missing", edit(signed(names="x-sdk-date"), "X-Sdk-Date", "x"), "malformed")


def add_targets(add):
    for name, target in [
        ("root", "/"), ("star", "*"), ("slash-at-the-end", "/a/"), ("bare-question-mark", "/p?"),
        ("escaped-slash", "/a%2Fb"), ("escaped-slash-at-the-end", "/a%2F"),
        ("bad-escape", "/a%zz"), ("lone-percent", "/a%"), ("percent-and-digit", "/a%4"),
        ("double-percent", "/a%%41"), ("escaped-percent", "/a%2541"), ("double-slash", "//a//b"),
        ("dot-segments", "/a/./b/../c"), ("not-utf-8", "/%FF%fe"), ("utf-8", "/%e7%ad%be"),
        ("reserved", "/a*!'(),;:@&=$+b"), ("unreserved-escaped", "/%7e%41%2d"),
        ("plus-in-path", "/a+b"), ("query-empty-pieces", "/p?a=1&&b=2&"),
        ("name-only", "/p?a"), ("no-name", "/p?=x&a"), ("only-equals", "/p?="),
        ("only-ampersands", "/p?&&&"), ("equals-in-value", "/p?a=b=c"),
        ("second-question-mark", "/p?a=b?c"), ("repeated", "/p?a=2&a=1&a"),
        ("sort", "/p?a1=1&a=2&a_=4&A=5&b=6"), ("sort-decoded-escapes", "/p?%62=1&a=2"),
        ("escapes", "/p?a=%20%2B%26%3D%25"), ("bad-escapes-in-query", "/p?a=%&b=%4&c=%zz"),
        ("query-not-utf-8", "/p?a=%FF&b=%ff"), ("lower-case-escapes", "/p?a=%e7%ad%be"),
        ("non-bmp", "/p?%EF%BD%9E=1&%F0%9F%98%80=2"), ("semicolons", "/p?a;b=1"),
        ("nul", "/p?a=%00"), ("a-thousand-parameters",
                              "/p?" + "&".join(f"p{n % 997}={n}" for n in range(1000))),
    ]:
        add(f"target-{name}", signed(target=target))
    add("target-plus-as-space", signed(target="/p?q=a+b&a+b=%2B"))
    add("target-plus-as-sign", signed(target="/p?q=a+b&a+b=%2B", plus="sign"))
    add("target-plus-neither", signed(target="/p?q=a+b", as_if={"target": "/p?q=ab"}),
        "signature_differs")
    for name, target, other, expect in [
        ("slash-at-the-end-is-alike", "/a", "/a/", "ok"),
        ("escaped-slash-is-alike", "/a%2Fb", "/a/b", "ok"),
        ("name-only-is-empty", "/p?a", "/p?a=", "ok"),
        ("order-is-alike", "/p?b=1&a=2", "/p?a=2&b=1", "ok"),
        ("empty-query-is-none", "/p?&", "/p", "ok"),
        ("decoded-once", "/a%252Fb", "/a%2Fb", "signature_differs"),
        ("slashes-merged", "/a//b", "/a/b", "signature_differs"),
        ("value-dropped", "/p?a=1&a=2", "/p?a=1", "signature_differs"),
        ("plus-in-path-is-no-space", "/a+b", "/a%20b", "signature_differs"),
    ]:
        add(f"target-{name}", signed(target=target, as_if={"target": other}), expect)


def add_payloads(add):
    body = b'{"id":1}'
    digest = hashlib.sha256(body).hexdigest()

    def stated(value, **more):
        return signed("POST", headers=[("X-Sdk-Content-Sha256", value)], body=body,
                      extra=["x-sdk-content-sha256"], **more)

    for method in ["POST", "PUT", "PATCH", "DELETE", "GET"]:
        good = signed(method, body=body)
        add(f"body-{method}", good)
        add(f"body-{method}-changed", {**good, "body": "e30="}, "signature_differs")
    add("body-binary", signed("POST", body=bytes(range(256))))
    add("body-form", signed("POST", headers=[("Content-Type", "application/x-www-form-urlencoded")],
                            body=b"a=1"))
    good = stated(digest)
    add("digest", good)
    add("digest-body-changed", {**good, "body": "e30="}, "body_digest_differs")
    add("digest-upper-case", stated(digest.upper()))
    add("digest-other", stated("0" * 64), "body_digest_differs")
    add("digest-no-hex", stated("é*"), "body_digest_differs")
    add("digest-empty", stated(""), "body_digest_differs")
    add("digest-not-listed", signed("POST", headers=[("X-Sdk-Content-Sha256", digest)], body=body))
    add("digest-before-signature", stated("0" * 64, secret="x"), "body_digest_differs")
    add("digest-after-expired", stated("0" * 64), "expired", now=NOW + 901)
    free = stated(UNSIGNED)
    add("unsigned-payload", free)
    add("unsigned-payload-body-changed", {**free, "body": "e30="})
    add("unsigned-payload-told-so", free, options={"accept_unsigned_payload": True})
    add("unsigned-payload-refused", free, "body_digest_differs",
        options={"accept_unsigned_payload": False})
    add("unsigned-payload-lower-case", stated(UNSIGNED.lower()), "body_digest_differs")
    add("unsigned-payload-put-in", edit(signed("POST", body=body), "X-Sdk-Content-Sha256", UNSIGNED),
        "signature_differs")
    add("body-at-limit", signed("POST", body=b"x" * 64), options={"body_max": 64})
    add("body-over-limit", signed("POST", body=b"x" * 65), "body_too_large",
        options={"body_max": 64})
    add("body-over-limit-before-malformed", edit(signed("POST", body=b"x" * 65), "X-Sdk-Date"),
        "body_too_large", options={"body_max": 64})


def add_keys(add):
    add("unknown-key", signed(key="nobody"), "unknown_sign_key")
    add("unknown-key-other-case", signed(key=KEY.upper()), "unknown_sign_key")
    add("unknown-key-non-ascii", signed(key="键"), "unknown_sign_key")
    add("sign-key-not-utf-8", edit(signed(), "Authorization", value_of(
        signed(), "authorization").replace(KEY, "\xe9")), "malformed")
    add("wrong-secret", signed(secret="other"), "signature_differs")
    second = active(SCHEME, KEY, "second", version=2)
    add("shared-sign-key-old", signed(), keys=[second, KEYS[0]])
    add("shared-sign-key-new", signed(secret="second"), keys=[KEYS[0], second])
    add("shared-sign-key-neither", signed(secret="x"), "signature_differs", keys=[KEYS[0], second])
    waiting = active(SCHEME, "next-key", "next", state="next", version=2)
    add("next-key", signed(key="next-key", secret="next"), keys=[KEYS[0], waiting], key="next-key")
    gone = retired(SCHEME, "old-key")
    add("retired-key", signed(key="old-key"), "retired_sign_key", keys=[KEYS[0], gone])
    add("retired-before-expired", signed(key="old-key"), "retired_sign_key", keys=[KEYS[0], gone],
        now=NOW + 901)
    add("same-twice", signed())
