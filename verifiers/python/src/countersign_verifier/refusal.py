"""Why a request is refused."""

from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """The value is the name that is the same in every language, header, log and metric."""

    NO_SIGNATURE = "no_signature"
    BODY_TOO_LARGE = "body_too_large"
    MALFORMED = "malformed"
    SIGNED_HEADER_MISSING = "signed_header_missing"
    UNKNOWN_SIGN_KEY = "unknown_sign_key"
    RETIRED_SIGN_KEY = "retired_sign_key"
    EXPIRED = "expired"
    BODY_DIGEST_DIFFERS = "body_digest_differs"
    SIGNATURE_DIFFERS = "signature_differs"
    REPLAYED = "replayed"

    def __str__(self) -> str:
        return self.value


class SignatureRefused(Exception):
    """Raised by the checks of the schemes; `Verifier.check` makes a verdict of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
