//! The fields of the JSON texts that describe an API (spec 3.4), as data: what
//! is read, kept and told again. What is not listed is passed over.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    /// A text.
    Text,
    /// A whole number, which SDKs send as a number or as text.
    Number,
    /// `TRUE` or `FALSE` as text, or a JSON boolean; told as text.
    Switch,
    /// A JSON boolean, or `true` or `false` as text.
    Flag,
    /// The headers of a mock answer: a list of `HeaderName` and `HeaderValue`.
    Headers,
}

use FieldKind::{Flag, Headers, Number, Switch, Text};

/// The fields of one object.
pub(super) type Schema = &'static [(&'static str, FieldKind)];

/// What one parameter of the call holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum PartKind {
    Text,
    Object(Schema),
    /// A list, and what one item is called where it is told again.
    List(&'static str, Schema),
}

/// Every parameter that `CreateApi` takes and `DescribeApi` tells again.
pub(super) const PARTS: [(&str, PartKind); 17] = [
    ("AuthType", PartKind::Text),
    ("WebSocketApiType", PartKind::Text),
    ("AllowSignatureMethod", PartKind::Text),
    ("AppCodeAuthType", PartKind::Text),
    ("ResultType", PartKind::Text),
    ("ResultSample", PartKind::Text),
    ("FailResultSample", PartKind::Text),
    ("ResultBodyModel", PartKind::Text),
    (REQUEST_CONFIG, PartKind::Object(REQUEST_FIELDS)),
    (SERVICE_CONFIG, PartKind::Object(SERVICE_FIELDS)),
    (
        REQUEST_PARAMETERS,
        PartKind::List("RequestParameter", REQUEST_PARAMETER_FIELDS),
    ),
    (
        SERVICE_PARAMETERS,
        PartKind::List("ServiceParameter", SERVICE_PARAMETER_FIELDS),
    ),
    (
        SERVICE_PARAMETERS_MAP,
        PartKind::List("ServiceParameterMap", MAP_FIELDS),
    ),
    (
        CONSTANT_PARAMETERS,
        PartKind::List("ConstantParameter", CONSTANT_FIELDS),
    ),
    (
        SYSTEM_PARAMETERS,
        PartKind::List("SystemParameter", SYSTEM_FIELDS),
    ),
    (
        "ErrorCodeSamples",
        PartKind::List("ErrorCodeSample", ERROR_CODE_FIELDS),
    ),
    (
        "ResultDescriptions",
        PartKind::List("ResultDescription", RESULT_FIELDS),
    ),
];

pub(super) const REQUEST_CONFIG: &str = "RequestConfig";
pub(super) const SERVICE_CONFIG: &str = "ServiceConfig";
pub(super) const REQUEST_PARAMETERS: &str = "RequestParameters";
pub(super) const SERVICE_PARAMETERS: &str = "ServiceParameters";
pub(super) const SERVICE_PARAMETERS_MAP: &str = "ServiceParametersMap";
pub(super) const CONSTANT_PARAMETERS: &str = "ConstantParameters";
pub(super) const SYSTEM_PARAMETERS: &str = "SystemParameters";

const REQUEST_FIELDS: Schema = &[
    ("RequestProtocol", Text),
    ("RequestHttpMethod", Text),
    ("RequestPath", Text),
    ("RequestMode", Text),
    ("BodyFormat", Text),
    ("PostBodyDescription", Text),
    ("BodyModel", Text),
    ("EscapePathParam", Flag),
];

// "Catagory" is the vendor's spelling.
const SERVICE_FIELDS: Schema = &[
    ("ServiceProtocol", Text),
    ("ServiceAddress", Text),
    ("ServicePath", Text),
    ("ServiceHttpMethod", Text),
    ("ServiceTimeout", Number),
    ("ContentTypeCatagory", Text),
    ("ContentTypeValue", Text),
    ("Mock", Switch),
    ("MockResult", Text),
    ("MockStatusCode", Number),
    ("MockHeaders", Headers),
    ("ServiceVpcEnable", Switch),
];

const REQUEST_PARAMETER_FIELDS: Schema = &[
    ("ApiParameterName", Text),
    ("Location", Text),
    ("ParameterType", Text),
    ("Required", Text),
    ("DefaultValue", Text),
    ("DemoValue", Text),
    ("MaxValue", Number),
    ("MinValue", Number),
    ("MaxLength", Number),
    ("MinLength", Number),
    ("RegularExpression", Text),
    ("JsonScheme", Text),
    ("EnumValue", Text),
    ("DocShow", Text),
    ("DocOrder", Number),
    ("Description", Text),
];

const SERVICE_PARAMETER_FIELDS: Schema = &[
    ("ServiceParameterName", Text),
    ("Location", Text),
    ("ParameterType", Text),
    ("ParameterCatalog", Text),
];

const MAP_FIELDS: Schema = &[
    ("ServiceParameterName", Text),
    ("RequestParameterName", Text),
];

const CONSTANT_FIELDS: Schema = &[
    ("ServiceParameterName", Text),
    ("ConstantValue", Text),
    ("Location", Text),
    ("Description", Text),
];

const SYSTEM_FIELDS: Schema = &[
    ("ParameterName", Text),
    ("ServiceParameterName", Text),
    ("Location", Text),
    ("DemoValue", Text),
    ("Description", Text),
];

const ERROR_CODE_FIELDS: Schema = &[
    ("Code", Text),
    ("Message", Text),
    ("Description", Text),
    ("Model", Text),
];

const RESULT_FIELDS: Schema = &[
    ("Id", Text),
    ("Pid", Text),
    ("Key", Text),
    ("Name", Text),
    ("Type", Text),
    ("HasChild", Flag),
    ("Mandatory", Flag),
    ("Description", Text),
];

/// One header of a mock answer.
pub(super) const HEADER_FIELDS: Schema = &[("HeaderName", Text), ("HeaderValue", Text)];
