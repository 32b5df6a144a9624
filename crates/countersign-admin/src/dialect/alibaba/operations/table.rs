//! The operations and their parameters as data: what `docs/alibaba.md` shows,
//! and what tests feed with bad values. Common parameters (spec 1.3) are not
//! in it, nor is what is passed over.

use countersign_core::FieldRule;

use crate::dialect::alibaba::rules;

/// One operation: what it takes, and how it can fail beyond what its
/// parameters alone can do.
#[derive(Debug)]
pub struct OperationRow {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// The codes it answers besides `Missing…` and `Invalid…` of its
    /// parameters and those of every call.
    pub errors: &'static [&'static str],
    /// What of the vendor's it does not do, or does in another way.
    pub differs: &'static str,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether a call without it, or with an empty one, is refused with
    /// `Missing` and its name.
    pub required: bool,
    /// What its value may be.
    pub kind: Kind,
}

/// What a parameter's value may be. What is not is refused with `Invalid` and
/// the parameter's name, unless the kind says something else.
#[derive(Debug)]
pub enum Kind {
    /// An id. One that names nothing is refused with this code.
    Id(&'static str),
    /// At most 100 ids with commas between. One that names nothing is refused
    /// with this code.
    Ids(&'static str),
    /// A text that follows a rule.
    Text(&'static FieldRule),
    /// A secret text that follows a rule.
    Secret(&'static FieldRule),
    /// A text that only a filter reads: any will do.
    Filter,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, in any case.
    OneOfAnyCase(&'static [&'static str]),
    /// `true` or `false`, in any case; `true` is refused as not supported.
    FalseOnly,
    /// Capital letters and `_`, at most 32.
    Word,
    /// A number from 1.
    PageNumber,
    /// A number from 1 to this.
    PageSize(usize),
    /// A JSON object.
    Object,
    /// A JSON array of objects.
    List,
    /// JSON or YAML: the body of a plugin.
    PluginData,
    /// Any text, told again and not read.
    Documentation,
}

const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        required: true,
        kind,
    }
}

const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        required: false,
        kind,
    }
}

const NO_GROUP: &str = "NotFoundApiGroup";
const NO_API: &str = "NotFoundApi";
const NO_SIGNATURE: &str = "NotFoundSignature";
const NO_DEPLOYMENT: &str = "NotFoundDeployment";
const STAGES: &[&str] = &countersign_core::environment::INITIAL;
const VISIBILITIES: &[&str] = &["PUBLIC", "PRIVATE"];
const METHODS: &[&str] = &[
    "ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
];
const CREATE_DIFFERS: &str = "`BackendEnable`, `ForceNonceCheck` and `DisableInternet` cannot be true; `AuthType` other than ANONYMOUS is answered with a warning, since callers are not authenticated; `BackendId`, `OpenIdConnectConfig` and tags are passed over";

const PAGE_NUMBER: Parameter = optional("PageNumber", Kind::PageNumber);
const PAGE_SIZE: Parameter = optional("PageSize", Kind::PageSize(100));
const STAGE: Parameter = required("StageName", Kind::OneOf(STAGES));
const GROUP: Parameter = required("GroupId", Kind::Id(NO_GROUP));
const API: Parameter = required("ApiId", Kind::Id(NO_API));
/// An API that is not in the group named beside it is the one not found.
const GROUP_BESIDE_API: Parameter = optional("GroupId", Kind::Id(NO_API));
const PLUGIN: Parameter = required("PluginId", Kind::Id("NotFoundPlugin"));
const SIGNATURE: Parameter = required("SignatureId", Kind::Id(NO_SIGNATURE));

