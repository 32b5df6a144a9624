"""The life of a signature key of each type through the SDK for v2."""

import datetime
import re

import pytest

HEX = r"[0-9a-f]{32}"
FIRST = "[A-Za-z0-9]"
REST = r"[A-Za-z0-9_\-!@#$%]"
WIDE = r"[A-Za-z0-9_\-!@#$%+/=]"
# What a generated pair must look like: the rules of each type, and for hmac the documented form.
GENERATED = {
    "hmac": (HEX, HEX),
    "basic": (r"[A-Za-z][A-Za-z0-9_\-]{3,31}", f"{FIRST}{REST}{{7,63}}"),
    "public_key": (r"[A-Za-z0-9+/][A-Za-z0-9_\-+/=]{7,511}", f"[A-Za-z0-9+/]{WIDE}{{14,2047}}"),
    "aes": (f"[A-Za-z0-9+/]{WIDE}{{15}}", f"[A-Za-z0-9+/]{WIDE}{{15}}"),
}
GIVEN = {
    "hmac": ("sign_key_-1", "signsecret-_!@#$%signsecret"),
    "basic": ("user", "Pass-_!@#$%word"),
    "aes": ("0123456789+/=_-!", "+/=_-!@#$%012345"),
}
NO_ID = "0" * 32


def fields(key):
    return {name: getattr(key, name) for name in ("id", "name", "sign_type", "sign_key", "sign_secret")}


@pytest.mark.parametrize("sign_type", GENERATED)
def test_generated_pair(catalogue, sign_type):
    made, other = (catalogue.create_key(sign_type=sign_type) for _ in range(2))
    for key in (made, other):
        for pattern, text in zip(GENERATED[sign_type], (key.sign_key, key.sign_secret), strict=True):
            assert re.fullmatch(pattern, text), text
    assert made.sign_key != other.sign_key and made.sign_secret != other.sign_secret
    assert made.sign_type == sign_type
    assert made.sign_algorithm == ("aes-128-cfb" if sign_type == "aes" else None)
    assert re.fullmatch(HEX, made.id)
    listed = catalogue.key(made.id)
    assert fields(listed) == fields(made)
    assert (listed.sign_algorithm, listed.bind_num, listed.ldapi_bind_num) == (made.sign_algorithm, 0, 0)


@pytest.mark.parametrize("sign_type", GIVEN)
def test_given_pair(v2, catalogue, sign_type):
    sign_key, sign_secret = GIVEN[sign_type]
    made = catalogue.create_key(sign_type=sign_type, sign_key=sign_key, sign_secret=sign_secret)
    assert (made.sign_key, made.sign_secret) == (sign_key, sign_secret)
    # A sign key is nobody's own.
    assert catalogue.create_key(sign_type=sign_type, sign_key=sign_key).sign_key == sign_key
    body = {"name": made.name + "x", "sign_type": sign_type, "sign_key": sign_key, "sign_secret": sign_secret}
    changed = v2.do("UpdateSignatureKeyV2", body, sign_id=made.id)
    assert fields(changed) == {"id": made.id, **body}
    assert fields(catalogue.key(made.id)) == fields(changed)


def test_type_is_hmac_unless_told(catalogue):
    assert catalogue.create_key().sign_type == "hmac"


def test_modify_with_the_name_only_makes_a_new_pair(v2, catalogue):
    made = catalogue.create_key(sign_key="signkeysignkey", sign_secret="signsecretsignsecret")
    changed = v2.do("UpdateSignatureKeyV2", {"name": made.name}, sign_id=made.id)
    assert (changed.id, changed.name, changed.sign_type) == (made.id, made.name, "hmac")
    for text in (changed.sign_key, changed.sign_secret):
        assert re.fullmatch(HEX, text)
    again = v2.do("UpdateSignatureKeyV2", {"name": made.name, "sign_key": changed.sign_key}, sign_id=made.id)
    assert (again.sign_key, again.sign_secret != changed.sign_secret) == (changed.sign_key, True)
    assert fields(catalogue.key(made.id)) == fields(again)


