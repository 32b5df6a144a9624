"""alibaba-hmac-sha256: a signer written from the contract, and its edge cases."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl

from .case import active, request, retired

SCHEME = "alibaba-hmac-sha256"
SIGNATURE = "X-Ca-Proxy-Signature"
SECRET_KEY = "X-Ca-Proxy-Signature-Secret-Key"
LIST = "X-Ca-Proxy-Signature-Headers"
FORM = "application/x-www-form-urlencoded"
KEY, SECRET = "DemoKey1", "DemoSecret1"
KEYS = [active(SCHEME, KEY, SECRET)]


def utf16(text):
    return text.encode("utf-16-be", "surrogatepass")


def pairs(raw):
    found = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="replace", separator="&")
    return [(name, value) for name, value in found if name]


def string_to_sign(method, target, headers, body):
    """Of a request whose headers have the list already."""

    def of(name):
        return [
            (value if isinstance(value, bytes) else value.encode()).strip(b" \t")
            for other, value in headers
            if other.lower() == name.lower()
        ]

    media = of("content-type")[0].split(b";")[0].strip().lower() if of("content-type") else b""
    is_form = media == FORM.encode()
    lines = [method.upper().encode()]
    digested = method.upper() in ("POST", "PUT") and body and not is_form
    lines.append(base64.b64encode(hashlib.md5(body).digest()) if digested else b"")
    listed = of(LIST)[0].decode().split(",") if of(LIST) and of(LIST)[0] else []
    for name in sorted(listed, key=utf16):
        for value in of(name)[:1]:
            lines.append(name.lower().encode() + b":" + value)
    path, _, query = target.partition("?")
    params = {}
    for name, value in pairs(query.encode()) + (pairs(body) if is_form else []):
        params.setdefault(name, value)
    url = path
    if params:
        url += "?" + "&".join(f"{name}={params[name]}" for name in sorted(params, key=utf16))
    return b"\n".join(lines + [url.encode()])


def mac(secret, text):
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def signed(method="GET", target="/v1/orders?b=2&a=1", headers=(), body=b"", *, names=(),
           key=KEY, secret=SECRET, listed=None, as_if=None):
    """A signed request. `listed` is the list where it is not `names` after the
    secret key's header; `as_if` is the request that was signed instead."""
    listed = ",".join([SECRET_KEY, *names]) if listed is None else listed
    own = [(SECRET_KEY, key), (LIST, listed)]
    was = dict(method=method, target=target, headers=list(headers), body=body)
    was.update(as_if or {})
    text = string_to_sign(was["method"], was["target"], own + list(was["headers"]), was["body"])
    return request(method, target, [*headers, *own, (SIGNATURE, mac(secret, text))], body)


def without(signed_request, name):
    """The request without a header."""
    headers = [h for h in signed_request["headers"] if h[0].lower() != name.lower()]
    return {**signed_request, "headers": headers}


def with_header(signed_request, name, value):
    """The request with a header more."""
    return {**signed_request, "headers": [*signed_request["headers"], [name, value]]}


def add_to(cases):
    def add(name, req, expect="ok", keys=None, key=KEY, **more):
        sign_key = key if expect == "ok" else None
        cases.add(f"alibaba/{name}", keys or KEYS, req, expect, sign_key, **more)

    add_plain(add)
    add_headers(add)
    add_targets(add)
    add_bodies(add)
    add_keys(add)


