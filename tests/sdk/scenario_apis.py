"""What every client does with APIs and groups: reading them, changing them, mapped parameters, mock answers."""

import json
import urllib.parse

from project import BACKEND_PATH, METHOD, STAGE
from scenario import UNKNOWN_ID, refused
from signed import assert_signed, assert_unsigned


def described(project):
    """DescribeApiGroup and DescribeApi give back what was made, as objects."""
    group = project.do("DescribeApiGroup", GroupId=project.group_id)
    assert (group["GroupId"], group["GroupName"]) == (project.group_id, project.name)
    assert group["Description"] == "made by a scenario"
    refused("NotFoundApiGroup", project.do, "DescribeApiGroup", GroupId=UNKNOWN_ID)

    api_id = project.create_api("items")
    api = project.describe_api(api_id)
    assert (api["ApiId"], api["ApiName"], api["GroupId"]) == (api_id, "items", project.group_id)
    assert (api["Visibility"], api["AuthType"]) == ("PRIVATE", "ANONYMOUS")
    assert {"RequestHttpMethod": METHOD, "RequestPath": "/items"}.items() <= api["RequestConfig"].items()
    assert {"ServicePath": BACKEND_PATH, "ServiceTimeout": 10_000}.items() <= api["ServiceConfig"].items()
    assert not any(stage["DeployedStatus"] == "DEPLOYED" for stage in project.stages(api))
    project.publish(api_id)
    (stage,) = [stage for stage in project.stages(project.describe_api(api_id)) if stage["StageName"] == STAGE]
    assert stage["DeployedStatus"] == "DEPLOYED"
    refused("NotFoundApi", project.do, "DescribeApi", GroupId=project.group_id, ApiId=UNKNOWN_ID)


def changed_api(project):
    """A change of an API takes effect when it is published again; the key stays bound."""
    api_id = project.create_api("items")
    project.publish(api_id)
    project.bind(project.create_key("api_key", "ApiKey1", "ApiSecret_1"), api_id)
    project.do(
        "ModifyApi",
        GroupId=project.group_id,
        ApiId=api_id,
        ApiName="other_items",
        Visibility="PUBLIC",
        AuthType="ANONYMOUS",
        **project.definition(service={"ServicePath": "/backend/others"}),
    )
    api = project.describe_api(api_id)
    assert (api["ApiName"], api["Visibility"]) == ("other_items", "PUBLIC")
    assert api["ServiceConfig"]["ServicePath"] == "/backend/others"
    assert project.received().target == BACKEND_PATH
    project.publish(api_id)
    received = project.received()
    assert received.target == "/backend/others"
    assert_signed(received, {"ApiKey1": "ApiSecret_1"})


TABLES = {
    "RequestParameters": [
        {"ApiParameterName": "id", "Location": "PATH", "ParameterType": "Int", "Required": "REQUIRED"},
        {
            "ApiParameterName": "q",
            "Location": "QUERY",
            "ParameterType": "String",
            "Required": "OPTIONAL",
            "DefaultValue": "all",
        },
        {"ApiParameterName": "X-Tenant", "Location": "HEAD", "ParameterType": "String", "Required": "OPTIONAL"},
    ],
    "ServiceParameters": [
        {
            "ServiceParameterName": "itemId",
            "Location": "PATH",
            "ParameterType": "Int",
            "ParameterCatalog": "REQUEST",
        },
        {
            "ServiceParameterName": "search",
            "Location": "QUERY",
            "ParameterType": "String",
            "ParameterCatalog": "REQUEST",
        },
        {
            "ServiceParameterName": "X-Backend-Tenant",
            "Location": "HEAD",
            "ParameterType": "String",
            "ParameterCatalog": "REQUEST",
        },
    ],
    "ServiceParametersMap": [
        {"ServiceParameterName": "itemId", "RequestParameterName": "id"},
        {"ServiceParameterName": "search", "RequestParameterName": "q"},
        {"ServiceParameterName": "X-Backend-Tenant", "RequestParameterName": "X-Tenant"},
    ],
    "ConstantParameters": [{"ServiceParameterName": "source", "ConstantValue": "the gateway", "Location": "QUERY"}],
    "SystemParameters": [{"ParameterName": "CaClientIp", "ServiceParameterName": "clientIp", "Location": "QUERY"}],
}
WRAPPED = {
    "RequestParameters": "RequestParameter",
    "ServiceParameters": "ServiceParameter",
    "ServiceParametersMap": "ServiceParameterMap",
    "ConstantParameters": "ConstantParameter",
    "SystemParameters": "SystemParameter",
}


