"""Signed requests: the signers of the vectors' maker."""

import base64
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vector_maker import alibaba, basic, huawei, rfc9421  # noqa: E402
from vector_maker.case import active, retired  # noqa: E402

from countersign_verifier import Request  # noqa: E402

__all__ = ["active", "alibaba", "basic", "huawei", "received", "retired", "rfc9421"]


def received(record):
    """What a verifier gets of a request of the maker's."""
    return Request(record["method"], record["target"], record["headers"],
                   base64.b64decode(record["body"]))
