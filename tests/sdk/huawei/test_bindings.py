"""Bindings through the SDK for v2: which key signs which publication, seen from both sides."""

import pytest

from instance import RELEASE

NO_ID = "0" * 32
# What only the answer to a bind and the keys of an API show.
OF_THE_KEY = ("sign_key", "sign_secret", "sign_type")


def bound(v2, sign_id, **query):
    return v2.items("ListApisBindedToSignatureKeyV2", "bindings", sign_id=sign_id, **query)


def unbound(v2, sign_id, **query):
    return v2.items("ListApisNotBoundWithSignatureKeyV2", "apis", sign_id=sign_id, **query)


def keys_of(v2, api_id, **query):
    return v2.items("ListSignatureKeysBindedToApiV2", "bindings", api_id=api_id, **query)


def test_bind_and_unbind(v2, catalogue):
    key = catalogue.create_key()
    api_id = catalogue.create_api(name="Api_http", tags=["t1"])
    in_group = {"group_id": catalogue.group_id}
    assert unbound(v2, key.id, **in_group) == []
    publication = catalogue.publish(api_id)
    (free,) = unbound(v2, key.id, **in_group)
    assert (free.id, free.publish_id, free.name, free.type) == (api_id, publication.publish_id, "Api_http", 1)
    assert (free.group_id, free.group_name) == (catalogue.group_id, catalogue.name)
    assert (free.run_env_id, free.run_env_name, free.auth_type) == (RELEASE, "RELEASE", "NONE")
    assert (free.req_method, free.req_uri, free.tags, free.signature_name) == ("GET", "/items", ["t1"], None)

    (binding,) = catalogue.bind(key.id, publication.publish_id)
    (from_key,) = bound(v2, key.id)
    (from_api,) = keys_of(v2, api_id)
    for each in (binding, from_key, from_api):
        assert (each.id, each.publish_id) == (binding.id, publication.publish_id)
        assert (each.api_id, each.api_name, each.api_type, each.api_remark) == (api_id, "Api_http", 1, "")
        assert (each.group_name, each.env_id, each.env_name) == (catalogue.name, RELEASE, "RELEASE")
        assert (each.sign_id, each.sign_name, each.req_method, each.tags) == (key.id, key.name, "GET", ["t1"])
    for each in (binding, from_api):
        assert [getattr(each, field) for field in OF_THE_KEY] == [getattr(key, field) for field in OF_THE_KEY]
    (raw,) = v2.do("ListApisBindedToSignatureKeyV2", sign_id=key.id).to_json_object()["bindings"]
    assert not set(OF_THE_KEY) & set(raw)
    assert from_key.binding_time == from_api.binding_time == binding.binding_time.replace(microsecond=0)
    assert unbound(v2, key.id, **in_group) == []
    assert catalogue.key(key.id).bind_num == 1

    catalogue.unbind(binding.id)
    assert (bound(v2, key.id), keys_of(v2, api_id), catalogue.key(key.id).bind_num) == ([], [], 0)
    v2.refused(404, "APIG.3018", "DisassociateSignatureKeyV2", sign_bindings_id=binding.id)


def test_the_same_binding_again_is_the_same(v2, catalogue):
    key = catalogue.create_key()
    publish_id = catalogue.publish(catalogue.create_api()).publish_id
    (first,) = catalogue.bind(key.id, publish_id)
    (again,) = catalogue.bind(key.id, publish_id)
    assert again.id == first.id
    assert catalogue.key(key.id).bind_num == 1


def test_another_key_takes_the_place(v2, catalogue):
    old, new = catalogue.create_key(), catalogue.create_key()
    api_id = catalogue.create_api()
    publish_id = catalogue.publish(api_id).publish_id
    (first,) = catalogue.bind(old.id, publish_id)
    (elsewhere,) = unbound(v2, new.id, api_id=api_id)
    assert elsewhere.signature_name == old.name
    (second,) = catalogue.bind(new.id, publish_id)
    assert second.id != first.id
    assert bound(v2, old.id) == []
    assert [each.sign_id for each in keys_of(v2, api_id)] == [new.id]
    assert [each.signature_name for each in unbound(v2, old.id, api_id=api_id)] == [new.name]