def add_plain(add):
    add("plain", signed())
    add("nothing-expires", signed(), now=4102444800)
    add("long-ago", signed(), now=0)
    good = signed()
    add("no-signature", without(good, SIGNATURE), "no_signature")
    add("no-headers-at-all", request("GET", "/", []), "no_signature")
    add("no-sign-key-header", without(good, SECRET_KEY), "signed_header_missing")
    add("no-list", without(good, LIST), "signed_header_missing")
    add("empty-list", signed(listed=""), "signed_header_missing")
    add("sign-key-not-listed", signed(headers=[("X-A", "1")], listed="X-A"), "signed_header_missing")
    add("signature-empty", with_header(without(good, SIGNATURE), SIGNATURE, ""), "signature_differs")
    value = dict(good["headers"])[SIGNATURE]
    for name, other in [("no-padding", value.rstrip("=")), ("lower-case", value.lower()),
                        ("twice-as-long", value + value), ("not-base64", "*" * 44),
                        ("non-ascii", "\u00c3\u00a9" * 22), ("in-quotes", f'"{value}"')]:
        add(f"signature-{name}", with_header(without(good, SIGNATURE), SIGNATURE, other),
            "signature_differs")
    add("signature-not-utf-8", with_header(without(good, SIGNATURE), SIGNATURE, "\u00e9" * 44),
        "malformed")
    add("signature-with-blanks-around",
        with_header(without(good, SIGNATURE), SIGNATURE, f" \t{value} "))
    add("signature-repeated", with_header(good, SIGNATURE.lower(), value), "malformed")
    add("sign-key-repeated", with_header(good, SECRET_KEY.lower(), KEY), "malformed")
    add("list-repeated", with_header(good, LIST.upper(), SECRET_KEY), "malformed")
    add("method-changed", {**good, "method": "DELETE"}, "signature_differs")
    add("method-lower-case", {**good, "method": "get"})
    add("target-changed", {**good, "target": "/v1/orders?b=2&a=2"}, "signature_differs")
    add("path-changed", {**good, "target": "/v1/order?b=2&a=1"}, "signature_differs")
    add("query-dropped", {**good, "target": "/v1/orders"}, "signature_differs")
    add("query-reordered", {**good, "target": "/v1/orders?a=1&b=2"})
    add("target-not-ascii", {**good, "target": "/v1/\u00e9"}, "malformed")


def add_headers(add):
    trace = [("X-Trace", "t-1")]
    good = signed(headers=trace, names=["X-Trace"])
    add("signed-header", good)
    add("signed-header-changed",
        with_header(without(good, "x-trace"), "X-Trace", "t-2"), "signature_differs")
    add("signed-header-gone", without(good, "x-trace"), "signed_header_missing")
    add("signed-header-repeated", with_header(good, "x-trace", "t-1"), "malformed")
    add("unsigned-header-repeated", with_header(with_header(good, "X-Other", "1"), "X-Other", "2"))
    add("header-names-lower-case",
        {**good, "headers": [[name.lower(), value] for name, value in good["headers"]]})
    add("header-names-upper-case",
        {**good, "headers": [[name.upper(), value] for name, value in good["headers"]]})
    add("headers-reversed", {**good, "headers": good["headers"][::-1]})
    add("blanks-around-value",
        with_header(without(good, "x-trace"), "X-Trace", " \tt-1\t "))
    add("blanks-inside-value", signed(headers=[("X-Trace", "a  \t b")], names=["X-Trace"]))
    add("empty-value", signed(headers=[("X-Trace", "")], names=["X-Trace"]))
    add("utf-8-value", signed(headers=[("X-Trace", "张三 😀")], names=["X-Trace"]))
    add("signed-value-not-utf-8", signed(headers=[("X-Trace", b"\xe9t\xe9")], names=["X-Trace"]),
        "malformed")
    add("unsigned-value-not-utf-8", signed(headers=[("X-Trace", b"\xe9\xff\x80")]))
    add("sign-key-not-utf-8", with_header(without(good, SECRET_KEY), SECRET_KEY, "\xff"), "malformed")
    add("long-value", signed(headers=[("X-Trace", "x" * 20000)], names=["X-Trace"]))
    many = [(f"X-H{n:04}", str(n)) for n in range(1000)]
    add("a-thousand-headers", signed(headers=many))
    add("100-names", signed(headers=many, names=[name for name, _ in many[:99]]))
    add("101-names", signed(headers=many, names=[name for name, _ in many[:100]]), "malformed")
    add("a-thousand-names", signed(headers=many, names=[name for name, _ in many[:999]]), "malformed")
    add("order-by-spelling", signed(
        headers=[("b-low", "1"), ("Z-Up", "2"), ("A-Up", "3"), ("a-low", "4")],
        names=["b-low", "Z-Up", "A-Up", "a-low"]))
    add("listed-in-lower-case", signed(headers=trace, listed=f"{SECRET_KEY.lower()},x-trace"))
    add("listed-in-mixed-case", signed(headers=trace, listed=f"X-TRACE,{SECRET_KEY.swapcase()}"))
    for name, listed, expect in [
        ("twice", f"{SECRET_KEY},X-Trace,X-Trace", "malformed"),
        ("twice-in-other-case", f"{SECRET_KEY},X-Trace,x-trace", "malformed"),
        ("sign-key-twice", f"{SECRET_KEY},{SECRET_KEY.lower()}", "malformed"),
        ("empty-name", f"{SECRET_KEY},,X-Trace", "malformed"),
        ("comma-at-the-end", f"{SECRET_KEY},X-Trace,", "malformed"),
        ("comma-in-front", f",{SECRET_KEY}", "malformed"),
        ("comma-only", ",", "malformed"),
        ("names-the-signature", f"{SECRET_KEY},{SIGNATURE}", "malformed"),
        ("names-the-signature-lower-case", f"{SECRET_KEY},{SIGNATURE.lower()}", "malformed"),
        ("names-itself", f"{SECRET_KEY},{LIST}", "malformed"),
        ("blank-before-name", f"{SECRET_KEY}, X-Trace", "signed_header_missing"),
        ("blank-before-sign-key", f"X-Trace, {SECRET_KEY}", "signed_header_missing"),
        ("semicolons", f"{SECRET_KEY};X-Trace", "signed_header_missing"),
        ("missing-header", f"{SECRET_KEY},X-Missing", "signed_header_missing"),
        ("twice-and-missing", f"{SECRET_KEY},X-Missing,X-Missing", "malformed"),
        ("very-long", SECRET_KEY + "," + "x" * 30000, "signed_header_missing"),
        ("non-ascii", f"{SECRET_KEY},X-É", "signed_header_missing"),
        ("not-utf-8", SECRET_KEY.encode() + b",X-\xe9", "malformed"),
        ("pseudo-header", f"{SECRET_KEY},:path", "signed_header_missing"),
    ]:
        bad = signed(headers=trace)
        value = listed if isinstance(listed, bytes) else listed.encode()
        add(f"list-{name}", with_header(without(bad, LIST), LIST, value.decode("latin-1")), expect)


