#!/usr/bin/env python3
"""Writes cases/*.json: captured requests, most of them broken, and what has to be
found out. Signs by itself, from verifiers/README.md, so that the explanations are
checked against another reading of it. Standard library only.

    python3 make_cases.py
"""

import base64
import copy
import hashlib
import hmac
import json
import pathlib
import shutil
from urllib.parse import parse_qsl, quote, unquote

HERE = pathlib.Path(__file__).parent
NOW = 1767323045
DATE = "20260102T030405Z"
SECRET = "Planted-secret-1"
OTHER = "Planted-secret-2"
ALIBABA, HUAWEI, HMAC, PAIR, BASIC = (
    "alibaba-hmac-sha256", "huawei-hmac-sha256", "rfc9421-hmac-sha256",
    "rfc9421-key-pair", "basic")
SIGN_KEYS = {ALIBABA: "AliKey1", HUAWEI: "huawei-key-1", HMAC: "rfc-key-1", BASIC: "basic-key"}
CASES = {}


def key(scheme, secret=SECRET, sign_key=None, **more):
    sign_key = sign_key or SIGN_KEYS[scheme]
    made = {"scheme": scheme, "sign_key": sign_key, "secret": secret, "name": "orders",
            "version": 2, "state": "active", "role": "asked"}
    made.update(more)
    return {name: value for name, value in made.items() if value is not None}


def mac(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()


def b64(data):
    return base64.b64encode(data).decode()


class Request:
    def __init__(self, method="GET", target="/v1/orders?b=2&a=1", headers=(), body=b""):
        self.method, self.target, self.body = method, target, body
        self.headers = [("Host", "backend.example.test"), *headers]
        if body:
            self.headers.append(("Content-Length", str(len(body))))

    def value(self, name):
        found = [v for n, v in self.headers if n.lower() == name.lower()]
        return found[0] if found else None

    def put(self, name, value):
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()]
        self.headers.append((name, value))

    def drop(self, name):
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()]

    def set_body(self, body):
        self.body = body
        self.put("Content-Length", str(len(body)))

    @property
    def path(self):
        return self.target.split("?", 1)[0]

    @property
    def query(self):
        return self.target.split("?", 1)[1] if "?" in self.target else None


def md5(body):
    return b64(hashlib.md5(body).digest())


def alibaba(request, secret=SECRET, names=(), digest=None, params=None, order=None,
            path=None, values=None, sign_key=None, form=None, encode=b64, send_md5=True):
    """Signs as the gateway does, but for what is given otherwise."""
    r, values = request, values or {}
    r.put("X-Ca-Proxy-Signature-Secret-Key", sign_key or SIGN_KEYS[ALIBABA])
    listed = ["X-Ca-Proxy-Signature-Secret-Key", *names]
    r.put("X-Ca-Proxy-Signature-Headers", ",".join(listed))
    is_form = (r.value("Content-Type") or "").startswith("application/x-www-form-urlencoded")
    if digest is None:
        digested = r.method in ("POST", "PUT") and r.body and not is_form
        digest = md5(r.body) if digested else ""
        if digested and send_md5:
            r.put("Content-MD5", digest)
    text = r.method + "\n" + digest + "\n"
    for name in order or sorted(listed):
        value = values.get(name, (r.value(name) or "").strip(" \t"))
        if value is not None:
            text += name.lower() + ":" + value + "\n"
    text += r.path if path is None else path
    if params is None:
        pairs = parse_qsl(r.query or "", keep_blank_values=True)
        if is_form and form is not False:
            pairs += parse_qsl(r.body.decode(), keep_blank_values=True)
        seen = {}
        for name, value in pairs:
            seen.setdefault(name, value)
        params = "&".join(f"{n}={seen[n]}" for n in sorted(seen))
    if params:
        text += "?" + params
    r.put("X-Ca-Proxy-Signature", encode(mac(secret, text)))
    return r


def canonical_query(query):
    pieces = [p.partition("=") for p in (query or "").split("&") if p]
    pairs = sorted((unquote(n.replace("+", " ")), unquote(v.replace("+", " ")))
                   for n, _, v in pieces)
    return "&".join(quote(n, safe="-_.~") + "=" + quote(v, safe="-_.~") for n, v in pairs)


