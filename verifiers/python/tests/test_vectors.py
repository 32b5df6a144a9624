import subprocess
import sys
from pathlib import Path

import pytest
from vectors import CASES, keys_of, request_of, verifier_of


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case):
    verdict = verifier_of(case).check(request_of(case), keys_of(case), case["now"])
    assert (str(verdict.refusal) if verdict.refusal else "ok") == case["expect"]
    assert verdict.sign_key == case.get("key")
    assert verdict.verified == (case["expect"] == "ok")
    if verdict.verified:
        record = next(k for k in case["keys"] if k["sign_key"] == case["key"])
        assert verdict.scheme == record["scheme"]
        assert verdict.key_name == record["name"]


def test_every_refusal_is_met():
    assert len(CASES) >= 250
    schemes = {key["scheme"] for case in CASES for key in case["keys"]}
    assert len(schemes) == 5
    assert len({case["expect"] for case in CASES}) == 11


def test_the_file_is_what_the_maker_makes():
    maker = Path(__file__).resolve().parents[2] / "make_vectors.py"
    made = subprocess.run([sys.executable, "-B", str(maker), "--check"], check=False)
    assert made.returncode == 0