def test_environments_have_keys_of_their_own(v2, catalogue):
    environment = catalogue.create_environment()
    api_id = catalogue.create_api()
    publications = {env_id: catalogue.publish(api_id, env_id).publish_id for env_id in (RELEASE, environment.id)}
    key, other = catalogue.create_key(), catalogue.create_key()
    made = catalogue.bind(key.id, *publications.values())
    assert {each.env_id: each.publish_id for each in made} == publications
    assert catalogue.key(key.id).bind_num == 2
    catalogue.bind(other.id, publications[environment.id])
    assert {each.env_id: each.sign_id for each in keys_of(v2, api_id)} == {
        RELEASE: key.id,
        environment.id: other.id,
    }
    catalogue.take_offline(api_id, environment.id)
    v2.do("DeleteEnvironmentV2", env_id=environment.id)


def test_filters(v2, catalogue):
    key = catalogue.create_key()
    apis = {name: catalogue.create_api(name=name, path=f"/{name}", tags=[name]) for name in ("alpha", "alphabet")}
    publications = [catalogue.publish(api_id).publish_id for api_id in apis.values()]

    def check(entries_of, api_id_field):
        def found(**query):
            return [
                getattr(each, api_id_field) for each in entries_of(v2, key.id, group_id=catalogue.group_id, **query)
            ]

        both = [apis["alphabet"], apis["alpha"]]
        assert sorted(found()) == sorted(both)
        assert sorted(found(api_name="alpha", env_id=RELEASE)) == sorted(both)
        assert found(api_name="bet") == [apis["alphabet"]]
        assert found(api_id=apis["alpha"]) == [apis["alpha"]]
        assert found(tags="alphabet") == [apis["alphabet"]]
        assert found(env_id=NO_ID) == []

    check(unbound, "id")
    catalogue.bind(key.id, *publications)
    check(bound, "api_id")
    assert bound(v2, key.id, group_id=NO_ID) == []
    for query in ({"sign_id": key.id}, {"sign_name": key.name}, {"env_id": RELEASE}):
        assert [each.sign_id for each in keys_of(v2, apis["alpha"], **query)] == [key.id]
    for query in ({"sign_id": NO_ID}, {"sign_name": "nobody"}, {"env_id": NO_ID}):
        assert keys_of(v2, apis["alpha"], **query) == []


def test_binding_ends_with_the_api_or_the_key(v2, catalogue):
    key = catalogue.create_key()
    api_id = catalogue.create_api()
    publish_id = catalogue.publish(api_id).publish_id
    catalogue.bind(key.id, publish_id)
    v2.do("DeleteSignatureKeyV2", sign_id=key.id)
    assert keys_of(v2, api_id) == []
    other = catalogue.create_key()
    catalogue.bind(other.id, publish_id)
    catalogue.take_offline(api_id)
    v2.do("DeleteApiV2", api_id=api_id)
    assert (bound(v2, other.id), catalogue.key(other.id).bind_num) == ([], 0)


def test_missing_things(v2, catalogue):
    key = catalogue.create_key()
    publish_id = catalogue.publish(catalogue.create_api()).publish_id
    refused = lambda *given, **body: v2.refused(*given, "AssociateSignatureKeyV2", body)  # noqa: E731
    text = refused(404, "APIG.3017", sign_id=NO_ID, publish_ids=[publish_id])
    assert text == f"Signature key {NO_ID} does not exist"
    # All or nothing.
    refused(404, "APIG.3015", sign_id=key.id, publish_ids=[publish_id, NO_ID])
    refused(400, "APIG.2012", sign_id=key.id, publish_ids=[])
    assert catalogue.key(key.id).bind_num == 0
    for operation in ("ListApisBindedToSignatureKeyV2", "ListApisNotBoundWithSignatureKeyV2"):
        v2.refused(404, "APIG.3017", operation, sign_id=NO_ID)
    assert v2.refused(404, "APIG.3002", "ListSignatureKeysBindedToApiV2", api_id=NO_ID) == f"API {NO_ID} does not exist"


@pytest.mark.parametrize("algorithm", ["aes-128-cfb", "aes-256-cfb"])
def test_aes_key_is_kept_but_signs_nothing(v2, catalogue, algorithm):
    publish_id = catalogue.publish(catalogue.create_api()).publish_id
    key = catalogue.create_key(sign_type="aes", sign_algorithm=algorithm)
    body = {"sign_id": key.id, "publish_ids": [publish_id]}
    text = v2.refused(412, "APIG.3548", "AssociateSignatureKeyV2", body)
    assert "AES-CFB" in text and "authenticates nothing" in text
    assert (catalogue.key(key.id).bind_num, catalogue.key(key.id).sign_secret) == (0, key.sign_secret)
    catalogue.received()