def huawei(request, secret=SECRET, names=("host", "x-sdk-date"), date=DATE, path=None,
           query=None, payload=None, values=None, lines=None, listed=None, sign_key=None,
           encode=lambda raw: raw.hex(), method=None):
    r, values = request, values or {}
    r.put("X-Sdk-Date", date)
    if path is None:
        path = quote(unquote(r.path), safe="-_.~/")
        path += "" if path.endswith("/") else "/"
    query = canonical_query(r.query) if query is None else query
    if payload is None:
        payload = r.value("X-Sdk-Content-Sha256") or hashlib.sha256(r.body).hexdigest()
    text = (method or r.method) + "\n" + path + "\n" + query + "\n"
    for name in names:
        text += name + ":" + values.get(name, (r.value(name) or "").strip(" \t")) + "\n"
    if lines is not None:
        text = (method or r.method) + "\n" + path + "\n" + query + "\n" + lines
    text += "\n" + ";".join(names) + "\n" + payload
    to_sign = "SDK-HMAC-SHA256\n" + date + "\n" + hashlib.sha256(text.encode()).hexdigest()
    signature = encode(mac(secret, to_sign))
    listed = listed or ";".join(names)
    r.put("Authorization", f"SDK-HMAC-SHA256 Access={sign_key or SIGN_KEYS[HUAWEI]}, "
          f"SignedHeaders={listed}, Signature={signature}")
    return r


def rfc9421(request, secret=SECRET, fields=(), created=NOW, expires=None, keyid=None,
            values=None):
    r, values = request, values or {}
    names = ["@method", "@authority", "@path"] + (["@query"] if r.query is not None else [])
    if r.body:
        r.put("Content-Digest", "sha-256=:" + b64(hashlib.sha256(r.body).digest()) + ":")
        names.append("content-digest")
    names += fields
    own = {"@method": r.method, "@authority": r.value("host"), "@path": r.path,
           "@query": "?" + (r.query or "")}
    params = "(" + " ".join(f'"{n}"' for n in names) + f");created={created}"
    if expires is not None:
        params += f";expires={expires}"
    params += f';nonce="n1";keyid="{keyid or SIGN_KEYS[HMAC]}"'
    text = "".join(
        f'"{n}": ' + values.get(n, own.get(n) or (r.value(n) or "")) + "\n" for n in names)
    text += '"@signature-params": ' + params
    r.put("Signature-Input", "countersign=" + params)
    r.put("Signature", "countersign=:" + b64(mac(secret, text)) + ":")
    return r


def basic(request, secret=SECRET, sign_key=None, encode=b64):
    pair = f"{sign_key or SIGN_KEYS[BASIC]}:{secret}"
    request.put("Authorization", "Basic " + encode(pair.encode()))
    return request


def raw(r, end="\r\n"):
    head = [f"{r.method} {r.target} HTTP/1.1"] + [f"{n}: {v}" for n, v in r.headers]
    return end.join(head) + end + end + r.body.decode("latin-1")


def curl(r):
    lines = ["*   Trying 192.0.2.1:80...", "* Connected to backend.example.test"]
    lines += ["> " + line for line in [f"{r.method} {r.target} HTTP/1.1"]
              + [f"{n}: {v}" for n, v in r.headers]]
    lines += ["> ", "* upload completely sent off", "< HTTP/1.1 401 Unauthorized",
              "< x-countersign-refusal: signature_differs", "< ", '{"error":"x"}', ""]
    return "\n".join(lines)


def har_entry(r, pseudo=False):
    headers = [{"name": n, "value": v} for n, v in r.headers
               if not (pseudo and n.lower() == "host")]
    if pseudo:
        headers = [{"name": ":method", "value": r.method},
                   {"name": ":authority", "value": r.value("host")},
                   {"name": ":path", "value": r.target}] + headers
    request = {"method": r.method, "url": "http://" + r.value("host") + r.target,
               "httpVersion": "HTTP/1.1", "headers": headers, "queryString": [],
               "bodySize": len(r.body)}
    if r.body:
        request["postData"] = {"mimeType": r.value("Content-Type") or "", "text": r.body.decode()}
    return {"startedDateTime": "2026-01-02T03:04:05Z", "request": request, "response": {}}


