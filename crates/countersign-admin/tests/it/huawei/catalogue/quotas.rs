//! How many there may be, and what names may be by configuration.

use countersign_admin::{AdminConfig, HuaweiConfig};
use countersign_core::command::APIS_PER_GROUP_MAX;
use http::StatusCode;
use serde_json::json;

use super::{V1, group, least};
use crate::{
    huawei::support::{bases, v2},
    support::{FixedStatus, Plane, config},
};

#[tokio::test]
async fn groups_of_an_account() {
    let config = AdminConfig {
        groups_per_account_max: 1,
        ..config()
    };
    let plane = Plane::with(config, FixedStatus(None)).await;
    group(&plane, "first").await;
    for (version, base) in bases() {
        let target = format!("{base}api-groups");
        let answer = plane
            .huawei("POST", &target, json!({ "name": "more" }))
            .await;
        assert_eq!(
            answer.huawei_code(),
            (403, "APIG.3101".to_owned()),
            "{version}"
        );
    }
}

#[tokio::test]
async fn apis_of_a_group() {
    let plane = Plane::new().await;
    let group = group(&plane, "full").await;
    let target = format!("{}apis", v2());
    for at in 0..APIS_PER_GROUP_MAX {
        let body = least(&group, &format!("api_{at}"), &format!("/{at}"));
        let answer = plane.huawei("POST", &target, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer}");
    }
    for (version, base) in bases() {
        let target = format!("{base}apis");
        let answer = plane
            .huawei("POST", &target, least(&group, "one_more", "/x"))
            .await;
        assert_eq!(
            answer.huawei_code(),
            (403, "APIG.3102".to_owned()),
            "{version}"
        );
    }
}

#[tokio::test]
async fn names_in_v1_without_ideographs() {
    let huawei = HuaweiConfig {
        ideographs_in_names: false,
        ..HuaweiConfig::default()
    };
    let config = AdminConfig { huawei, ..config() };
    let plane = Plane::with(config, FixedStatus(None)).await;
    let group = group(&plane, "分组名").await;
    for (rest, body) in [
        ("api-groups", json!({ "name": "其他的" })),
        ("apis", least(&group, "接口名", "/a")),
    ] {
        let refused = plane
            .huawei("POST", &format!("{V1}{rest}"), body.clone())
            .await;
        assert_eq!(
            refused.huawei_code(),
            (400, "APIG.2011".to_owned()),
            "{rest}"
        );
        let taken = plane.huawei("POST", &format!("{}{rest}", v2()), body).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{taken}");
    }
}
