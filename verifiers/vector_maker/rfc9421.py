"""RFC 9421 with four algorithms: a signer written from the contract, and its edge cases."""

import base64
import hashlib
import hmac

from . import alibaba, key_pairs
from .case import NOW, active, latin1, request, retired
from .key_pair import KeyPair

HMAC, PAIR = "rfc9421-hmac-sha256", "rfc9421-key-pair"
KEY, SECRET = "shared-key", "shared-secret"
KEYS = [active(HMAC, KEY, SECRET)]
HOST = "backend.example.test:8080"
ED25519 = KeyPair(key_pairs.ED25519)
ED25519_OTHER = KeyPair(key_pairs.ED25519_OTHER)
P256 = KeyPair(key_pairs.P256)
RSA = KeyPair(key_pairs.RSA)


class Shared:
    """A shared secret."""

    algorithm, thumbprint = "hmac-sha256", KEY

    def __init__(self, secret=SECRET):
        self.secret = secret.encode()

    def sign(self, base):
        return hmac.new(self.secret, base, hashlib.sha256).digest()


def pair_key(pair, sign_key=None, state="active"):
    return {"scheme": PAIR, "sign_key": sign_key or pair.thumbprint, "public_key": pair.public_key,
            "name": "orders", "version": 1, "state": state}


def digest_of(body, algorithm="sha-256"):
    digest = hashlib.new(algorithm.replace("-", ""), body).digest()
    return f"{algorithm}=:{base64.b64encode(digest).decode()}:"


def component_value(name, method, target, headers):
    path, mark, query = target.partition("?")

    def field(wanted):
        return ", ".join(v.strip(" \t") for n, v in headers if n.lower() == wanted)

    derived = {"@method": method, "@authority": field("host").lower(), "@path": path or "/",
               "@query": "?" + query}
    return derived[name] if name.startswith("@") else field(name)


def signed(method="GET", target="/v1/orders?b=2&a=1", headers=(), body=b"", *, by=None, key_id=None,
           names=None, params=None, extra=(), label="countersign", host=HOST, as_if=None,
           items=None, alg=False, more_params="", digest=None):
    """A signed request. `names` are the components, `items` their list as written;
    `params` the parameters as written; `as_if` what was signed instead."""
    by = by or Shared()
    sent = [("Host", host), *headers]
    if body and digest is None:
        digest = digest_of(body)
    if digest:
        sent.append(("Content-Digest", digest))
    if names is None:
        names = ["@method", "@authority", "@path", *(["@query"] if "?" in target else []),
                 *(["content-digest"] if digest else []), *extra]
    if params is None:
        params = f';created={NOW};keyid="{key_id or by.thumbprint}";nonce="n-1"'
        params += f';alg="{by.algorithm}"' if alg else ""
    params += more_params
    items = "(" + " ".join(f'"{name}"' for name in names) + ")" if items is None else items
    was = dict(method=method, target=target, headers=sent)
    was.update(as_if or {})
    lines = [f'"{name}": {component_value(name, **was)}' for name in names]
    base = "\n".join([*lines, f'"@signature-params": {items}{params}'])
    signature = base64.b64encode(by.sign(base.encode("latin-1"))).decode()
    return request(method, target, [
        *sent, ("Signature-Input", f"{label}={items}{params}"),
        ("Signature", f"{label}=:{signature}:")], body)


def header(req, name):
    return next(value for other, value in req["headers"] if other.lower() == name.lower())


def edit(req, name, *new):
    headers = [h for h in req["headers"] if h[0].lower() != name.lower()]
    return {**req, "headers": headers + [[name, value] for value in new]}


def add_to(cases):
    def add(name, req, expect="ok", keys=None, key=KEY, **more):
        cases.add(f"rfc9421/{name}", keys or KEYS, req, expect, key if expect == "ok" else None,
                  **more)

    add_algorithms(add)
    add_labels(add)
    add_components(add)
    add_params(add)
    add_bodies(add)
    add_keys(add)


