//! Any text in the parameters that hold JSON, of a caller who signed it.
#![no_main]

use std::sync::LazyLock;

use countersign_fuzz::Plane;
use libfuzzer_sys::fuzz_target;

static PLANE: LazyLock<Plane> = LazyLock::new(Plane::new);

const NAMES: [&str; 7] = [
    "RequestConfig",
    "ServiceConfig",
    "RequestParameters",
    "ServiceParameters",
    "ServiceParametersMap",
    "ConstantParameters",
    "SystemParameters",
];

fuzz_target!(|input: (u8, &str)| {
    let (which, json) = input;
    let name = NAMES[usize::from(which) % NAMES.len()];
    let mut params = vec![
        ("GroupId", PLANE.group.as_str()),
        ("ApiName", "anApi"),
        ("Visibility", "PUBLIC"),
        (
            "RequestConfig",
            r#"{"RequestHttpMethod":"GET","RequestPath":"/a","RequestMode":"MAPPING"}"#,
        ),
        (
            "ServiceConfig",
            r#"{"ServiceProtocol":"HTTP","ServiceAddress":"http://127.0.0.1:9000","ServiceTimeout":5000}"#,
        ),
    ];
    params.retain(|(own, _)| *own != name);
    params.push((name, json));
    let answer = PLANE.call("CreateApi", &params);
    // What was made is taken away again, so that each input finds the same state.
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    if let Some(api) = answer["ApiId"].as_str() {
        PLANE.call("DescribeApi", &[("GroupId", &PLANE.group), ("ApiId", api)]);
        PLANE.call("DeleteApi", &[("GroupId", &PLANE.group), ("ApiId", api)]);
    }
});
