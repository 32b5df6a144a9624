"""A backend's check of the Huawei backend signature, types hmac and basic.

Written from the description of the scheme alone, with nothing of Countersign and nothing of the vendor's SDK in it, so
that agreement with either means something.
"""

import base64
import datetime
import hashlib
import hmac
import re
import urllib.parse

AUTHORIZATION = "Authorization"
DATE = "X-Sdk-Date"
PAYLOAD = "X-Sdk-Content-Sha256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
SKEW = datetime.timedelta(minutes=15)
HEADER = re.compile(r"SDK-HMAC-SHA256\s+Access=([^,]+),\s?SignedHeaders=([^,]+),\s?Signature=(\w+)")


class Refused(Exception):
    """The request does not carry the signature of a known key. The message says why."""


def verify(request, secrets, now, header=AUTHORIZATION):
    """Returns the sign key that signed the request; `secrets` maps each known sign key to its secret.

    `now` is the verifier's clock, a time in UTC without a zone. `header` is where the gateway was told to put the
    signature.
    """
    found = HEADER.fullmatch(_only(request, header))
    if not found:
        raise Refused(f"{header} has another form")
    sign_key, signed_headers, signature = found[1], found[2].split(";"), found[3]
    if sign_key not in secrets:
        raise Refused(f"sign key {sign_key!r} is not known")
    for name in signed_headers:
        if not _values(request, name):
            raise Refused(f"signed header {name!r} is missing")
    if DATE.lower() not in signed_headers:
        raise Refused(f"{DATE} is not signed")
    date = _only(request, DATE)
    if abs(_time(date) - now) > SKEW:
        raise Refused(f"expired: signed at {date}, and it is {now:{DATE_FORMAT}}")
    canonical = canonical_request(request, signed_headers)
    expected = sign(string_to_sign(canonical, date), secrets[sign_key])
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise Refused(f"the signature does not match; canonical request: {canonical!r}")
    return sign_key


def verify_basic(request, secrets, header=AUTHORIZATION):
    """Returns the sign key that the request carries together with its secret."""
    scheme, _, encoded = _only(request, header).partition(" ")
    if scheme != "Basic":
        raise Refused(f"the scheme is {scheme!r}")
    sign_key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    if sign_key not in secrets:
        raise Refused(f"sign key {sign_key!r} is not known")
    if not hmac.compare_digest(secret.encode(), secrets[sign_key].encode()):
        raise Refused("the secret does not match")
    return sign_key


def authorization(request, sign_key, secret, signed_headers):
    """The header's value for a request that has everything else, its date too."""
    canonical = canonical_request(request, signed_headers)
    signature = sign(string_to_sign(canonical, _only(request, DATE)), secret)
    return f"SDK-HMAC-SHA256 Access={sign_key}, SignedHeaders={';'.join(signed_headers)}, Signature={signature}"


def sign(text, secret):
    """Lower-case hex of HMAC-SHA256."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def string_to_sign(canonical, date):
    return f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def canonical_request(request, signed_headers):
    """Method, URI, query, headers, their names, payload: six parts, each on lines of its own."""
    return "\n".join(
        (
            request.method.upper(),
            canonical_uri(request),
            canonical_query(request),
            canonical_headers(request, signed_headers),
            ";".join(signed_headers),
            payload_line(request),
        )
    )


def canonical_uri(request):
    """The path, decoded once and encoded again segment by segment, with a slash at its end."""
    path = request.target.partition("?")[0]
    encoded = "/".join(_encode(segment) for segment in _decode(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(request):
    """Pairs ordered by decoded name and then value, every one with an equals sign."""
    pieces = [piece.partition("=") for piece in request.target.partition("?")[2].split("&") if piece]
    pairs = sorted((_decode(name), _decode(value)) for name, _, value in pieces)
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in pairs)


def canonical_headers(request, signed_headers):
    """A line with a line feed for each value of each signed header."""
    return "".join(
        f"{name}:{value.strip()}\n" for name in sorted(signed_headers) for value in sorted(_values(request, name))
    )


def payload_line(request):
    """What the header for it says, otherwise the digest of the body."""
    said = _values(request, PAYLOAD)
    return said[0] if said else hashlib.sha256(request.body).hexdigest()


def _values(request, name):
    return [value.encode("latin-1").decode("utf-8") for each, value in request.headers if each.lower() == name.lower()]


def _only(request, name):
    values = _values(request, name)
    if len(values) != 1:
        raise Refused(f"{name} occurs {len(values)} times")
    return values[0]


def _time(text):
    # The library's parser takes shorter forms too.
    if not re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", text):
        raise Refused(f"{text!r} is not a date")
    return datetime.datetime.strptime(text, DATE_FORMAT)


def _decode(text):
    return urllib.parse.unquote(text, errors="strict")


def _encode(text):
    return urllib.parse.quote(text, safe="")
