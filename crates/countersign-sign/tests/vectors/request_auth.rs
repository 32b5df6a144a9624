//! The captured requests: each intermediate text, the signature, and that
//! verification accepts them.

use std::collections::BTreeMap;

use countersign_sign::Secret;
use countersign_sign::alibaba::request_auth::{v1, v3};
use countersign_sign::params::decode;

use super::file::{RequestAuth, split_target, vectors};

#[test]
fn v1() {
    let entries = vectors().request_auth_v1;
    assert_eq!(entries.len(), 16);
    entries.iter().for_each(check_v1);
}

fn check_v1(entry: &RequestAuth) {
    let id = &entry.id;
    let secret = Secret::new(entry.access_key_secret.clone());
    let params = entry.request.params();

    let mut decoded: BTreeMap<_, _> = params.iter().cloned().collect();
    assert_eq!(decoded.len(), params.len(), "{id}: a name occurs twice");
    let presented = decoded.remove(v1::SIGNATURE_PARAMETER).expect(id);
    assert_eq!(decoded, entry.decoded_parameters, "{id}");
    assert_eq!(decoded["AccessKeyId"], entry.access_key_id, "{id}");
    assert_eq!(presented, entry.signature, "{id}");

    let canonical = v1::canonical_query(&params);
    assert_eq!(Some(canonical), entry.canonical_query, "{id}");
    let string_to_sign = v1::string_to_sign(&entry.request.method, &params);
    assert_eq!(string_to_sign, entry.string_to_sign, "{id}");
    assert_eq!(v1::sign(&secret, &string_to_sign), entry.signature, "{id}");
    v1::verify(&secret, &entry.request.method, &params, &presented).expect(id);
}

#[test]
fn v3() {
    let entries = vectors().request_auth_v3;
    assert_eq!(entries.len(), 16);
    entries.iter().for_each(check_v3);
}

fn check_v3(entry: &RequestAuth) {
    let id = &entry.id;
    let secret = Secret::new(entry.access_key_secret.clone());
    let headers = entry.request.header_pairs();
    let request = entry.request.as_v3(&headers);

    let decoded: BTreeMap<_, _> = entry.request.params().into_iter().collect();
    assert_eq!(decoded, entry.decoded_parameters, "{id}");

    let header = entry.request.header("authorization").expect(id);
    let authorization = v3::Authorization::parse(header).expect(id);
    assert_eq!(authorization.header_value(), header, "{id}");
    assert_eq!(authorization.access_key_id, entry.access_key_id, "{id}");
    assert_eq!(authorization.signature, entry.signature, "{id}");
    let names = authorization.signed_headers.names().map(str::to_owned);
    assert_eq!(Some(names.collect()), entry.signed_headers, "{id}");

    let (path, query) = split_target(&entry.request.target);
    let params: Vec<_> = decode(query.unwrap_or_default().as_bytes()).collect();
    let canonical = v3::canonical_request(
        &entry.request.method,
        path,
        &params,
        &headers,
        &authorization.signed_headers,
        &v3::body_sha256(request.body),
    );
    assert_eq!(Some(&canonical), entry.canonical_request.as_ref(), "{id}");
    let string_to_sign = v3::string_to_sign(&canonical);
    assert_eq!(string_to_sign, entry.string_to_sign, "{id}");
    assert_eq!(v3::sign(&secret, &string_to_sign), entry.signature, "{id}");
    v3::verify(&secret, &request, &authorization, &v3::CLOUD_API_RULES).expect(id);

    let signed: Vec<_> = headers
        .iter()
        .copied()
        .filter(|(name, _)| authorization.signed_headers.contains(name))
        .collect();
    let as_client = v3::Request {
        headers: &signed,
        ..request
    };
    let made = v3::sign_request(&entry.access_key_id, &secret, &as_client);
    assert_eq!(made, header, "{id}");
}