def har(*requests, **options):
    return json.dumps({"log": {"version": "1.2", "entries": [
        har_entry(r, **options) for r in requests]}}, indent=1)


def case(name, request, keys, causes, text=None, outcome=None, now=NOW, format="auto",
         entry=None, verdict=None):
    assert name not in CASES, name
    text = raw(request) if text is None else text
    made = {"keys": keys, "now": now, "format": format, "capture": text,
            "outcome": outcome or ("differs" if causes else "cannot_tell"), "causes": causes}
    if entry is not None:
        made["entry"] = entry
    if verdict:
        made["verdict"] = verdict
    CASES[name] = made


ALI, HUA, RFC, BAS = ([key(s)] for s in (ALIBABA, HUAWEI, HMAC, BASIC))
JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
BODY = b'{"id": 7}\n{"id": 8}'


def changed(request, **changes):
    r = copy.deepcopy(request)
    for name, value in changes.items():
        if name == "body":
            r.set_body(value)
        else:
            setattr(r, name, value)
    return r


def with_header(request, name, value):
    r = copy.deepcopy(request)
    r.put(name, value)
    return r


def without(request, name):
    r = copy.deepcopy(request)
    r.drop(name)
    return r


def good():
    for name, r, keys in [
        ("alibaba", alibaba(Request("POST", headers=[JSON], body=BODY)), ALI),
        ("huawei", huawei(Request("POST", headers=[JSON], body=BODY)), HUA),
        ("rfc9421", rfc9421(Request("POST", headers=[JSON], body=BODY)), RFC),
        ("basic", basic(Request()), BAS),
    ]:
        case(f"good-{name}-raw", r, keys, [], outcome="verifies", verdict="ok")
        case(f"good-{name}-lf", r, keys, [], text=raw(r, "\n"), outcome="verifies")
        case(f"good-{name}-har", r, keys, [], text=har(r), outcome="verifies")
        case(f"good-{name}-har-second", r, keys, [], text=har(Request(), r, pseudo=True),
             entry=1, outcome="verifies")
    for name, r, keys in [
        ("alibaba", alibaba(Request()), ALI), ("huawei", huawei(Request()), HUA),
        ("rfc9421", rfc9421(Request()), RFC), ("basic", basic(Request()), BAS),
    ]:
        case(f"good-{name}-curl", r, keys, [], text=curl(r), outcome="verifies")
    chunked = huawei(Request("POST", body=b"hello world"))
    chunked.drop("Content-Length")
    chunked.put("Transfer-Encoding", "chunked")
    text = raw(changed(chunked, body=b"")).replace("Content-Length: 0\r\n", "")
    case("good-chunked", chunked, HUA, [], text=text + "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
         outcome="verifies")


def keys():
    for name, sign, scheme in [("alibaba", alibaba, ALIBABA), ("huawei", huawei, HUAWEI),
                               ("rfc9421", rfc9421, HMAC), ("basic", basic, BASIC)]:
        other = key(scheme, OTHER, "other-key", name="invoices", version=1, role="other")
        case(f"other-secret-{name}", sign(Request(), secret=OTHER), [key(scheme), other],
             ["other_secret"])
        old = key(scheme, "Planted-secret-0", state="retired", version=1)
        case(f"old-version-{name}", sign(Request(), secret="Planted-secret-0"),
             [key(scheme), old], ["old_version"])
        ahead = key(scheme, OTHER, "next-key", state="next", version=3)
        case(f"next-version-{name}", sign(Request(), secret=OTHER), [key(scheme), ahead],
             ["next_version"])
        case(f"secret-line-end-{name}", sign(Request(), secret=SECRET + "\n"), [key(scheme)],
             ["secret_blanks"])
        retired = key(scheme, None, "gone-key", state="retired", version=1)
        named = {"keyid": "gone-key"} if scheme == HMAC else {"sign_key": "gone-key"}
        case(f"retired-{name}", sign(Request(), secret="forgotten", **named),
             [key(scheme), retired], ["retired_sign_key"])
        named = {k: "other-key" for k in named}
        case(f"other-key-{name}", sign(Request(), secret=OTHER, **named), [key(scheme), other],
             ["other_key"])
        named = {k: "misspelt" for k in named}
        case(f"sign-key-differs-{name}", sign(Request(), **named), [key(scheme)],
             ["sign_key_differs"])
        case(f"unknown-sign-key-{name}", sign(Request(), secret="nobodys", **named),
             [key(scheme)], ["unknown_sign_key"])
        case(f"not-signed-{name}", Request(), [key(scheme)], ["no_signature"])
    case("other-scheme-secret-known", alibaba(Request()), HUA, ["other_scheme"])
    case("other-scheme-secret-unknown", huawei(Request(), secret="nobodys"), ALI,
         ["other_scheme"])
    case("sign-key-rewritten", with_header(alibaba(Request()),
         "X-Ca-Proxy-Signature-Secret-Key", "AliKey2"), ALI, ["sign_key_differs"])