def add_targets(add):
    for name, target in [
        ("root", "/"), ("star", "*"), ("bare-question-mark", "/p?"), ("escaped-slash", "/a%2Fb"),
        ("escaped-slash-lower-case", "/a%2fb"), ("bad-escape", "/a%zz"), ("lone-percent", "/a%"),
        ("double-slash", "//a//b/"), ("dot-segments", "/a/./b/../c"), ("semicolon", "/a;v=1/b"),
        ("escaped-utf-8", "/%E4%B8%AD"), ("escaped-question-mark", "/a%3Fb?c=1"),
        ("second-question-mark", "/a?b=1?c=2"), ("plus-in-path", "/a+b%20c"),
        ("plus", "/p?q=a+b"), ("escaped-space", "/p?q=a%20b"), ("escaped-plus", "/p?q=a%2Bb"),
        ("plus-in-name", "/p?a+b=1"), ("name-only", "/p?a"), ("empty-value", "/p?a="),
        ("no-name", "/p?=x"), ("only-equals", "/p?="), ("ampersands", "/p?&&a=1&&"),
        ("equals-in-value", "/p?a=b=c"), ("first-value-counts", "/p?id=3&id=1&id=2"),
        ("first-value-empty", "/p?id&id=1"), ("escaped-separators", "/p?a=%26%3D%25%23&%3D=1"),
        ("bad-escapes", "/p?a=%&b=%4&c=%zz&d=%%41"), ("not-utf-8", "/p?a=%FF&b=%80%80"),
        ("cut-off-character", "/p?a=%E5%90&b=%F0%9F%98x&c=%C3"),
        ("surrogate-in-utf-8", "/p?a=%ED%A0%80"), ("overlong", "/p?a=%C0%AF"),
        ("byte-order-mark", "/p?a=%EF%BB%BF1&%EF%BB%BFb=2"), ("nul-and-line-ends", "/p?a=%00%0A%0D"),
        ("names-equal-when-decoded", "/p?%FF=1&%FE=2&a=3"), ("semicolons", "/p?a;b=1;c=2"),
        ("sort-ascii", "/p?b=1&B=2&a10=3&a2=4&_x=5&1=6&~=7&a=8"),
        ("sort-prefix", "/p?ab=1&a=2&a%00=3&a%21=4"),
        ("sort-non-bmp", "/p?%EF%BD%9E=1&%F0%9F%98%80=2&%C3%A9=3&%E4%B8%AD=4"),
        ("sort-non-bmp-in-the-middle", "/p?x%EF%BF%BD=1&x%F0%90%80%80=2&x%EE%80%80=3"),
        ("underscores-and-brackets", "/p?a[0]=1&a[1]=2&__proto__=3&constructor=4"),
        ("a-thousand-parameters", "/p?" + "&".join(f"p{n}={n}" for n in range(1000))),
    ]:
        add(f"target-{name}", signed(target=target))
    for name, target, other in [
        ("path-decoded", "/a%2Fb", "/a/b"), ("path-escape-case", "/a%2Fb", "/a%2fb"),
        ("trailing-slash", "/a", "/a/"), ("second-value-first", "/p?id=3&id=1", "/p?id=1&id=3"),
        ("slashes-merged", "/a//b", "/a/b"), ("dots-resolved", "/a/../b", "/b"),
        ("question-mark-added", "/p?a=", "/p"),
    ]:
        add(f"target-not-{name}", signed(target=target, as_if={"target": other}),
            "signature_differs")
    for name, target, other in [
        ("plus-is-space", "/p?q=a+b", "/p?q=a%20b"), ("name-only-is-empty", "/p?a", "/p?a="),
        ("second-value-is-not-signed", "/p?id=3&id=1", "/p?id=3&id=9"),
        ("no-name-is-not-signed", "/p?a=1&=x", "/p?a=1"),
        ("bare-question-mark-is-nothing", "/p?", "/p"),
    ]:
        add(f"target-{name}", signed(target=target, as_if={"target": other}))


