//! The limit of management calls for each user and operation.

use countersign_testkit::TestGateway;

fn waits(answer: &countersign_testkit::management::Answer) -> i64 {
    answer
        .message
        .value("x-acs-retry-after")
        .expect("a throttled call says how long to wait")
        .parse()
        .expect("milliseconds")
}

/// Three seconds at 200 calls a second, by a clock that the test moves.
#[test]
fn at_most_fifty_a_second_and_one_burst_pass() {
    let running = TestGateway::with(|config| config.management.requests_per_second = 50);
    let mut management = running.management();
    let mut passed = 0;
    for step in 0..600 {
        running.sources.set_millis_after_start(step * 5);
        let answer = management.try_call("DescribeSignatures", &[]).unwrap();
        if answer.message.status() == 200 {
            passed += 1;
        } else {
            assert_eq!(
                (answer.message.status(), answer.text("Code")),
                (400, "Throttling.User")
            );
            assert!(waits(&answer) > 0);
        }
    }
    assert!(
        (50..=200).contains(&passed),
        "{passed} of 600 passed in 3 s"
    );
    assert!(
        passed >= 195,
        "the limit is not stricter than it says: {passed}"
    );
}

#[test]
fn waiting_as_long_as_told_is_enough() {
    let running = TestGateway::with(|config| config.management.requests_per_second = 50);
    let mut management = running.management();
    let mut now = 0;
    for _ in 0..200 {
        let answer = management.try_call("DescribeSignatures", &[]).unwrap();
        if answer.message.status() != 200 {
            now += waits(&answer);
            running.sources.set_millis_after_start(now);
            management.call("DescribeSignatures", &[]);
        }
    }
    assert!(now > 0, "the limit was met");
}

#[test]
fn another_user_or_operation_is_not_touched() {
    let running = TestGateway::with(|config| config.management.requests_per_second = 50);
    let mut management = running.management();
    let refused = (0..60).filter(|_| {
        management
            .try_call("DescribeSignatures", &[])
            .unwrap()
            .message
            .status()
            != 200
    });
    assert_eq!(refused.count(), 10);
    management.call("DescribeApiGroups", &[]);
    let mut other = running.another_user("another-user");
    for _ in 0..50 {
        other.call("DescribeSignatures", &[]);
    }
    assert_eq!(other.refused("DescribeSignatures", &[]), "Throttling.User");
}