def mapped(project):
    """In mapping mode the tables decide what reaches the backend, and that is what is signed."""
    definition = project.definition(
        path="/items/[id]", service={"ServicePath": f"{BACKEND_PATH}/[itemId]"}, RequestMode="MAPPING"
    )
    tables = {name: json.dumps(rows) for name, rows in TABLES.items()}
    api_id = project.create_api("items", **definition, **tables)
    project.publish(api_id)
    secrets = {"MappedKey1": "MappedSecret_1"}
    assert_unsigned(project.received("/items/1"))
    project.bind(project.create_key("mapped_key", "MappedKey1", "MappedSecret_1"), api_id)

    received = project.received("/items/7?q=a%20b%26c&unknown=x", [("X-Tenant", "acme"), ("X-Unknown", "x")])
    added = {"source": ["the gateway"], "clientIp": ["127.0.0.1"]}
    assert _split(received) == (f"{BACKEND_PATH}/7", added | {"search": ["a b&c"]})
    headers = [received.header(name) for name in ("X-Backend-Tenant", "X-Tenant", "X-Unknown")]
    assert headers == ["acme", None, None]
    assert_signed(received, secrets)

    received = project.received("/items/8")
    assert _split(received) == (f"{BACKEND_PATH}/8", added | {"search": ["all"]})
    assert received.header("X-Backend-Tenant") is None
    assert_signed(received, secrets)
    assert project.status("/items/seven") == 400

    api = project.describe_api(api_id)
    assert api["RequestConfig"]["RequestMode"] == "MAPPING"
    for table, item in WRAPPED.items():
        # The typed answers of the two newer SDKs have no catalogue; the older ones hand over whatever is there.
        told = [{name: row[name] for name in row if name != "ParameterCatalog"} for row in api[table][item]]
        sent = [{name: row[name] for name in row if name != "ParameterCatalog"} for row in TABLES[table]]
        assert told == sent


FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
FORM_TABLES = {
    "RequestParameters": [
        {"ApiParameterName": "name", "Location": "BODY", "ParameterType": "String", "Required": "REQUIRED"}
    ],
    "ServiceParameters": [
        {
            "ServiceParameterName": "title",
            "Location": "BODY",
            "ParameterType": "String",
            "ParameterCatalog": "REQUEST",
        }
    ],
    "ServiceParametersMap": [{"ServiceParameterName": "title", "RequestParameterName": "name"}],
    "ConstantParameters": [{"ServiceParameterName": "source", "ConstantValue": "the gateway", "Location": "BODY"}],
}


def mapped_form(project):
    """Fields of a form are mapped as well, and signed among the parameters."""
    definition = project.definition(method="POST", RequestMode="MAPPING", BodyFormat="FORM")
    tables = {name: json.dumps(rows) for name, rows in FORM_TABLES.items()}
    api_id = project.create_api("items", **definition, **tables)
    project.publish(api_id)
    project.bind(project.create_key("form_key", "FormKey1", "FormSecret_1"), api_id)
    received = project.received(headers=FORM, method="POST", body="name=张+%26&unknown=x".encode())
    assert received.target == BACKEND_PATH
    fields = urllib.parse.parse_qs(received.body.decode(), strict_parsing=True)
    assert fields == {"title": ["张 &"], "source": ["the gateway"]}
    assert_signed(received, {"FormKey1": "FormSecret_1"})
    assert project.status(headers=FORM, method="POST", body=b"other=x") == 400


def _split(received):
    """Path and decoded query of what the backend received."""
    path, _, query = received.target.partition("?")
    return path, urllib.parse.parse_qs(query, keep_blank_values=True, strict_parsing=True)


def mocked(project):
    """A mock answers in place of the backend, until a change takes it away."""
    mock = {
        "Mock": "TRUE",
        "MockResult": '{"mocked":"é"}',
        "MockStatusCode": 203,
        "MockHeaders": [{"HeaderName": "X-Mocked", "HeaderValue": "yes"}],
    }
    api_id = project.create_api("items", **project.definition(service=mock))
    project.publish(api_id)
    status, headers, body = project.request()
    assert (status, headers["x-mocked"], body.decode()) == (203, "yes", mock["MockResult"])
    assert project.status() == 203
    service = project.describe_api(api_id)["ServiceConfig"]
    assert (service["Mock"], service["MockResult"], service["MockStatusCode"]) == ("TRUE", mock["MockResult"], 203)
    names = {"GroupId": project.group_id, "ApiId": api_id, "ApiName": "items", "Visibility": "PRIVATE"}
    project.do("ModifyApi", **names, AuthType="ANONYMOUS", **project.definition())
    project.publish(api_id)
    assert_unsigned(project.received())