def paths():
    case("slash-added-alibaba", changed(alibaba(Request(target="/a/b")), target="/a/b/"), ALI,
         ["trailing_slash"])
    case("slash-removed-alibaba", changed(alibaba(Request(target="/a/b/")), target="/a/b"), ALI,
         ["trailing_slash"], text=None)
    case("slash-added-rfc9421", changed(rfc9421(Request(target="/a/b")), target="/a/b/"), RFC,
         ["trailing_slash"])
    case("slash-never-written-huawei", huawei(Request(target="/a/b"), path="/a/b"), HUA,
         ["trailing_slash"])
    r = changed(alibaba(Request(target="/a%20b/%E4%B8%AD")), target="/a%20b/%e4%b8%ad")
    case("path-escapes-alibaba", r, ALI, ["path_encoded"])
    case("path-decoded-by-signer-alibaba",
         alibaba(Request(target="/a%20b"), path="/a b"), ALI, ["path_decoded"])
    case("path-decoded-by-proxy-rfc9421",
         changed(rfc9421(Request(target="/a%7Eb/%5F")), target="/a~b/_"), RFC, [])
    case("path-encoded-by-proxy-rfc9421",
         changed(rfc9421(Request(target="/a(b)")), target="/a%28b%29"), RFC, ["path_decoded"])
    case("path-encoded-twice-huawei", huawei(Request(target="/a%20b"), path="/a%2520b/"), HUA,
         ["path_encoded"])
    case("prefix-added-huawei", changed(huawei(Request(target="/orders")),
         target="/internal/orders"), HUA, ["path_prefix_added"])
    r = with_header(changed(alibaba(Request(target="/v1/orders")), target="/app"),
                    "X-Original-URI", "/v1/orders")
    case("path-rewritten-alibaba", r, ALI, ["path_rewritten"])
    r = with_header(changed(rfc9421(Request(target="/shop/orders")), target="/orders"),
                    "X-Forwarded-Prefix", "/shop")
    case("prefix-stripped-rfc9421", r, RFC, ["path_rewritten"], text=har(r))
    case("slashes-merged-by-signer-alibaba", alibaba(Request(target="/a//b"), path="/a/b"), ALI,
         ["path_slashes"])


