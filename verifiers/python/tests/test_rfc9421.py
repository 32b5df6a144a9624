import pytest
from vectors import CASES, keys_of, request_of, verifier_of

BY_NAME = {case["name"]: case for case in CASES}


@pytest.mark.parametrize("name", ["rfc9421/hmac-sha256", "rfc9421/without-authority"])
@pytest.mark.parametrize("host", ["Ã©.example", "a\xff", "a\x01b", "a\x7f", "a\nb", "a\0"])
def test_a_host_that_is_not_printable(name, host):
    """Whether or not it is signed."""
    case = BY_NAME[name]
    headers = [[n, host if n == "Host" else value] for n, value in case["request"]["headers"]]
    request = request_of({"request": {**case["request"], "headers": headers}})
    verdict = verifier_of(case).check(request, keys_of(case), case["now"])
    assert str(verdict.refusal) == "malformed"


@pytest.mark.parametrize(
    "name", ["huawei/now-+900", "rfc9421/now-+900", "rfc9421/params-expires-now"])
def test_time_is_in_whole_seconds(name):
    case = BY_NAME[name]
    for now, verified in [(case["now"] + 0.999999, True), (case["now"] + 1, False)]:
        verdict = verifier_of(case).check(request_of(case), keys_of(case), now)
        assert verdict.verified is verified
        assert verified or str(verdict.refusal) == "expired"
