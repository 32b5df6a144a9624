"""What Countersign serves in a run: the measured APIs among as many others as asked for."""

import json

from bench.signature import PATH, SIGN_KEY, SIGN_SECRET

APIS_IN_A_GROUP = 1000
APIS_IN_A_BINDING_CALL = 100
STAGE = "RELEASE"


def create(management, apis, backend_port):
    """Makes `apis` published APIs bound to one signature key, and one more without.

    Gives the host names by which the measured signed API and the unsigned one are reached,
    both at the same path.
    """
    signature = management.call(
        "CreateSignature", SignatureName="bench_key", SignatureKey=SIGN_KEY, SignatureSecret=SIGN_SECRET
    )
    group_starts = range(0, apis, APIS_IN_A_GROUP)
    groups = management.call_all(
        ("CreateApiGroup", {"GroupName": f"bench_group_{number}"}) for number in range(len(group_starts))
    )
    measured = apis // 2
    created = management.call_all(
        (
            "CreateApi",
            _api(
                groups[number // APIS_IN_A_GROUP]["GroupId"],
                f"bench_api_{number}",
                PATH if number == measured else f"/bench/other/{number}",
                backend_port,
            ),
        )
        for number in range(apis)
    )
    _deploy(management, groups, created)
    management.call_all(
        (
            "SetSignatureApis",
            {
                "SignatureId": signature["SignatureId"],
                "GroupId": group["GroupId"],
                "StageName": STAGE,
                "ApiIds": ",".join(api["ApiId"] for api in created[start:end]),
            },
        )
        for group, group_start in zip(groups, group_starts)
        for start, end in _slices(group_start, min(group_start + APIS_IN_A_GROUP, apis), APIS_IN_A_BINDING_CALL)
    )
    unsigned_group = management.call("CreateApiGroup", GroupName="bench_unsigned")
    unsigned = management.call("CreateApi", **_api(unsigned_group["GroupId"], "bench_unsigned", PATH, backend_port))
    _deploy(management, [unsigned_group], [unsigned])
    return groups[measured // APIS_IN_A_GROUP]["SubDomain"], unsigned_group["SubDomain"]


def _deploy(management, groups, created):
    management.call_all(
        (
            "DeployApi",
            {
                "GroupId": groups[number // APIS_IN_A_GROUP]["GroupId"],
                "ApiId": api["ApiId"],
                "StageName": STAGE,
                "Description": "benchmark",
            },
        )
        for number, api in enumerate(created)
    )


def _api(group_id, name, path, backend_port):
    request = {
        "RequestProtocol": "HTTP",
        "RequestHttpMethod": "GET",
        "RequestPath": path,
        "RequestMode": "PASSTHROUGH",
        "BodyFormat": "STREAM",
    }
    service = {
        "ServiceProtocol": "HTTP",
        "ServiceAddress": f"http://127.0.0.1:{backend_port}",
        "ServicePath": path,
        "ServiceHttpMethod": "GET",
        "ServiceTimeout": 10_000,
        "ContentTypeCatagory": "CLIENT",
        "Mock": "FALSE",
    }
    return {
        "GroupId": group_id,
        "ApiName": name,
        "Visibility": "PRIVATE",
        "AuthType": "ANONYMOUS",
        "RequestConfig": json.dumps(request),
        "ServiceConfig": json.dumps(service),
    }


def _slices(start, end, size):
    return [(each, min(each + size, end)) for each in range(start, end, size)]