def queries():
    case("query-encoded-alibaba",
         alibaba(Request(target="/a?q=%E4%B8%AD"), params="q=%E4%B8%AD"), ALI, ["query_encoded"])
    case("query-encoded-twice-alibaba",
         alibaba(Request(target="/a?q=%E4%B8%AD"), params="q=%25E4%25B8%25AD"), ALI,
         ["query_encoded_twice"])
    case("query-encoded-twice-huawei",
         huawei(Request(target="/a?q=%E4%B8%AD"), query="q=%25E4%25B8%25AD"), HUA,
         ["query_encoded_twice"])
    case("query-decoded-huawei",
         huawei(Request(target="/a?q=a%2Fb&c=%20"), query="c= &q=a/b"), HUA, ["query_decoded"])
    case("query-decoded-twice-alibaba",
         alibaba(Request(target="/a?q=%2541"), params="q=A"), ALI, ["query_decoded"])
    case("query-decoded-rfc9421",
         rfc9421(Request(target="/a?q=%7Bx%7D"), values={"@query": "?q={x}"}), RFC,
         ["query_decoded"])
    case("plus-alibaba", alibaba(Request(target="/a?q=a+b"), params="q=a+b"), ALI,
         ["plus_as_sign"])
    case("plus-written-for-space-rfc9421",
         changed(rfc9421(Request(target="/a?q=a%20b")), target="/a?q=a+b"), RFC,
         ["plus_as_space"], text=None)
    case("space-written-for-plus-rfc9421",
         changed(rfc9421(Request(target="/a?q=a+b")), target="/a?q=a%20b"), RFC,
         ["plus_as_space"])
    case("plus-for-space-in-canonical-huawei",
         huawei(Request(target="/a?q=a%20b"), query="q=a+b"), HUA, ["plus_as_space"])
    case("query-order-alibaba",
         alibaba(Request(), params="b=2&a=1"), ALI, ["query_order"])
    case("query-order-huawei", huawei(Request(), query="b=2&a=1"), HUA, ["query_order"])
    case("query-order-rfc9421", changed(rfc9421(Request(target="/a?b=2&a=1")),
         target="/a?a=1&b=2"), RFC, ["query_order"])
    case("tracking-added-alibaba", changed(alibaba(Request(target="/a?x=1")),
         target="/a?x=1&utm_source=s&utm_medium=m&_=17"), ALI, ["parameter_added"],
         text=None)
    case("parameter-added-huawei", changed(huawei(Request(target="/a?x=1&y=2")),
         target="/a?x=1&tenant=7&y=2"), HUA, ["parameter_added"])
    r = changed(rfc9421(Request(target="/a?x=1")), target="/a?x=1&debug=1")
    case("parameter-added-rfc9421-curl", r, RFC, ["parameter_added"], text=curl(r))
    case("query-not-signed-huawei", huawei(Request(), query=""), HUA, ["query_not_signed"])
    case("query-added-alibaba", changed(alibaba(Request(target="/a")), target="/a?x=1"), ALI,
         ["query_not_signed"])
    case("last-of-repeated-alibaba", alibaba(Request(target="/a?x=1&x=2"), params="x=2"), ALI,
         ["parameter_repeated"])
    case("all-of-repeated-alibaba", alibaba(Request(target="/a?x=1&x=2"), params="x=1&x=2"), ALI,
         ["parameter_repeated"])
    case("first-of-repeated-huawei", huawei(Request(target="/a?x=1&x=2"), query="x=1"), HUA,
         ["parameter_repeated"])
    case("empty-parameter-alibaba", alibaba(Request(target="/a?x=&y=2"), params="x&y=2"), ALI,
         ["parameter_empty"])
    case("empty-parameter-huawei", huawei(Request(target="/a?x&y=2"), query="x&y=2"), HUA,
         ["parameter_empty"])
    case("escapes-huawei", huawei(Request(target="/a?q=%2f"), query="q=%2f"), HUA,
         ["query_escapes"])
    case("escapes-rfc9421", changed(rfc9421(Request(target="/a?q=%2f")), target="/a?q=%2F"), RFC,
         ["query_escapes"])


def hosts_and_methods():
    r = with_header(with_header(huawei(Request()), "Host", "10.0.0.7:8080"),
                    "X-Forwarded-Host", "backend.example.test")
    case("host-changed-huawei", r, HUA, ["host_changed"])
    r = with_header(with_header(rfc9421(Request()), "Host", "upstream"),
                    "Forwarded", 'for=192.0.2.1;host="backend.example.test";proto=https')
    case("host-changed-rfc9421", r, RFC, ["host_changed"], text=har(r))
    case("port-added-huawei", with_header(huawei(Request()), "Host",
         "backend.example.test:8080"), HUA, ["host_changed"])
    case("port-removed-rfc9421", rfc9421(Request(), values={
        "@authority": "backend.example.test:8080"}), RFC, ["host_changed"])
    r = with_header(with_header(alibaba(Request(), names=["Host"]), "Host", "upstream"),
                    "X-Forwarded-Host", "backend.example.test")
    case("host-changed-alibaba", r, ALI, ["host_changed"])
    r = without(huawei(Request(headers=[("X-Forwarded-Host", "backend.example.test")])), "Host")
    case("host-removed-huawei", r, HUA, ["host_changed"])
    for name, sign, own in [("alibaba", alibaba, ALI), ("huawei", huawei, HUA),
                            ("rfc9421", rfc9421, RFC)]:
        r = changed(sign(Request("HEAD")), method="GET")
        case(f"head-as-get-{name}", r, own, ["method_changed"],
             text=curl(r) if name == "huawei" else None)
    r = with_header(changed(huawei(Request("DELETE")), method="POST"),
                    "X-HTTP-Method-Override", "DELETE")
    case("method-override-huawei", r, HUA, ["method_changed"])


