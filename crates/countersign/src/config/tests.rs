use countersign_admin::BindAnswer;

use super::*;

fn none(_: &str) -> Option<String> {
    None
}

fn problems(text: &str) -> Vec<String> {
    Config::parse(text, &none)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_contracts_keys_are_known() {
    let config = Config::parse(
        r#"
        [gateway]
        listen = ["127.0.0.1:8000", "[::1]:8000"]
        workers = 2
        domain_suffix = "GW.localhost"
        access_log = "off"
        backend_sign_header = "X-Gateway-Signature"
        public_key_uri_prefix = "/keys/"
        [management]
        listen = "127.0.0.1:8700"
        region = "local"
        [management.huawei]
        instance_id = "f0fa1789-3b76-433b-a787-9892951c620e"
        ideographs_in_names = false
        bind_answer = "object"
        refuse_delete_of_bound = true
        allow_unsigned_payload = false
        signature_keys_max = 7
        environments_max = 3
        [store]
        kind = "embedded"
        path = "./data"
        [bootstrap]
        account_id = "1000000000000001"
        access_key_id = "owner"
        access_key_secret = "planted-secret"
        project_id = "0123456789abcdef0123456789abcdef"
        "#,
        &none,
    )
    .unwrap();
    assert_eq!(config.gateway.listen.len(), 2);
    assert_eq!(config.gateway.domain_suffix.as_str(), "gw.localhost");
    assert_eq!(config.gateway.access_log, AccessLogTarget::Off);
    assert_eq!(
        config.store.master_key,
        MasterKeySource::BesideData("./data/master.key".into())
    );
    assert!(!format!("{config:?}").contains("planted-secret"));
    assert_eq!(
        config.management.huawei,
        HuaweiConfig {
            instance_id: Some("f0fa1789-3b76-433b-a787-9892951c620e".to_owned()),
            ideographs_in_names: false,
            bind_answer: BindAnswer::Object,
            refuse_delete_of_bound: true,
            allow_unsigned_payload: false,
            signature_keys_max: 7,
            environments_max: 3,
        }
    );
    let header = config.gateway.backend_sign_header.as_str();
    assert_eq!(header, "x-gateway-signature");
    assert_eq!(config.gateway.public_key_uri_prefix.as_str(), "/keys/");
    assert_eq!(
        config.bootstrap.unwrap().project.to_string(),
        "0123456789abcdef0123456789abcdef"
    );
}

#[test]
fn an_empty_file_is_all_defaults() {
    let config = Config::parse("", &none).unwrap();
    assert_eq!(config.gateway.listen, ["127.0.0.1:8000".parse().unwrap()]);
    assert_eq!(config.store.kind, StoreKind::Embedded("./data".into()));
    assert_eq!(config.gateway.body_buffer_bytes_max, 12 * 1024 * 1024);
    assert!(config.bootstrap.is_none());
    assert_eq!(config.management.huawei, HuaweiConfig::default());
    let header = config.gateway.backend_sign_header.as_str();
    assert_eq!(header, "authorization");
}

#[test]
fn the_access_key_may_come_from_variables() {
    let variables = |name: &str| match name {
        ACCESS_KEY_ID_VARIABLE => Some("owner".to_owned()),
        ACCESS_KEY_SECRET_VARIABLE => Some("from-a-variable".to_owned()),
        _ => None,
    };
    let config = Config::parse("[bootstrap]\naccount_id = \"1\"", &variables).unwrap();
    let bootstrap = config.bootstrap.unwrap();
    assert_eq!(
        (
            bootstrap.access_key_id.as_str(),
            bootstrap.access_key_secret.expose()
        ),
        ("owner", "from-a-variable")
    );
    let made = ProjectId::made_from(&bootstrap.account);
    assert_eq!(bootstrap.project, made);
}

#[test]
fn unknown_fields_are_refused_with_their_line() {
    assert_eq!(problems("[gateway]\nworkers = 1\nlisen = []\n").len(), 1);
    let problem = &problems("[gateway]\nworkers = 1\nlisen = []\n")[0];
    assert!(
        problem.starts_with("line 3: unknown field `lisen`"),
        "{problem}"
    );
    assert!(problems("[gatway]\n")[0].starts_with("line 1: unknown field `gatway`"));
}

#[test]
fn every_problem_is_told_with_its_key() {
    let found = problems(
        r#"
        [gateway]
        listen = ["nowhere"]
        workers = 0
        domain_suffix = "a b"
        backend_sign_header = "Content-Length"
        public_key_uri_prefix = "no-slash"
        [management]
        listen = "8700"
        region = "Here"
        [management.huawei]
        instance_id = "a/b"
        bind_answer = "both"
        [store]
        kind = "etcd"
        [bootstrap]
        account_id = ""
        access_key_secret = "short"
        project_id = "x"
        "#,
    );
    let keys: Vec<&str> = found
        .iter()
        .filter_map(|problem| problem.split(": ").next())
        .collect();
    assert_eq!(
        keys,
        [
            "gateway.listen[0]",
            "gateway.workers",
            "gateway.domain_suffix",
            "gateway.backend_sign_header",
            "gateway.public_key_uri_prefix",
            "management.listen",
            "management.region",
            "management.huawei.instance_id",
            "management.huawei.bind_answer",
            "store.kind",
            "bootstrap.account_id",
            "bootstrap.access_key_id",
            "bootstrap.access_key_secret",
            "bootstrap.project_id",
        ]
    );
}

#[test]
fn a_problem_never_repeats_a_secret() {
    for text in [
        "[bootstrap]\naccount_id = \"1\"\naccess_key_id = \"o\"\naccess_key_secret = [\"planted-secret\"]",
        "[bootstrap]\naccess_key_secret = \"planted-secret\"\nunknown = 1",
        "[gateway]\nworkers = \"planted-secret\"",
        "bootstrap = \"planted-secret\"",
        "[bootstrap]\naccess_key_secret = \"planted-secret",
        "[bootstrap]\naccount_id = \"1\"\naccess_key_id = \"planted-secret\\n\"\naccess_key_secret = \"p\"",
    ] {
        let found = problems(text).join("\n");
        assert!(!found.contains("planted"), "{found}");
    }
}

#[test]
fn only_one_source_of_the_master_key() {
    let both = problems("[store]\nmaster_key_file = \"a\"\nmaster_key_env = \"B\"");
    assert_eq!(
        both,
        ["store: give master_key_file or master_key_env, not both"]
    );
    let unset = problems("[store]\nmaster_key_env = \"B\"");
    assert_eq!(
        unset,
        ["store.master_key_env: names a variable that is not set"]
    );
}
