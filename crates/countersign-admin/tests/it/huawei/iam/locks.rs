//! After more than five wrong passwords in a row from one address, no more are
//! looked at for five minutes.

use serde_json::json;

use super::*;

async fn try_from(plane: &Plane, user: Value, peer: &str) -> (u16, String) {
    let body = asked(user, in_region()).to_string();
    let answer = plane.send(ask_request(&body, peer)).await;
    let error = answer.header("x-countersign-error").unwrap_or("none");
    (answer.status.as_u16(), error.to_owned())
}

fn wrong(name: &str) -> Value {
    json!({ "name": name, "password": "Planted horse", "domain": { "name": DOMAIN } })
}

const WRONG: (u16, &str) = (401, "wrong_password");
const LOCKED: (u16, &str) = (401, "password_locked");

#[tokio::test]
async fn a_user_that_is_there_and_one_that_is_not_are_locked_alike() {
    let plane = Plane::new().await;
    let id = user(&plane, USER, Some(PASSWORD)).await;
    for name in [USER, "nobody"] {
        for turn in 0..8 {
            let expected = if turn < 6 { WRONG } else { LOCKED };
            let (status, error) = try_from(&plane, wrong(name), FAR_AWAY).await;
            assert_eq!((status, error.as_str()), expected, "{name} {turn}");
        }
    }
    // The right password too, and however the user is named.
    for olivia in [olivia(), json!({ "id": id, "password": PASSWORD })] {
        let body = asked(olivia, in_region()).to_string();
        let answer = plane.send(ask_request(&body, FAR_AWAY)).await;
        insta::assert_snapshot!("locked", answer);
    }
    // Another port is the same address, in either form; another address is not.
    for (peer, expected) in [
        ("203.0.113.9:1", 401),
        ("[::ffff:203.0.113.9]:1", 401),
        ("203.0.113.10:1", 201),
    ] {
        assert_eq!(try_from(&plane, olivia(), peer).await.0, expected, "{peer}");
    }
    plane.wait(5 * 60 * 1000 - 1);
    assert_eq!(try_from(&plane, olivia(), FAR_AWAY).await.0, 401);
    plane.wait(1);
    assert_eq!(try_from(&plane, olivia(), FAR_AWAY).await.0, 201);
}

#[tokio::test]
async fn a_right_password_ends_the_row() {
    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    for _ in 0..3 {
        for _ in 0..5 {
            assert_eq!(try_from(&plane, wrong(USER), FAR_AWAY).await.0, 401);
        }
        assert_eq!(try_from(&plane, olivia(), FAR_AWAY).await.0, 201);
    }
}