def headers():
    tracing = [("X-Trace", "abc, def")]
    names = ["X-Trace"]
    hua = ("host", "x-sdk-date", "x-trace")
    for name, sign, own in [
        ("alibaba", lambda r, **o: alibaba(r, names=names, **o), ALI),
        ("huawei", lambda r, **o: huawei(r, names=hua, **o), HUA),
        ("rfc9421", lambda r, **o: rfc9421(r, fields=["x-trace"], **o), RFC),
    ]:
        signed = lambda: sign(Request(headers=tracing))
        own_name = "X-Trace" if name == "alibaba" else "x-trace"
        case(f"header-removed-{name}", without(signed(), "X-Trace"), own, ["header_removed"])
        empty = sign(Request(headers=[("X-Trace", "")]))
        case(f"empty-header-removed-{name}", without(empty, "X-Trace"), own,
             ["empty_header_removed"])
        case(f"header-filled-{name}", with_header(empty, "X-Trace", "proxy"), own,
             ["header_filled"])
        case(f"header-untrimmed-by-signer-{name}",
             sign(Request(headers=tracing), values={own_name: " abc, def"}), own,
             ["header_trimmed"])
        case(f"header-blanks-{name}", with_header(signed(), "X-Trace", "abc,def"), own,
             ["header_blanks"])
        case(f"header-case-{name}", sign(Request(headers=[("X-Trace", "Abc")]),
             values={own_name: "abc"}), own, ["header_case"])
        case(f"header-appended-{name}", with_header(signed(), "X-Trace", "abc, def, proxy"), own,
             ["header_appended"])
    r = alibaba(Request("POST", headers=[("Content-Type", "text/plain")], body=b"x"),
                names=["Content-Type"])
    case("charset-added-alibaba", with_header(r, "Content-Type", "text/plain; charset=utf-8"),
         ALI, ["header_parameter"])
    r = alibaba(Request(headers=[("X-A", "1")]), names=["X-A"])
    r.headers.append(("X-A", "2"))
    case("header-repeated-alibaba", r, ALI, ["header_repeated"])
    r = huawei(Request(headers=[("X-A", "1,2")]), names=("host", "x-a", "x-sdk-date"),
               lines="host:backend.example.test\nx-a:1\nx-a:2\nx-sdk-date:" + DATE + "\n")
    case("lines-combined-huawei", r, HUA, ["header_repeated"])
    r = alibaba(Request(headers=[("A", "1"), ("b", "2")]), names=["b"],
                order=["X-Ca-Proxy-Signature-Secret-Key", "b"])
    r.put("X-Ca-Proxy-Signature-Headers", "x-ca-proxy-signature-secret-key,b")
    case("list-lowered-alibaba", r, ALI, ["list_case"])
    r = alibaba(Request(headers=[("A", "1"), ("b", "2"), ("Zz", "3")]), names=["A", "b", "Zz"],
                order=["b", "Zz", "A", "X-Ca-Proxy-Signature-Secret-Key"])
    case("header-order-alibaba", r, ALI, ["header_order"])
    r = huawei(Request(headers=[("X-A", "1")]), names=("host", "x-a", "x-sdk-date"),
               listed="x-sdk-date;x-a;host")
    case("list-reordered-huawei", r, HUA, ["header_order"])
    r = huawei(Request(), listed="Host;X-Sdk-Date")
    case("list-upper-huawei", r, HUA, ["list_case"], verdict="malformed")
    r = alibaba(Request(headers=[("X-A", "1")]), names=["X-A"], values={"X-A": None})
    case("listed-not-signed-alibaba", r, ALI, ["header_not_signed"])
    case("list-removed-alibaba", without(alibaba(Request()), "X-Ca-Proxy-Signature-Headers"),
         ALI, ["header_removed"])
    case("signature-removed-alibaba", without(alibaba(Request()), "X-Ca-Proxy-Signature"), ALI,
         ["header_removed"])
    case("not-covered-huawei", huawei(Request(), names=("x-sdk-date",)), HUA, ["not_covered"])


