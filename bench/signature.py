"""What every signing contender has to send, computed here on its own.

The string is the Alibaba backend signature of a GET without query: method, empty digest,
one signed header, path.
"""

import base64
import hashlib
import hmac

from bench import BenchError

SIGN_KEY = "BenchKey01"
SIGN_SECRET = "BenchSecret_0123456789"
PATH = "/bench/orders"

SIGNED_HEADER = "X-Ca-Proxy-Signature-Secret-Key"


def expected_headers():
    """The three headers that the backend must receive, names in lower case."""
    string_to_sign = f"GET\n\n{SIGNED_HEADER.lower()}:{SIGN_KEY}\n{PATH}"
    digest = hmac.new(SIGN_SECRET.encode(), string_to_sign.encode(), hashlib.sha256).digest()
    return {
        "x-ca-proxy-signature": base64.b64encode(digest).decode(),
        "x-ca-proxy-signature-secret-key": SIGN_KEY,
        "x-ca-proxy-signature-headers": SIGNED_HEADER,
    }


def check_received(contender, received):
    """Fails unless the backend got one request with the right headers, or none of them if it is unsigned.

    `received` is the recorded list of (method, target, header pairs).
    """
    if len(received) != 1:
        raise BenchError(f"{contender.name}: the backend received {len(received)} requests instead of one")
    method, target, pairs = received[0]
    if (method, target) != ("GET", PATH):
        raise BenchError(f"{contender.name}: the backend received {method} {target}")
    got = [(name.lower(), value) for name, value in pairs if name.lower().startswith("x-ca-proxy-signature")]
    want = expected_headers() if contender.signs else {}
    # The list is the sender's own spelling of names; its case does not change what is signed.
    folded = [(name, value.lower() if name.endswith("-headers") else value) for name, value in got]
    wanted = [(name, value.lower() if name.endswith("-headers") else value) for name, value in want.items()]
    if sorted(folded) != sorted(wanted):
        raise BenchError(f"{contender.name}: the backend received {sorted(got)} instead of {sorted(want.items())}")