def add_algorithms(add):
    for by in [Shared(), ED25519, P256, RSA]:
        name = by.algorithm
        keys = KEYS if isinstance(by, Shared) else [pair_key(by)]
        good = signed("POST", body=b'{"id":1}', by=by)
        more = {"keys": keys, "key": by.thumbprint}
        add(f"{name}", good, **more)
        add(f"{name}-named", signed(by=by, alg=True), **more)
        add(f"{name}-body-changed", {**good, "body": "e30="}, "body_digest_differs", keys=keys)
        add(f"{name}-method-changed", {**good, "method": "PUT"}, "signature_differs", keys=keys)
        add(f"{name}-path-changed", {**good, "target": "/v1/order?b=2&a=1"}, "signature_differs",
            keys=keys)
        raw = base64.b64decode(header(good, "signature").split(":")[1])
        for change, data in [("cut", raw[:-1]), ("longer", raw + b"\0"), ("empty", b""),
                             ("flipped", bytes([raw[0] ^ 1]) + raw[1:]), ("zeros", bytes(len(raw)))]:
            text = f"countersign=:{base64.b64encode(data).decode()}:"
            add(f"{name}-signature-{change}", edit(good, "Signature", text), "signature_differs",
                keys=keys)
        other = "ed25519" if name != "ed25519" else "hmac-sha256"
        for alg in [other, "none", "", "rsa-v1_5-sha256", name.upper()]:
            add(f"{name}-named-{alg or 'nothing'}", signed(by=by, more_params=f';alg="{alg}"'),
                "malformed", keys=keys)
    add("key-pair-of-another-name", signed(by=ED25519), key="pair-1",
        keys=[pair_key(ED25519, "pair-1")])
    add("key-pair-by-another-name", signed(by=ED25519, key_id="pair-1"), "unknown_sign_key",
        keys=[pair_key(ED25519, "pair-1")])
    add("all-key-pairs", signed(by=P256), key=P256.thumbprint,
        keys=[*KEYS, pair_key(ED25519), pair_key(RSA), pair_key(P256)])
    add("other-key-pair-with-this-id", signed(by=ED25519_OTHER, key_id=ED25519.thumbprint),
        "signature_differs", keys=[pair_key(ED25519)])
    add("public-key-as-shared-secret", signed(by=Shared(ED25519.public_key),
                                              key_id=ED25519.thumbprint),
        "signature_differs", keys=[pair_key(ED25519)])