def test_modify_changes_the_type(v2, catalogue):
    made = catalogue.create_key(sign_type="aes", sign_algorithm="aes-256-cfb")
    assert (len(made.sign_key), len(made.sign_secret), made.sign_algorithm) == (32, 16, "aes-256-cfb")
    shorter = {"name": made.name, "sign_type": "aes", "sign_algorithm": "aes-128-cfb"}
    changed = v2.do("UpdateSignatureKeyV2", shorter, sign_id=made.id)
    assert (len(changed.sign_key), changed.sign_algorithm) == (16, "aes-128-cfb")
    changed = v2.do("UpdateSignatureKeyV2", {"name": made.name, "sign_type": "basic"}, sign_id=made.id)
    assert (changed.sign_type, changed.sign_algorithm) == ("basic", None)
    assert re.fullmatch(GENERATED["basic"][0], changed.sign_key)
    changed = v2.do("UpdateSignatureKeyV2", {"name": made.name}, sign_id=made.id)
    assert changed.sign_type == "hmac"


def test_times(v2, catalogue):
    """The SDK makes a time of what ends in Z only, and cuts it to microseconds."""
    made = catalogue.create_key()
    changed = v2.do("UpdateSignatureKeyV2", {"name": made.name}, sign_id=made.id)
    listed = catalogue.key(made.id)
    for key in (made, changed, listed):
        for time in (key.create_time, key.update_time):
            assert isinstance(time, datetime.datetime) and time.utcoffset() == datetime.timedelta(0)
    assert abs(made.create_time - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
    whole = made.create_time.replace(microsecond=0)
    assert (changed.create_time, listed.create_time) == (whole, whole)
    assert made.create_time <= made.update_time < changed.update_time
    assert listed.update_time == changed.update_time


def test_delete(v2, catalogue):
    made = catalogue.create_key()
    v2.do("DeleteSignatureKeyV2", sign_id=made.id)
    assert v2.items("ListSignatureKeysV2", "signs", id=made.id) == []
    text = f"Signature key {made.id} does not exist"
    assert v2.refused(404, "APIG.3017", "DeleteSignatureKeyV2", sign_id=made.id) == text
    assert v2.refused(404, "APIG.3017", "UpdateSignatureKeyV2", {"name": made.name}, sign_id=made.id) == text


def test_names_are_unique_and_may_be_chinese(v2, catalogue):
    made = catalogue.create_key()
    v2.refused(400, "APIG.3207", "CreateSignatureKeyV2", {"name": made.name})
    other = catalogue.create_key()
    v2.refused(400, "APIG.3207", "UpdateSignatureKeyV2", {"name": made.name}, sign_id=other.id)
    assert fields(catalogue.key(other.id)) == fields(other)
    name = f"签名_{catalogue.name}"
    v2.do("UpdateSignatureKeyV2", {"name": name}, sign_id=made.id)
    (listed,) = v2.items("ListSignatureKeysV2", "signs", name="签名")
    assert (listed.id, listed.name) == (made.id, name)


def test_list_filters_and_order(v2, catalogue):
    keys = [catalogue.create_key() for _ in range(12)]
    ids = [key.id for key in reversed(keys)]

    def listed(**query):
        page = v2.do("ListSignatureKeysV2", **query)
        assert page.size == len(page.signs)
        return page.total, [key.id for key in page.signs]

    name = keys[0].name
    assert listed(name=catalogue.name) == (12, ids)
    # As a part of the name the first is in the tenth to twelfth as well.
    assert listed(name=name) == (4, [*ids[:3], ids[-1]])
    assert listed(name=name, precise_search="name") == (1, [keys[0].id])
    assert listed(name=name.upper()) == (0, [])
    assert listed(id=keys[3].id) == (1, [keys[3].id])
    assert listed(id=keys[3].id[:31]) == (0, [])
    assert listed(id=keys[3].id, name=name) == (0, [])
    assert listed(name=catalogue.name, offset=2, limit=3) == (12, ids[2:5])
    assert listed(name=catalogue.name, offset=12) == (12, [])
    # What is out of range is corrected.
    assert listed(name=catalogue.name, offset=-1, limit=0) == (12, ids)
    assert listed(name=catalogue.name, limit=501) == (12, ids)


# What one rule of one type refuses, and of which field.
BAD = {
    "no name": ("name", {"name": None}),
    "name too short": ("name", {"name": "ab"}),
    "name too long": ("name", {"name": "a" * 65}),
    "name begins with a digit": ("name", {"name": "1abc"}),
    "name has a hyphen": ("name", {"name": "a-bc"}),
    "type is none": ("sign_type", {"sign_type": "rsa"}),
    "hmac key too short": ("sign_key", {"sign_key": "abcdefg"}),
    "hmac key too long": ("sign_key", {"sign_key": "a" * 33}),
    "hmac key begins with a hyphen": ("sign_key", {"sign_key": "-abcdefgh"}),
    "hmac key has a slash": ("sign_key", {"sign_key": "abc/defgh"}),
    "hmac secret too short": ("sign_secret", {"sign_secret": "planted_secret1"}),
    "hmac secret too long": ("sign_secret", {"sign_secret": "planted_" * 8 + "x"}),
    "hmac secret begins with a mark": ("sign_secret", {"sign_secret": "!planted_secret_1"}),
    "hmac secret has a colon": ("sign_secret", {"sign_secret": "planted:secret_12"}),
    "hmac has no algorithm": ("sign_algorithm", {"sign_algorithm": "aes-128-cfb"}),
    "basic key begins with a digit": ("sign_key", {"sign_type": "basic", "sign_key": "1abc"}),
    "basic key too short": ("sign_key", {"sign_type": "basic", "sign_key": "abc"}),
    "basic secret too short": ("sign_secret", {"sign_type": "basic", "sign_secret": "planted"}),
    "public key too short": (
        "sign_key",
        {"sign_type": "public_key", "sign_key": "abcdefg", "sign_secret": "planted_secret_1"},
    ),
    "private key too short": (
        "sign_secret",
        {"sign_type": "public_key", "sign_key": "abcdefgh", "sign_secret": "planted_secret"},
    ),
    "aes key of another length": ("sign_key", {"sign_type": "aes", "sign_key": "a" * 17}),
    "aes 128 key is for 256": (
        "sign_key",
        {"sign_type": "aes", "sign_algorithm": "aes-128-cfb", "sign_key": "a" * 32},
    ),
    "aes vector of another length": ("sign_secret", {"sign_type": "aes", "sign_secret": "planted_secret1"}),
    "aes algorithm is none": ("sign_algorithm", {"sign_type": "aes", "sign_algorithm": "aes-192-cfb"}),
}


@pytest.mark.parametrize("field, given", BAD.values(), ids=BAD)
def test_bad_field(v2, catalogue, field, given):
    body = {name: value for name, value in {"name": catalogue.new_name(), **given}.items() if value is not None}
    made = catalogue.create_key()
    before = fields(catalogue.key(made.id))
    total = v2.do("ListSignatureKeysV2").total
    for operation, id_given in (("CreateSignatureKeyV2", {}), ("UpdateSignatureKeyV2", {"sign_id": made.id})):
        code = "APIG.2011" if "name" in body else "APIG.2001"
        text = v2.refused(400, code, operation, body, **id_given)
        if code == "APIG.2011":
            # What is wrong with it may follow.
            generic = f"Invalid parameter value,parameterName:{field}. Please refer to the support documentation"
            assert text.startswith(generic)
        assert "planted" not in text
    assert (fields(catalogue.key(made.id)), v2.do("ListSignatureKeysV2").total) == (before, total)


def test_ids_are_one_segment(v2):
    """A slash in an id arrives as %2F, and names nothing."""
    for sign_id in ("a/b", "../signs", "%2F", "签"):
        v2.refused(404, "APIG.3017", "DeleteSignatureKeyV2", sign_id=sign_id)


def test_another_instance(v2):
    text = v2.refused(404, "APIG.3030", "CreateSignatureKeyV2", {"name": "abcd"}, instance_id=NO_ID)
    assert text == f"The instance does not exist;id:{NO_ID}"
    v2.refused(404, "APIG.3030", "ListSignatureKeysV2", instance_id=NO_ID)