def add_bodies(add):
    json_type = ("Content-Type", "application/json")
    body = b'{"id":1}'
    for method in ["POST", "PUT"]:
        good = signed(method, headers=[json_type], body=body)
        add(f"body-{method}", good)
        add(f"body-{method}-changed", {**good, "body": "e30="}, "signature_differs")
        add(f"body-{method}-removed", {**good, "body": ""}, "signature_differs")
        add(f"body-{method}-empty", signed(method, headers=[json_type]))
    for method in ["PATCH", "DELETE", "GET", "OPTIONS"]:
        good = signed(method, headers=[json_type], body=body)
        add(f"body-{method}-is-not-signed", {**good, "body": "e30="})
    add("body-post-lower-case", signed("post", body=body))
    add("body-without-type", signed("POST", body=body))
    add("body-multipart", signed(
        "POST", headers=[("Content-Type", "multipart/form-data; boundary=x")], body=b"--x--"))
    add("body-of-one-blank", signed("POST", body=b" "))
    add("body-binary", signed("PUT", body=bytes(range(256))))

    md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
    other = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    sent = [json_type, ("Content-MD5", md5)]
    good = signed("POST", headers=sent, body=body)
    add("content-md5", good)
    add("content-md5-body-changed", {**good, "body": "e30="}, "body_digest_differs")
    add("content-md5-removed", without(good, "content-md5"))
    add("content-md5-other", signed("POST", headers=[("Content-MD5", other)], body=body),
        "body_digest_differs")
    add("content-md5-twice", with_header(good, "content-md5", md5))
    add("content-md5-twice-one-other", with_header(good, "content-md5", other),
        "body_digest_differs")
    add("content-md5-no-base64", signed("POST", headers=[("Content-MD5", "é*")], body=body),
        "body_digest_differs")
    add("content-md5-empty", signed("POST", headers=[("Content-MD5", "")], body=body),
        "body_digest_differs")
    add("content-md5-in-hex", signed(
        "POST", headers=[("Content-MD5", hashlib.md5(body).hexdigest())], body=body),
        "body_digest_differs")
    add("content-md5-of-patch", signed("PATCH", headers=sent, body=body))
    add("content-md5-of-patch-other", signed("PATCH", headers=[("Content-MD5", other)], body=body),
        "body_digest_differs")
    add("content-md5-before-signature",
        {**with_header(without(good, SIGNATURE), SIGNATURE, "x"), "body": "e30="},
        "body_digest_differs")
    add("content-md5-after-unknown-key",
        {**signed("POST", headers=sent, body=body, key="Nobody"), "body": "e30="},
        "unknown_sign_key")

    form = [("Content-Type", FORM)]
    fields = b"b=2&a=f+1"
    add("form", signed("POST", "/p", form, fields))
    add("form-and-query", signed("POST", "/p?c=3", form, fields))
    add("form-same-name-as-query", signed("POST", "/p?a=q", form, fields))
    add("form-same-name-form-changed", signed(
        "POST", "/p?a=q", form, b"a=f&b=2", as_if={"body": b"a=x&b=2"}))
    add("form-same-name-query-changed", signed(
        "POST", "/p?a=q", form, b"a=f&b=2", as_if={"target": "/p?a=x"}), "signature_differs")
    add("form-changed", signed("POST", "/p", form, fields, as_if={"body": b"b=2&a=f"}),
        "signature_differs")
    add("form-moved-to-query", signed("POST", "/p?a=1", form, b"", as_if={
        "target": "/p", "body": b"a=1"}))
    for method in ["PUT", "PATCH", "DELETE", "GET"]:
        add(f"form-{method}", signed(method, "/p?c=3", form, fields))
    for name, value in [("charset", FORM + "; charset=UTF-8"), ("upper-case", FORM.upper()),
                        ("odd-parameters", FORM + " ;x=y;;charset=\"utf-8\""),
                        ("other-charset", FORM + "; charset=gbk")]:
        add(f"form-type-{name}", signed("POST", "/p", [("Content-Type", value)], fields))
    add("form-type-longer", signed("POST", "/p", [("Content-Type", FORM + "x")], fields))
    add("form-type-blank-inside", signed(
        "POST", "/p", [("Content-Type", "application/ x-www-form-urlencoded")], fields))
    add("form-type-twice-first-counts", signed(
        "POST", "/p", [("Content-Type", FORM), ("content-type", "text/plain")], fields))
    add("form-not-utf-8", signed("POST", "/p", form, b"a=%FF&%E5%90=1"))
    add("form-non-bmp", signed("POST", "/p?%EF%BD%9E=1", form, b"%F0%9F%98%80=2"))
    add("form-of-nothing", signed("POST", "/p", form, b"&&=x"))
    add("form-content-md5", signed("POST", "/p", [*form, (
        "Content-MD5", base64.b64encode(hashlib.md5(fields).digest()))], fields))
    add("form-content-md5-other", signed("POST", "/p", [*form, ("Content-MD5", other)], fields),
        "body_digest_differs")

    add("body-at-limit", signed("POST", body=b"x" * 64), options={"body_max": 64})
    add("body-over-limit", signed("POST", body=b"x" * 65), "body_too_large",
        options={"body_max": 64})
    add("body-over-limit-patch", signed("PATCH", body=b"x" * 65), "body_too_large",
        options={"body_max": 64})
    add("body-over-limit-before-malformed", signed("POST", body=b"x" * 65, listed=","),
        "body_too_large", options={"body_max": 64})
    add("body-over-limit-after-no-signature",
        without(signed("POST", body=b"x" * 65), SIGNATURE), "no_signature",
        options={"body_max": 64})