def add_labels(add):
    good = signed()
    inputs, signature = header(good, "signature-input"), header(good, "signature")
    add("no-signature", edit(edit(good, "Signature"), "Signature-Input"), "no_signature")
    add("other-label", signed(label="sig1"), "no_signature")
    add("label-in-upper-case", edit(good, "Signature-Input", inputs.capitalize()), "malformed")
    add("label-beginning-alike", signed(label="countersign2"), "no_signature")
    add("no-signature-input", edit(good, "Signature-Input"), "no_signature")
    add("signature-input-empty", edit(good, "Signature-Input", ""), "no_signature")
    add("no-bytes", edit(good, "Signature"), "malformed")
    other = signed(label="sig1", by=Shared("other"), key_id="other")
    for name, first, second in [("before", other, good), ("after", good, other)]:
        for form in ["one-line", "two-lines"]:
            joined = [good]
            for field in ["Signature-Input", "Signature"]:
                lines = [header(first, field), header(second, field)]
                lines = [", ".join(lines)] if form == "one-line" else lines
                joined.append(edit(joined[-1], field, *lines))
            add(f"another-signature-{name}-in-{form}", joined[-1])
    add("many-signatures", edit(edit(good, "Signature", ", ".join(
        f"s{n}=:AA==:" for n in range(7)) + ", " + signature), "Signature-Input", ", ".join(
            f"s{n}=()" for n in range(7)) + ", " + inputs))
    add("a-hundred-signatures", edit(good, "Signature-Input", ", ".join(
        f"s{n}=()" for n in range(99)) + ", " + inputs), "malformed")
    for name, value in [
        ("no-dictionary", "(((("), ("comma-at-the-end", inputs + ","), ("non-ascii", inputs + ";x=é"),
        ("quote-open", inputs + ';x="'), ("list-open", "countersign=("), ("twice", f"{inputs}, {inputs}"),
        ("token", "countersign=abc"), ("bare-key", "countersign"), ("string", 'countersign="x"'),
        ("bytes", "countersign=:AA==:"), ("numbers-in-list", "countersign=(1 2);created=1"),
        ("tokens-in-list", "countersign=(method);created=1"), ("very-long", inputs + " " * 30000 + "x"),
        ("nested", "countersign=(((\"@method\")))"), ("nul", inputs + "\u0001"),
    ]:
        add(f"signature-input-{name}", edit(good, "Signature-Input", value), "malformed")
    add("signature-input-on-two-lines-twice", edit(good, "Signature-Input", inputs, inputs),
        "malformed")
    for name, value in [
        ("token", "countersign=abc"), ("other-label", signature.replace("countersign", "sig1")),
        ("no-base64", "countersign=:***:"), ("open", "countersign=:AA=="), ("empty", ""),
        ("list", "countersign=(:AA==:)"), ("twice", f"{signature}, {signature}"),
        ("non-ascii", "countersign=:é:"),
    ]:
        add(f"signature-{name}", edit(good, "Signature", value), "malformed")
    digits = signature.split(":")[1].rstrip("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    loose = digits[:-1] + alphabet[alphabet.index(digits[-1]) + 1]
    # RFC 8941 section 4.2.7 wants padding to be put in and loose bits to be passed over.
    for name, text, expect in [
        ("without-padding", digits, "ok"), ("loose-bits", loose + "=", "ok"),
        ("loose-bits-without-padding", loose, "ok"), ("too-much-padding", digits + "==", "malformed"),
        ("padding-inside", f"{digits[:-2]}={digits[-2:]}", "malformed"),
        ("of-45-digits", digits + "AA", "malformed"),
    ]:
        add(f"signature-{name}", edit(good, "Signature", f"countersign=:{text}:"), expect)
    add("blanks-around", edit(edit(good, "Signature", f" \t{signature} "), "Signature-Input",
                              f"  {inputs}\t"))
    add("header-names-upper-case",
        {**good, "headers": [[name.upper(), value] for name, value in good["headers"]]})


def add_components(add):
    trace = [("X-Trace", "t-1")]
    good = signed(headers=trace, extra=["x-trace"])
    add("field", good)
    add("field-changed", edit(good, "X-Trace", "t-2"), "signature_differs")
    add("field-gone", edit(good, "X-Trace"), "signed_header_missing")
    add("field-repeated", signed(headers=[("X-Trace", "b "), ("x-trace", " a")], extra=["x-trace"]))
    add("field-line-added", edit(good, "X-Trace", "t-1", "t-2"), "signature_differs")
    add("field-empty", signed(headers=[("X-Trace", "")], extra=["x-trace"]))
    add("field-blanks-inside", signed(headers=[("X-Trace", "a  \t b")], extra=["x-trace"]))
    add("field-not-ascii", edit(good, "X-Trace", "\u00e9"), "malformed")
    add("field-not-covered-not-ascii", edit(signed(), "X-Other", "\u00e9\u0080"))
    add("order-of-components", signed(names=["@query", "@path", "@method", "@authority"]))
    full = ["@method", "@authority", "@path", "@query"]
    for name in full:
        add(f"without-{name[1:]}", signed(names=[other for other in full if other != name]),
            "signed_header_missing")
    add("nothing-covered", signed(names=[]), "signed_header_missing")
    add("no-query", signed(target="/v1/orders"))
    add("no-query-but-covered", signed(target="/p", names=full))
    add("no-query-covered-then-added", {**signed(target="/p"), "target": "/p?"},
        "signed_header_missing")
    add("bare-question-mark", signed(target="/p?"))
    for name, target in [
        ("escaped-slash", "/a%2Fb"), ("escape-case", "/a%2fb"), ("bad-escape", "/a%zz?b=%"),
        ("double-slash", "//a//b"), ("dots", "/a/../b/."), ("plus", "/p?a=b+c"),
        ("query-order", "/p?b=2&a=1&&=x"), ("second-question-mark", "/p?a?b"), ("star", "*"),
    ]:
        add(f"target-{name}", signed(target=target))
    for name, target, other in [("decoded-path", "/a%2Fb", "/a/b"), ("escape-case", "/a%2Fb", "/a%2fb"),
                                ("sorted-query", "/p?b=2&a=1", "/p?a=1&b=2"),
                                ("plus", "/p?a=b+c", "/p?a=b%20c")]:
        add(f"target-not-{name}", signed(target=target, as_if={"target": other}),
            "signature_differs")
    add("method-case-counts", {**signed(), "method": "get"}, "signature_differs")
    add("method-lower-case", signed("get"))
    add("target-not-ascii", {**signed(), "target": "/v1/\u00e9?b=2"}, "malformed")
    plain = signed()
    add("host-case-is-alike", edit(plain, "Host", HOST.upper()))
    add("host-changed", edit(plain, "Host", "other.example.test"), "signature_differs")
    add("host-missing", edit(plain, "Host"), "signed_header_missing")
    # The signature fits: who does not look at the bytes accepts it.
    foreign = "\u4e2d.example"
    add("host-not-ascii", signed(host=foreign, as_if={"headers": [("Host", latin1(foreign))]}),
        "malformed")
    add("host-twice", edit(plain, "Host", HOST, HOST), "malformed")
    for port in ["80", "443"]:
        add(f"port-{port}-left-off", edit(signed(host="a.example"), "Host", f"a.example:{port}"))
        add(f"port-{port}-kept", signed(host=f"a.example:{port}"))
        add(f"port-{port}-put-in", edit(signed(host=f"a.example:{port}"), "Host", "a.example"),
            "signature_differs")
    add("port-8080-not-left-off", edit(signed(host="a.example"), "Host", "a.example:8080"),
        "signature_differs")
    add("host-ipv6", signed(host="[2001:db8::1]:8443"))
    names = "@method @authority @path @query".split()
    listed = " ".join(f'"{name}"' for name in names)
    for name, items in [
        ("twice", f'({listed} "@method")'), ("sf", f'({listed} "x-trace";sf)'),
        ("bs", f'({listed} "x-trace";bs)'), ("req", f'({listed} "x-trace";req)'),
        ("key", f'({listed} "x-trace";key="a")'), ("tr", f'({listed} "x-trace";tr)'),
        ("unknown-parameter", f'({listed} "x-trace";x=1)'), ("parameter-on-method",
         f'("@method";x "@authority" "@path" "@query")'), ("upper-case", f'({listed} "X-Trace")'),
        ("empty-name", f'({listed} "")'), ("unknown-derived", f'({listed} "@foo")'),
        ("status", f'({listed} "@status")'), ("query-param", f'({listed} "@query-param";name="a")'),
        ("query-param-bare", f'({listed} "@query-param")'),
        ("signature-params", f'({listed} "@signature-params")'),
        ("scheme", f'({listed} "@scheme")'), ("target-uri", f'({listed} "@target-uri")'),
        ("request-target", f'({listed} "@request-target")'),
        ("blank-in-name", f'({listed} "x trace")'), ("two-blanks-are-one", None),
        ("line-end-in-name", f'({listed} "x\\ny")'),
    ]:
        if items is not None:
            add(f"component-{name}", signed(headers=trace, names=names, items=items), "malformed")
    many = [(f"X-H{n:04}", str(n)) for n in range(1000)]
    lower = [name.lower() for name, _ in many]
    add("a-thousand-headers", signed(headers=many))
    add("64-components", signed(headers=many, extra=lower[:60]))
    add("65-components", signed(headers=many, extra=lower[:61]), "malformed")
    add("a-thousand-components", signed(headers=many, extra=lower[:996]), "malformed")
    add("list-with-more-blanks", edit(plain, "Signature-Input", header(plain, "signature-input")
                                      .replace("(", "(  ").replace(")", "   )").replace(
                                          ";created", "; created")))


def add_params(add):
    def of(text, **more):
        return signed(params=text, **more)

    full = f';created={NOW};keyid="{KEY}";nonce="n-1"'
    for off, expect in [(900, "ok"), (-900, "ok"), (901, "expired"), (-901, "expired"),
                        (10**9, "expired")]:
        add(f"now-{off:+}", signed(), expect, now=NOW + off)
    add("window-60-at-limit", signed(), now=NOW + 60, options={"window": 60})
    add("window-60-beyond", signed(), "expired", now=NOW + 61, options={"window": 60})
    for name, params, expect in [
        ("no-created", f';keyid="{KEY}";nonce="n"', "malformed"),
        ("no-keyid", f';created={NOW};nonce="n"', "malformed"),
        ("no-nonce", f';created={NOW};keyid="{KEY}"', "malformed"),
        ("no-parameters", "", "malformed"),
        ("created-a-string", f';created="{NOW}";keyid="{KEY}";nonce="n"', "malformed"),
        ("created-a-decimal", f';created={NOW}.0;keyid="{KEY}";nonce="n"', "malformed"),
        ("created-a-token", f';created=now;keyid="{KEY}";nonce="n"', "malformed"),
        ("created-a-date", f';created=@{NOW};keyid="{KEY}";nonce="n"', "malformed"),
        ("created-bare", f';created;keyid="{KEY}";nonce="n"', "malformed"),
        ("created-negative", f';created=-1;keyid="{KEY}";nonce="n"', "expired"),
        ("created-zero", f';created=0;keyid="{KEY}";nonce="n"', "expired"),
        ("created-far-future", f';created=999999999999999;keyid="{KEY}";nonce="n"', "expired"),
        ("created-of-16-digits", f';created=9999999999999999;keyid="{KEY}";nonce="n"', "malformed"),
        ("created-in-milliseconds", f';created={NOW}000;keyid="{KEY}";nonce="n"', "expired"),
        ("keyid-a-token", f";created={NOW};keyid=shared-key;nonce=\"n\"", "malformed"),
        ("nonce-a-number", f';created={NOW};keyid="{KEY}";nonce=1', "malformed"),
        ("nonce-bytes", f';created={NOW};keyid="{KEY}";nonce=:AA==:', "malformed"),
        ("created-twice", full + f";created={NOW}", "malformed"),
        ("nonce-twice", full + ';nonce="m"', "malformed"),
        ("alg-a-token", full + ";alg=hmac-sha256", "malformed"),
        ("alg-a-number", full + ";alg=1", "malformed"),
        ("expires-later", full + f";expires={NOW + 1}", "ok"),
        ("expires-now", full + f";expires={NOW}", "ok"),
        ("expires-a-second-ago", full + f";expires={NOW - 1}", "expired"),
        ("expires-a-string", full + f';expires="{NOW + 1}"', "malformed"),
        ("expires-far-future", full + ";expires=999999999999999", "ok"),
        ("tag", full + ';tag="countersign"', "ok"),
        ("tag-a-token", full + ";tag=x", "malformed"),
        ("unknown-parameters", full + ';x=1;y="z";w;v=tok;u=:AA==:;t=1.5;s=?0', "ok"),
        ("order", f';nonce="n-1";alg="hmac-sha256";keyid="{KEY}";created={NOW}', "ok"),
        ("escapes-in-nonce", f';created={NOW};keyid="{KEY}";nonce="a\\"b\\\\c d"', "ok"),
        ("long-nonce", f';created={NOW};keyid="{KEY}";nonce="{"n" * 4000}"', "ok"),
        ("many-parameters", full + "".join(f";p{n}" for n in range(100)), "malformed"),
        ("16-parameters", full + "".join(f";p{n}" for n in range(13)), "ok"),
        ("17-parameters", full + "".join(f";p{n}" for n in range(14)), "malformed"),
    ]:
        add(f"params-{name}", of(params), expect)
    # Numbers, bytes and booleans are signed as RFC 8941 section 4.1 writes them.
    for name, sent, written in [
        ("decimal-minus-nothing", "-0.0", "0.0"), ("decimal-minus-000", "-0.000", "0.0"),
        ("decimal-minus", "-0.50", "-0.5"), ("decimal-zeros", "001.010", "1.01"),
        ("integer-minus-nothing", "-0", "0"), ("integer-zeros", "-007", "-7"),
        ("bytes-without-padding", ":aGk:", ":aGk=:"), ("bytes-loose-bits", ":aGl=:", ":aGk=:"),
        ("boolean", "?1", None),
    ]:
        was = signed(more_params=f";x={written}" if written else ";x")
        fields = header(was, "signature-input")
        add(f"params-written-anew-{name}", edit(was, "Signature-Input", fields[:fields.rindex(";x")]
                                                + f";x={sent}"))
    good = signed()
    add("params-changed", edit(good, "Signature-Input", header(good, "signature-input").replace(
        '"n-1"', '"n-2"')), "signature_differs")
    add("params-dropped", edit(signed(more_params=';tag="x"'), "Signature-Input", header(
        good, "signature-input")), "signature_differs")
    add("replayed", good, "replayed", seen=[[KEY, "n-1"]])
    add("replayed-among-many", good, "replayed", seen=[[KEY, "n-0"], ["x", "n-1"], [KEY, "n-1"]])
    add("not-replayed-other-nonce", good, seen=[[KEY, "n-2"], [KEY, "n-"], [KEY, ""]])
    add("not-replayed-other-key", good, seen=[["shared-key2", "n-1"], ["", "n-1"]])
    add("not-replayed-shifted", good, seen=[[KEY + "n", "-1"], [KEY[:-1], KEY[-1] + "n-1"]])
    add("signature-before-replay", signed(by=Shared("x")), "signature_differs", seen=[[KEY, "n-1"]])
    add("replayed-key-pair", signed(by=ED25519), "replayed", keys=[pair_key(ED25519)],
        seen=[[ED25519.thumbprint, "n-1"]])
    add("replayed-key-pair-of-another-name", signed(by=ED25519), "replayed",
        keys=[pair_key(ED25519, "pair-1")], seen=[[ED25519.thumbprint, "n-1"]])
    add("expired-before-signature", signed(by=Shared("x")), "expired", now=NOW + 901)
    add("unknown-before-expired", signed(key_id="nobody"), "unknown_sign_key", now=NOW + 901)
    add("missing-before-unknown", signed(key_id="nobody", names=["@path"]), "signed_header_missing")
    add("malformed-before-missing", signed(names=["@path"], params=";created=1"), "malformed")
    add("alg-before-missing", signed(names=["@path"], more_params=';alg="ed25519"'), "malformed")


def add_bodies(add):
    body = b'{"id":1}'
    good = signed("POST", body=body)
    open_body = {"accept_unsigned_payload": False}
    add("digest-refuses-uncovered-ok", good, options=open_body)
    add("digest-header-gone", edit(good, "Content-Digest"), "signed_header_missing")
    uncovered = signed("POST", body=body, digest="")
    add("uncovered-body", uncovered)
    add("uncovered-body-changed", {**uncovered, "body": "e30="})
    add("uncovered-body-told-so", uncovered, options={"accept_unsigned_payload": True})
    add("uncovered-body-refused", uncovered, "signed_header_missing", options=open_body)
    add("uncovered-empty-body", signed("POST"), options=open_body)
    bare = ["@method", "@authority", "@path", "@query"]
    add("digest-not-covered", signed("POST", body=body, names=bare))
    add("digest-not-covered-refused", signed("POST", body=body, names=bare),
        "signed_header_missing", options=open_body)
    add("digest-not-covered-other", {**signed("POST", body=body, names=bare), "body": "e30="})
    for name, digest, expect in [
        ("other", digest_of(b"x"), "body_digest_differs"),
        ("sha-512-only", digest_of(body, "sha-512"), "body_digest_differs"),
        ("md5-only", "md5=:AA==:", "body_digest_differs"),
        ("sha-512-beside", f"{digest_of(body, 'sha-512')}, {digest_of(body)}", "ok"),
        ("unknown-beside", f"{digest_of(body)}, x=:AA==:", "ok"),
        ("token", "sha-256=abc", "body_digest_differs"),
        ("hex", f"sha-256={hashlib.sha256(body).hexdigest()}", "body_digest_differs"),
        ("cut", digest_of(body)[:-5] + ":", "body_digest_differs"),
        ("unreadable", "((", "body_digest_differs"),
        ("without-padding", digest_of(body).replace("=:", ":").replace("sha-256:", "sha-256=:"), "ok"),
        ("upper-case", digest_of(body).replace("sha", "SHA"), "body_digest_differs"),
    ]:
        add(f"digest-{name}", signed("POST", body=body, digest=digest), expect)
    add("digest-of-nothing", signed("POST", digest=digest_of(b"")))
    add("digest-of-nothing-body-added", {**signed("POST", digest=digest_of(b"")), "body": "eA=="},
        "body_digest_differs")
    add("digest-on-get", signed("GET", body=body))
    add("digest-after-expired", {**good, "body": "e30="}, "expired", now=NOW + 901)
    add("digest-before-signature", {**signed("POST", body=body, by=Shared("x")), "body": "e30="},
        "body_digest_differs")
    add("body-at-limit", signed("POST", body=b"x" * 64), options={"body_max": 64})
    add("body-over-limit", signed("POST", body=b"x" * 65), "body_too_large",
        options={"body_max": 64})


def add_keys(add):
    add("unknown-key", signed(key_id="nobody"), "unknown_sign_key")
    add("unknown-key-empty", signed(params=f';created={NOW};keyid="";nonce="n"'), "unknown_sign_key")
    add("unknown-key-very-long", signed(key_id="k" * 8000), "unknown_sign_key")
    add("wrong-secret", signed(by=Shared("other")), "signature_differs")
    second = active(HMAC, KEY, "second", version=2)
    add("shared-sign-key-old", signed(), keys=[second, KEYS[0]])
    add("shared-sign-key-new", signed(by=Shared("second")), keys=[KEYS[0], second])
    add("next-key", signed(by=Shared("n"), key_id="next"), key="next",
        keys=[*KEYS, active(HMAC, "next", "n", state="next")])
    add("next-key-pair", signed(by=P256), key=P256.thumbprint,
        keys=[pair_key(ED25519), pair_key(P256, state="next")])
    add("retired-key", signed(key_id="gone"), "retired_sign_key", keys=[*KEYS, retired(HMAC, "gone")])
    add("retired-key-pair", signed(by=P256), "retired_sign_key",
        keys=[pair_key(ED25519), retired(PAIR, P256.thumbprint)])
    both = alibaba.signed()
    good = signed()
    merged = {**good, "headers": good["headers"] + both["headers"]}
    keys = KEYS + alibaba.KEYS
    add("beside-alibaba", merged, keys=keys)
    add("beside-alibaba-of-its-keys-only", merged, keys=alibaba.KEYS, key=alibaba.KEY)
    add("beside-alibaba-bad", edit(merged, "Signature", "countersign=:AA==:"), "signature_differs",
        keys=keys)
    add("other-label-beside-alibaba", {**good, "headers": signed(label="sig1")["headers"]
                                       + both["headers"]}, keys=keys, key=alibaba.KEY)
    add("unreadable-beside-alibaba", edit(merged, "Signature-Input", "(("), "malformed", keys=keys)
    add("unreadable-beside-alibaba-of-its-keys-only", edit(merged, "Signature-Input", "(("),
        keys=alibaba.KEYS, key=alibaba.KEY)
    add("hmac-key-of-another-scheme", signed(key_id=alibaba.KEY, by=Shared(alibaba.SECRET)),
        "unknown_sign_key", keys=keys)
