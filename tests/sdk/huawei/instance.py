"""The one project and the one instance of the gateways of these tests."""

PROJECT_ID = "73d69ae0cfcf460190522d06b60f05ad"
INSTANCE_ID = "f0fa1789-3b76-433b-a787-9892951c620e"
RELEASE = "DEFAULT_ENVIRONMENT_RELEASE_ID"
V1 = "/v1.0/apigw"
V2 = f"/v2/{PROJECT_ID}/apigw/instances/{INSTANCE_ID}"
# The end of the configuration: `bootstrap`, and then a table of its own.
SETTINGS = f"""
project_id = "{PROJECT_ID}"
[management.huawei]
instance_id = "{INSTANCE_ID}"
"""
