"""A backend's check of the Alibaba backend signature.

Written from the description of the scheme and of the vendor's demo verifier alone, with
nothing of Countersign in it, so that agreement with the gateway means something.
"""

import base64
import dataclasses
import hashlib
import hmac
import urllib.parse

SIGNATURE = "X-Ca-Proxy-Signature"
SECRET_KEY = "X-Ca-Proxy-Signature-Secret-Key"
HEADER_LIST = "X-Ca-Proxy-Signature-Headers"


class Refused(Exception):
    """The request does not carry the signature of a known key. The message says why."""


@dataclasses.dataclass(frozen=True)
class Request:
    """One request as it arrived: target and header text untouched, headers as ISO-8859-1 text, in order."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name):
        """The first value of the header as UTF-8 text, or None."""
        for each, value in self.headers:
            if each.lower() == name.lower():
                return value.encode("latin-1").decode("utf-8")
        return None


def verify(request, secrets):
    """Returns the sign key that signed the request; `secrets` maps each known sign key to its secret."""
    for name in (SIGNATURE, SECRET_KEY, HEADER_LIST):
        if sum(each.lower() == name.lower() for each, _ in request.headers) > 1:
            raise Refused(f"{name} occurs more than once")
    sign_key = request.header(SECRET_KEY)
    if sign_key not in secrets:
        raise Refused(f"sign key {sign_key!r} is not known")
    digest = content_md5(request)
    sent_digest = request.header("Content-MD5")
    if sent_digest is not None and sent_digest != digest:
        raise Refused(f"Content-MD5 is {sent_digest!r} and the signed line would be {digest!r}")
    expected = sign(string_to_sign(request), secrets[sign_key])
    if not hmac.compare_digest(expected.encode(), (request.header(SIGNATURE) or "").encode()):
        raise Refused(f"the signature does not match; string to sign: {string_to_sign(request)!r}")
    return sign_key


def sign(text, secret):
    """Base64 of HMAC-SHA256."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def string_to_sign(request):
    """Method, digest and header lines, each with a line feed, then path and parameters."""
    path = request.target.partition("?")[0]
    return f"{request.method}\n{content_md5(request)}\n{_header_lines(request)}{path}{_parameters(request)}"


def content_md5(request):
    """The digest line: of the body of a POST or PUT that has one and is not a form, otherwise empty."""
    if request.method.upper() not in ("POST", "PUT") or not request.body or _is_form(request):
        return ""
    return base64.b64encode(hashlib.md5(request.body).digest()).decode()


def _header_lines(request):
    listed = request.header(HEADER_LIST) or ""
    # Names are neither trimmed nor folded before they are sorted and looked up.
    values = {name: request.header(name) for name in listed.split(",")}
    return "".join(
        f"{name.lower()}:{values[name]}\n" for name in sorted(values, key=_utf16) if values[name] is not None
    )


def _parameters(request):
    pairs = _decoded(request.target.partition("?")[2])
    if _is_form(request):
        pairs += _decoded(request.body.decode("utf-8", "replace"))
    first = {}
    for name, value in pairs:
        first.setdefault(name, value)
    if not first:
        return ""
    return "?" + "&".join(f"{name}={first[name]}" for name in sorted(first, key=_utf16))


def _decoded(text):
    """Pairs of a query or a form: `a` and `a=` are the empty text, a pair without a name is left out."""
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace")
    return [(name, value) for name, value in pairs if name]


def _is_form(request):
    kind = (request.header("Content-Type") or "").partition(";")[0]
    return kind.strip().lower() == "application/x-www-form-urlencoded"


def _utf16(text):
    """Java orders text by UTF-16 code unit; big-endian bytes have that order."""
    return text.encode("utf-16-be", "surrogatepass")