/// All operations that are spoken, in the order of [`super::OPERATION_NAMES`].
pub const TABLE: &[OperationRow] = &[
    OperationRow {
        name: "CreateApiGroup",
        parameters: &[
            required("GroupName", Kind::Text(&rules::GROUP_NAME)),
            optional("Description", Kind::Text(&rules::DESCRIPTION)),
            optional("BasePath", Kind::OneOf(&["/"])),
        ],
        errors: &["RepeatedGroupName", "ExceedLimitApiGroup"],
        differs: "`InstanceId` and tags are passed over",
    },
    OperationRow {
        name: "DescribeApiGroups",
        parameters: &[
            optional("GroupId", Kind::Filter),
            optional("GroupName", Kind::Filter),
            optional("Sort", Kind::OneOfAnyCase(&["asc", "desc"])),
            PAGE_NUMBER,
            optional("PageSize", Kind::PageSize(50)),
        ],
        errors: &[],
        differs: "the filters `InstanceId`, `BasePath` and tags are passed over",
    },
    OperationRow {
        name: "DescribeApiGroup",
        parameters: &[GROUP],
        errors: &[],
        differs: "a stage's `StageId` is its name; `CustomDomains` is always empty",
    },
    OperationRow {
        name: "DeleteApiGroup",
        parameters: &[required("GroupId", Kind::Filter)],
        errors: &["DependencyViolationApiGroup"],
        differs: "as with the vendor, a group that does not exist is deleted with success",
    },
    OperationRow {
        name: "CreateApi",
        parameters: &[
            GROUP,
            required("ApiName", Kind::Text(&rules::API_NAME)),
            required("Visibility", Kind::OneOf(VISIBILITIES)),
            required("RequestConfig", Kind::Object),
            required("ServiceConfig", Kind::Object),
            optional("RequestParameters", Kind::List),
            optional("ServiceParameters", Kind::List),
            optional("ServiceParametersMap", Kind::List),
            optional("ConstantParameters", Kind::List),
            optional("SystemParameters", Kind::List),
            optional("ErrorCodeSamples", Kind::List),
            optional("ResultDescriptions", Kind::List),
            optional("ResultType", Kind::Documentation),
            optional("ResultSample", Kind::Documentation),
            optional("FailResultSample", Kind::Documentation),
            optional("ResultBodyModel", Kind::Documentation),
            optional("AllowSignatureMethod", Kind::Documentation),
            optional("AppCodeAuthType", Kind::Documentation),
            optional("Description", Kind::Text(&rules::DESCRIPTION)),
            optional("AuthType", Kind::Word),
            optional("WebSocketApiType", Kind::OneOf(&["COMMON"])),
            optional("BackendEnable", Kind::FalseOnly),
            optional("ForceNonceCheck", Kind::FalseOnly),
            optional("DisableInternet", Kind::FalseOnly),
        ],
        errors: &["RepeatedApiName", "RepeatedRequestPath", "ExceedLimitApi"],
        differs: CREATE_DIFFERS,
    },
    OperationRow {
        name: "ModifyApi",
        parameters: &[
            GROUP_BESIDE_API,
            API,
            optional("ApiName", Kind::Text(&rules::API_NAME)),
            optional("Visibility", Kind::OneOf(VISIBILITIES)),
            optional("RequestConfig", Kind::Object),
            optional("ServiceConfig", Kind::Object),
            optional("RequestParameters", Kind::List),
            optional("ServiceParameters", Kind::List),
            optional("ServiceParametersMap", Kind::List),
            optional("ConstantParameters", Kind::List),
            optional("SystemParameters", Kind::List),
            optional("ErrorCodeSamples", Kind::List),
            optional("ResultDescriptions", Kind::List),
            optional("ResultType", Kind::Documentation),
            optional("ResultSample", Kind::Documentation),
            optional("FailResultSample", Kind::Documentation),
            optional("ResultBodyModel", Kind::Documentation),
            optional("AllowSignatureMethod", Kind::Documentation),
            optional("AppCodeAuthType", Kind::Documentation),
            optional("Description", Kind::Text(&rules::DESCRIPTION)),
            optional("AuthType", Kind::Word),
            optional("WebSocketApiType", Kind::OneOf(&["COMMON"])),
            optional("BackendEnable", Kind::FalseOnly),
            optional("ForceNonceCheck", Kind::FalseOnly),
            optional("DisableInternet", Kind::FalseOnly),
        ],
        errors: &["RepeatedApiName", "RepeatedRequestPath", "RepeatedCommit"],
        differs: "as `CreateApi`; what is absent or empty stays as it is, `[]` takes a table away; `BackendId` and `OpenIdConnectConfig` are passed over",
    },
    OperationRow {
        name: "DescribeApi",
        parameters: &[GROUP_BESIDE_API, API],
        errors: &[],
        differs: "tells what was given of the fields that are known here",
    },
    OperationRow {
        name: "DescribeApis",
        parameters: &[
            optional("GroupId", Kind::Filter),
            optional("ApiId", Kind::Filter),
            optional("ApiName", Kind::Filter),
            optional("ApiPath", Kind::Filter),
            optional("ApiMethod", Kind::OneOf(METHODS)),
            optional("Visibility", Kind::OneOf(VISIBILITIES)),
            optional("StageName", Kind::OneOf(STAGES)),
            PAGE_NUMBER,
            PAGE_SIZE,
        ],
        errors: &[],
        differs: "the filters `CatalogId`, `UnDeployed` and tags are passed over",
    },
    OperationRow {
        name: "DeployApi",
        parameters: &[
            GROUP_BESIDE_API,
            API,
            STAGE,
            required("Description", Kind::Text(&rules::DEPLOY_DESCRIPTION)),
        ],
        errors: &["InvalidRequestConfig"],
        differs: "",
    },
    OperationRow {
        name: "AbolishApi",
        parameters: &[GROUP_BESIDE_API, API, STAGE],
        errors: &[NO_DEPLOYMENT],
        differs: "",
    },
    OperationRow {
        name: "DescribeDeployedApi",
        parameters: &[GROUP_BESIDE_API, API, STAGE],
        errors: &[NO_DEPLOYMENT],
        differs: "",
    },
    OperationRow {
        name: "DescribeDeployedApis",
        parameters: &[
            optional("GroupId", Kind::Filter),
            optional("ApiId", Kind::Filter),
            optional("ApiName", Kind::Filter),
            optional("ApiPath", Kind::Filter),
            optional("ApiMethod", Kind::OneOf(METHODS)),
            optional("StageName", Kind::OneOf(STAGES)),
            PAGE_NUMBER,
            PAGE_SIZE,
        ],
        errors: &[],
        differs: "the filter on tags is passed over",
    },
    OperationRow {
        name: "DeleteApi",
        parameters: &[GROUP_BESIDE_API, API],
        errors: &["DependencyViolationApi"],
        differs: "",
    },
    OperationRow {
        name: "CreateSignature",
        parameters: &[
            required("SignatureName", Kind::Text(&rules::SIGNATURE_NAME)),
            required("SignatureKey", Kind::Text(&rules::SIGNATURE_KEY)),
            required("SignatureSecret", Kind::Secret(&rules::SIGNATURE_SECRET)),
        ],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "ModifySignature",
        parameters: &[
            SIGNATURE,
            optional("SignatureName", Kind::Text(&rules::SIGNATURE_NAME)),
            optional("SignatureKey", Kind::Text(&rules::SIGNATURE_KEY)),
            optional("SignatureSecret", Kind::Secret(&rules::SIGNATURE_SECRET)),
        ],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "DeleteSignature",
        parameters: &[SIGNATURE],
        errors: &["DependencyViolationSignature"],
        differs: "",
    },
    OperationRow {
        name: "DescribeSignatures",
        parameters: &[
            optional("SignatureId", Kind::Filter),
            optional("SignatureName", Kind::Filter),
            PAGE_NUMBER,
            PAGE_SIZE,
        ],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "SetSignatureApis",
        parameters: &[
            SIGNATURE,
            GROUP,
            required("ApiIds", Kind::Ids(NO_API)),
            STAGE,
        ],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "RemoveSignatureApis",
        parameters: &[
            SIGNATURE,
            GROUP,
            optional("ApiIds", Kind::Ids(NO_API)),
            STAGE,
        ],
        errors: &[],
        differs: "an empty `ApiIds` is refused with `MissingApiIds`: absent means all APIs of the group, and nobody means that by an empty variable",
    },
    OperationRow {
        name: "DescribeSignaturesByApi",
        parameters: &[GROUP, API, STAGE],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "DescribeApisBySignature",
        parameters: &[SIGNATURE, PAGE_NUMBER, PAGE_SIZE],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "DescribeApiSignatures",
        parameters: &[
            GROUP,
            optional("ApiIds", Kind::Ids(NO_API)),
            STAGE,
            PAGE_NUMBER,
            PAGE_SIZE,
        ],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "CreatePlugin",
        parameters: &[
            required("PluginName", Kind::Text(&rules::PLUGIN_NAME)),
            required("PluginType", Kind::OneOf(&["backendSignature"])),
            required("PluginData", Kind::PluginData),
            optional("Description", Kind::Text(&rules::PLUGIN_DESCRIPTION)),
        ],
        errors: &[],
        differs: "tags are passed over; a plugin is a signature: `PluginId` is its `SignatureId`",
    },
    OperationRow {
        name: "ModifyPlugin",
        parameters: &[
            PLUGIN,
            optional("PluginName", Kind::Text(&rules::PLUGIN_NAME)),
            optional("PluginData", Kind::PluginData),
            optional("Description", Kind::Text(&rules::PLUGIN_DESCRIPTION)),
        ],
        errors: &[],
        differs: "goes beyond the vendor: the change shows in the signature too",
    },
    OperationRow {
        name: "DeletePlugin",
        parameters: &[PLUGIN],
        errors: &["DependencyViolationPlugin"],
        differs: "",
    },
    OperationRow {
        name: "DescribePlugins",
        parameters: &[
            optional("PluginId", Kind::Filter),
            optional("PluginName", Kind::Filter),
            optional("PluginType", Kind::Filter),
            PAGE_NUMBER,
            PAGE_SIZE,
        ],
        errors: &[],
        differs: "every signature is listed; `PluginData` is always JSON, whatever text made it; the filter on tags is passed over",
    },
    OperationRow {
        name: "AttachPlugin",
        parameters: &[
            PLUGIN,
            optional("GroupId", Kind::Id(NO_GROUP)),
            optional("ApiId", Kind::Id(NO_API)),
            optional("ApiIds", Kind::Ids(NO_API)),
            STAGE,
        ],
        errors: &["MissingApiId", NO_DEPLOYMENT],
        differs: "one of `ApiId` and `ApiIds` has to be there; a plugin cannot be attached to a group",
    },
    OperationRow {
        name: "DetachPlugin",
        parameters: &[
            PLUGIN,
            optional("GroupId", Kind::Id(NO_GROUP)),
            optional("ApiId", Kind::Id(NO_API)),
            optional("ApiIds", Kind::Ids(NO_API)),
            STAGE,
        ],
        errors: &["MissingApiId"],
        differs: "one of `ApiId` and `ApiIds` has to be there; an API that has another plugin, or none, is passed over",
    },
    OperationRow {
        name: "DescribePluginsByApi",
        parameters: &[
            optional("GroupId", Kind::Id(NO_GROUP)),
            API,
            STAGE,
            PAGE_NUMBER,
            PAGE_SIZE,
        ],
        errors: &[],
        differs: "",
    },
    OperationRow {
        name: "DescribePluginApis",
        parameters: &[
            PLUGIN,
            optional("GroupId", Kind::Filter),
            optional("GroupName", Kind::Filter),
            optional("ApiId", Kind::Filter),
            optional("ApiName", Kind::Filter),
            optional("Method", Kind::Filter),
            optional("Path", Kind::Filter),
            PAGE_NUMBER,
            PAGE_SIZE,
        ],
        errors: &[],
        differs: "`StageAlias` is left out",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_row() {
        let names: Vec<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names, super::super::OPERATION_NAMES);
    }

    #[test]
    fn a_parameter_stands_once() {
        for row in TABLE {
            let mut names: Vec<_> = row.parameters.iter().map(|own| own.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), row.parameters.len(), "{}", row.name);
        }
    }
}