def bodies():
    post = lambda body=BODY, head=JSON: Request("POST", headers=[head], body=body)
    signs = [("alibaba", alibaba, ALI), ("huawei", huawei, HUA), ("rfc9421", rfc9421, RFC)]
    for name, sign, own in signs:
        r = changed(sign(post()), body=BODY.replace(b"\n", b"\r\n"))
        case(f"body-line-ends-{name}", r, own, ["body_line_ends"])
        r = changed(sign(post(BODY + b"\n")), body=BODY)
        case(f"body-final-line-end-{name}", r, own, ["body_final_line_end"],
             text=har(r) if name == "rfc9421" else None)
        r = changed(sign(post(b"\xef\xbb\xbf" + BODY)), body=BODY)
        case(f"body-bom-{name}", r, own, ["body_bom"])
    case("body-altered-alibaba", changed(alibaba(post()), body=b'{"id":7}'), ALI,
         ["body_altered"], verdict="body_digest_differs")
    case("body-altered-rfc9421", changed(rfc9421(post()), body=b'{"id":7}'), RFC,
         ["body_altered"])
    r = post()
    r.put("X-Sdk-Content-Sha256", hashlib.sha256(r.body).hexdigest())
    case("body-altered-huawei", changed(huawei(r), body=b'{"id":7}'), HUA, ["body_altered"])
    case("body-altered-without-digest-huawei", changed(huawei(post()), body=b'{"id":7}'), HUA, [])
    case("md5-copied-alibaba", with_header(alibaba(post()), "Content-MD5", md5(b"another")), ALI,
         ["digest_of_other_body"])
    case("md5-not-signed-alibaba", alibaba(post(), digest=""), ALI, ["digest_absent"])
    case("md5-absent-and-not-signed-alibaba",
         without(alibaba(post(), digest=""), "Content-MD5"), ALI, ["digest_absent"])
    case("md5-hex-alibaba", alibaba(post(), digest=hashlib.md5(BODY).hexdigest()), ALI,
         ["digest_encoding"])
    r = alibaba(post(), digest=hashlib.md5(BODY).hexdigest())
    r.put("Content-MD5", hashlib.md5(BODY).hexdigest())
    case("md5-hex-sent-alibaba", r, ALI, ["digest_encoding"])
    r = alibaba(Request("PATCH", headers=[JSON], body=BODY), digest=md5(BODY))
    case("md5-for-patch-alibaba", r, ALI, ["digest_added"])
    r = alibaba(post(b"x=1&y=2", FORM), form=False)
    case("form-left-out-alibaba", r, ALI, ["form_left_out"])
    r = alibaba(post(b"x=1&y=2", FORM), form=False, digest=md5(b"x=1&y=2"))
    case("form-as-body-alibaba", r, ALI, ["form_as_body"])
    r = alibaba(post(b"x=1&y=2", FORM))
    case("body-as-form-alibaba", with_header(r, "Content-Type", "text/plain"), ALI,
         ["body_as_form"])
    case("body-not-signed-huawei", huawei(post(), payload=hashlib.sha256(b"").hexdigest()), HUA,
         ["body_not_signed"])
    case("payload-unsigned-huawei", huawei(post(), payload="UNSIGNED-PAYLOAD"), HUA,
         ["payload_unsigned"])
    case("digest-upper-huawei",
         huawei(post(), payload=hashlib.sha256(BODY).hexdigest().upper()), HUA,
         ["digest_encoding"])
    r = huawei(post(b""))
    r.put("Content-Length", "5")
    case("body-unknown-curl-huawei", r, HUA, ["body_unknown"], text=curl(r))
    r = alibaba(post())
    case("body-unknown-curl-alibaba", r, ALI, [], text=curl(r), outcome="verifies")
    r = without(rfc9421(post()), "Content-Digest")
    case("content-digest-removed-rfc9421", r, RFC, ["header_removed"])