def add_keys(add):
    add("unknown-key", signed(key="Nobody"), "unknown_sign_key")
    add("unknown-key-in-other-case", signed(key=KEY.lower()), "unknown_sign_key")
    add("unknown-key-empty", signed(key=""), "unknown_sign_key")
    add("unknown-key-non-ascii", signed(key="键"), "unknown_sign_key")
    add("unknown-key-very-long", signed(key="k" * 30000), "unknown_sign_key")
    add("wrong-secret", signed(secret="other"), "signature_differs")
    second = active(SCHEME, KEY, "DemoSecret2", version=2)
    for name, keys in [("old-first", [KEYS[0], second]), ("new-first", [second, KEYS[0]])]:
        for secret in [SECRET, "DemoSecret2"]:
            add(f"shared-sign-key-{name}-{secret}", signed(secret=secret), keys=keys)
        add(f"shared-sign-key-{name}-neither", signed(secret="x"), "signature_differs", keys=keys)
    waiting = active(SCHEME, "DemoKey2", "DemoSecret2", state="next", version=2)
    add("next-key", signed(key="DemoKey2", secret="DemoSecret2"), keys=[KEYS[0], waiting],
        key="DemoKey2")
    add("active-beside-next", signed(), keys=[waiting, KEYS[0]])
    gone = retired(SCHEME, "DemoKey0")
    add("retired-key", signed(key="DemoKey0", secret="s"), "retired_sign_key", keys=[KEYS[0], gone])
    add("retired-key-alone", signed(key="DemoKey0", secret="s"), "retired_sign_key", keys=[gone])
    add("retired-and-active-share", signed(), keys=[retired(SCHEME, KEY), KEYS[0]])
    add("retired-and-active-share-old-secret", signed(secret="old"), "signature_differs",
        keys=[retired(SCHEME, KEY), KEYS[0]])
    add("retired-after-missing", signed(key="DemoKey0", listed=SECRET_KEY + ",X-Missing"),
        "signed_header_missing", keys=[KEYS[0], gone])
    add("secret-in-utf-8", signed(secret="密 钥"), keys=[active(SCHEME, KEY, "密 钥")])
    add("no-keys", signed(), "no_signature", keys=[active("basic", "k", "s")])
    add("two-names", signed(key="b", secret="2"), key="b",
        keys=[active(SCHEME, "a", "1", name="one"), active(SCHEME, "b", "2", name="two")])
