"""The two vendors' vectors, translated; the verdicts are the contract's."""

import base64
import calendar
import json
import time
from urllib.parse import quote

from . import alibaba, basic, huawei
from .case import NOW, active, request

# Cases of Huawei's whose refusal is not plainly that the signature differs.
REFUSALS = {
    "access_key_unknown": "unknown_sign_key",
    "algorithm_unknown": "no_signature",
    "authorization_basic": "no_signature",
    "authorization_missing": "no_signature",
    "body_changed_under_payload_hash_header": "body_digest_differs",
    "date_bad_format": "malformed",
    "date_missing": "malformed",
    "date_not_in_signed_headers": "signed_header_missing",
    "key_unknown": "unknown_sign_key",
    "signature_missing": "malformed",
    "signed_header_missing": "signed_header_missing",
    "skew_minus_901": "expired",
    "skew_plus_901": "expired",
}
# The Python signer's own mistake (spec section 1.4), which the gateway does not make.
LEFT_OUT = {"unsigned_payload_empty_body_quirk"}
# Lists that the contract refuses, whatever else is in them.
BAD_LISTS = {
    "be-header-list-spaces": "malformed",
    "be-header-duplicate-in-list": "malformed",
}


def add_to(cases, folder):
    alibabas = json.loads((folder / "alibaba-vectors.json").read_text())
    for vector in alibabas["backend_signature"]:
        add_alibaba(cases, vector)
    huaweis = json.loads((folder / "huawei-vectors.json").read_text())
    for part, short in [("backend_signature", "backend"), ("request_auth", "request")]:
        vectors = {vector["name"]: vector for vector in huaweis[part]["vectors"]}
        for vector in vectors.values():
            add_huawei(cases, f"vendor/huawei/{short}/{vector['name']}", vector, {}, None, "accept")
        for case in huaweis[part]["cases"]:
            add_huawei(cases, f"vendor/huawei/{short}/case/{case['name']}", vectors[case["base"]],
                       case["change"], case["now"], case["expect"], case["name"])
    for vector in huaweis["backend_basic"]["vectors"]:
        req = request("GET", "/", [("Authorization", vector["authorization"])])
        keys = [active(basic.SCHEME, vector["sign_key"], vector["sign_secret"])]
        cases.add(f"vendor/huawei/{vector['name']}", keys, req, "ok", vector["sign_key"])


def add_alibaba(cases, vector):
    """As the vendor signs it; and once more with the sign key's header in the list,
    where the vendor's list lacks it and the request can be sent over HTTP."""
    name = f"vendor/alibaba/{vector['id']}"
    target, body, content_type = wire(vector)
    headers = list(vector["headers"].items())
    if content_type:
        headers.append(("Content-Type", content_type))
    keys = [active(alibaba.SCHEME, vector["key"], vector["secret"])]
    req = request(vector["method"], target, [*headers, (alibaba.SIGNATURE, vector["signature"])],
                  body)
    spelt = {key.lower(): value for key, value in vector["headers"].items()}
    names = [n for n in spelt.get(alibaba.LIST.lower(), "").split(",") if n]
    if alibaba.SECRET_KEY.lower() in [n.lower() for n in names]:
        cases.add(name, keys, req, "ok", vector["key"])
        return
    cases.add(name, keys, req, BAD_LISTS.get(vector["id"], "signed_header_missing"))
    if vector["id"] in BAD_LISTS or any(n.lower() not in spelt for n in names):
        return
    if any(p["kind"] == "null" or p.get("values") == [] for p in vector["params"]):
        return
    own = [n.lower() for n in (alibaba.LIST, alibaba.SECRET_KEY)]
    headers = [header for header in headers if header[0].lower() not in own]
    req = alibaba.signed(vector["method"], target, headers, body, names=names, key=vector["key"],
                         secret=vector["secret"])
    cases.add(f"{name}/sign-key-listed", keys, req, "ok", vector["key"])


def wire(vector):
    illustration = vector.get("wire_illustration")
    if illustration:
        return illustration["target"], illustration["body"].encode(), illustration["content_type"]
    pieces = []
    for param in vector["params"]:
        values = param.get("values", [param.get("value", "")])
        pieces += [f"{quote(param['name'], safe='')}={quote(value, safe='')}" for value in values]
    query = "?" + "&".join(pieces) if pieces else ""
    return vector["path"] + query, base64.b64decode(vector["body_base64"] or ""), None


def add_huawei(cases, name, vector, change, now, expect, case=None):
    if vector["name"] in LEFT_OUT:
        return
    headers = [list(header) for header in vector["headers"]]
    if "set_header" in change:
        wanted, value = change["set_header"]
        there = [header for header in headers if header[0].lower() == wanted.lower()]
        for header in there:
            header[1] = value
        if not there:
            headers.append([wanted, value])
    if "remove_header" in change:
        headers = [h for h in headers if h[0].lower() != change["remove_header"].lower()]
    if "rename_header" in change:
        old, new = change["rename_header"]
        headers = [[new if h[0] == old else h[0], h[1]] for h in headers]
    if change.get("reverse_headers"):
        headers.reverse()
    body = change.get("body_utf8", vector.get("body_utf8"))
    body = body.encode() if body is not None else base64.b64decode(vector["body_base64"])
    unknown = set(change) - {"set_header", "remove_header", "rename_header", "reverse_headers",
                             "body_utf8", "method", "request_target"}
    if unknown:
        raise ValueError(f"{name}: changes {unknown} are not known")
    req = request(change.get("method", vector["method"]),
                  change.get("request_target", vector["request_target"]), headers, body)
    verdict = REFUSALS.get(case, "ok" if expect == "accept" else "signature_differs")
    if verdict == "ok" and "host" not in vector["signed_headers"].split(";"):
        verdict = "signed_header_missing"
    date = next((v for k, v in vector["headers"] if k.lower() == "x-sdk-date"), None)
    cases.add(name, [active(huawei.SCHEME, vector["access_key"], vector["secret_key"])], req,
              verdict, vector["access_key"] if verdict == "ok" else None, now=seconds(now or date))


def seconds(date):
    return calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ")) if date else NOW