def time():
    for off, name in [(901, "late"), (-28800, "time-zone")]:
        case(f"clock-{name}-huawei", huawei(Request()), HUA, ["clock_skew"], now=NOW + off,
             verdict="expired")
        case(f"clock-{name}-rfc9421", rfc9421(Request()), RFC, ["clock_skew"], now=NOW + off)
    case("clock-and-slash-huawei", huawei(Request(target="/a"), path="/a"), HUA,
         ["clock_skew", "trailing_slash"], now=NOW + 5000)
    case("clock-and-accepted-plus-huawei", huawei(Request(target="/a?q=a+b"), query="q=a%2Bb"),
         HUA, ["clock_skew"], now=NOW + 5000)
    case("expired-rfc9421", rfc9421(Request(), expires=NOW + 60), RFC, ["expired"], now=NOW + 61)


def encodings():
    case("signature-hex-alibaba", alibaba(Request(), encode=bytes.hex), ALI,
         ["signature_encoding"])
    case("signature-url-alibaba",
         alibaba(Request(), encode=lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")),
         ALI, ["signature_encoding"])
    case("signature-upper-huawei", huawei(Request(), encode=lambda raw: raw.hex().upper()), HUA,
         ["signature_encoding"])


def pairs():
    r = changed(alibaba(Request(target="/a/b?q=a+b"), params="q=a+b"), target="/a/b/?q=a+b")
    case("slash-and-plus-alibaba", r, ALI, ["trailing_slash", "plus_as_sign"])
    r = with_header(changed(rfc9421(Request(target="/a?x=1")), target="/a/?x=1"),
                    "Host", "backend.example.test:8080")
    case("slash-and-host-rfc9421", r, RFC, ["trailing_slash", "host_changed"])
    r = with_header(with_header(changed(huawei(Request("HEAD")), method="GET"),
                    "Host", "10.1.1.1"), "X-Forwarded-Host", "backend.example.test")
    case("method-and-host-huawei", r, HUA, ["method_changed", "host_changed"])


def nothing_known():
    """None of the causes: what the sender signed is not to be guessed."""
    for name, sign, own in [("alibaba", alibaba, ALI), ("huawei", huawei, HUA),
                            ("rfc9421", rfc9421, RFC)]:
        r = changed(sign(Request()), target="/v2/orders?b=2&a=1")
        case(f"unknown-path-{name}", r, own, [])
        case(f"unknown-secret-{name}", sign(Request(), secret="nobody-has-this"), own, [])
        r = changed(sign(Request()), target="/v1/orders?b=2&a=7")
        case(f"unknown-value-{name}", r, own, [], text=curl(r))
        r = changed(sign(Request()), target="/v1/orders?a=1")
        case(f"unknown-parameter-dropped-{name}", r, own, [], text=har(r))
    case("unknown-host-huawei", with_header(huawei(Request()), "Host", "elsewhere"), HUA, [])
    case("unknown-secret-basic", basic(Request(), secret="nobody-has-this"), BAS, [])
    r = alibaba(Request(headers=[("X-A", "1")]), names=["X-A"])
    case("unknown-header-alibaba", with_header(r, "X-A", "2"), ALI, [])
    r = alibaba(Request("POST", headers=[FORM], body=b"x=1"))
    case("unknown-form-alibaba", changed(r, body=b"x=7"), ALI, [])
    case("unknown-form-text-alibaba", alibaba(Request(), params="{}"), ALI, [])


for part in (good, keys, paths, queries, hosts_and_methods, headers, bodies, time, encodings,
             pairs, nothing_known):
    part()

target = HERE / "cases"
shutil.rmtree(target, ignore_errors=True)
target.mkdir()
for name, made in sorted(CASES.items()):
    (target / f"{name}.json").write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
print(len(CASES), "cases,", sum(c["outcome"] == "cannot_tell" for c in CASES.values()),
      "of them cannot be told,", len({x for c in CASES.values() for x in c["causes"]}), "causes")
