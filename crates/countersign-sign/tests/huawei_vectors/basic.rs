//! HTTP Basic towards a backend.

use countersign_sign::Secret;
use countersign_sign::huawei::backend::{
    AUTHORIZATION, Basic, BasicRefusal, Received, verify_basic,
};

use super::file::{count, vectors};

#[test]
fn every_vector() {
    let entries = vectors().backend_basic.vectors;
    assert_eq!(entries.len(), count("/backend_basic/vectors"));
    assert_eq!(entries.len(), 3);
    for vector in &entries {
        let name = &vector.name;
        let secret = |text: &str| Secret::new(text.to_owned());
        let basic = Basic::new(&vector.sign_key, &secret(&vector.sign_secret));
        assert_eq!(
            basic.header_value(),
            vector.authorization.as_bytes(),
            "{name}"
        );

        let headers = [("Authorization", vector.authorization.as_str())];
        let received = Received {
            method: "GET",
            path: "/",
            query: None,
            headers: &headers,
            body: b"",
        };
        let other = Basic::new(&vector.sign_key, &secret("another"));
        let verdict = |known: Option<&Basic>| {
            verify_basic(&received, AUTHORIZATION, |key| {
                known.filter(|known| known.sign_key() == key)
            })
            .map(|verified| verified.sign_key == vector.sign_key)
        };
        assert_eq!(verdict(Some(&basic)), Ok(true), "{name}");
        assert_eq!(
            verdict(Some(&other)),
            Err(BasicRefusal::SecretDiffers),
            "{name}"
        );
        assert_eq!(verdict(None), Err(BasicRefusal::UnknownSignKey), "{name}");
    }
}
