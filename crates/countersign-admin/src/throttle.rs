//! How often one caller may call one operation.
//!
//! Only who was authenticated is counted, so that strangers can neither use up
//! a caller's calls nor fill this memory: it holds at most one entry for each
//! pair of a caller and an operation.

use std::{
    fmt,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use countersign_core::Clock;
use governor::{
    Quota, RateLimiter, clock, middleware::NoOpMiddleware, state::keyed::HashMapStateStore,
};

use crate::auth::{Caller, Identity};

/// Who calls tells the account too, and an operation is known by its name.
type Key = (Identity, &'static str);

/// The limit for each caller and operation.
pub(crate) struct Throttle(Option<Limit>);

struct Limit {
    limiter: RateLimiter<Key, HashMapStateStore<Key>, Elapsed, NoOpMiddleware<Duration>>,
    clock: Elapsed,
    checks: AtomicU32,
}

/// The call came too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many calls; the next one is let in after {wait_millis} milliseconds")]
pub(crate) struct Throttled {
    /// After so long one call will be let in; never 0.
    pub(crate) wait_millis: u64,
}

/// A limit above this could not be told from none: the clock has milliseconds.
const PER_SECOND_MAX: NonZeroU32 = NonZeroU32::new(1_000_000).expect("it is not zero");

/// After so many checks, entries that limit nobody any more are forgotten.
const CHECKS_BETWEEN_SWEEPS: u32 = 4096;

impl Throttle {
    /// At most `per_second` calls a second, all of which may come at once; 0 is
    /// no limit.
    pub(crate) fn new(per_second: u32, clock: Clock) -> Self {
        let per_second = NonZeroU32::new(per_second).map(|limit| limit.min(PER_SECOND_MAX));
        Self(per_second.map(|per_second| {
            let clock = Elapsed::new(clock);
            Limit {
                limiter: RateLimiter::hashmap_with_clock(
                    Quota::per_second(per_second),
                    clock.clone(),
                ),
                clock,
                checks: AtomicU32::new(0),
            }
        }))
    }

    /// Counts a call, or says that it came too early.
    pub(crate) fn check(&self, caller: &Caller, operation: &'static str) -> Result<(), Throttled> {
        let Some(limit) = &self.0 else { return Ok(()) };
        let before = limit.checks.fetch_add(1, Ordering::Relaxed);
        if before % CHECKS_BETWEEN_SWEEPS == CHECKS_BETWEEN_SWEEPS - 1 {
            limit.limiter.retain_recent();
        }
        let key = (caller.identity.clone(), operation);
        limit.limiter.check_key(&key).map_err(|refused| {
            let wait = refused.wait_time_from(clock::Clock::now(&limit.clock));
            // Rounded up: a caller that waits exactly so long is let in.
            let millis = wait.as_nanos().div_ceil(1_000_000).max(1);
            Throttled {
                wait_millis: u64::try_from(millis).unwrap_or(u64::MAX),
            }
        })
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Throttle").field(&self.0.is_some()).finish()
    }
}

/// The time that has gone by on the clock that was handed in. That one may be
/// set back, which counts as no time at all; otherwise whoever called just
/// before would be refused until the clock is where it was.
#[derive(Clone)]
struct Elapsed {
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    last_millis: i64,
    elapsed: Duration,
}

impl Elapsed {
    fn new(clock: Clock) -> Self {
        let seen = Seen {
            last_millis: clock().millis(),
            elapsed: Duration::ZERO,
        };
        Self {
            clock,
            seen: Arc::new(Mutex::new(seen)),
        }
    }
}

impl clock::Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        // Nothing is done in between that could panic and leave half of a change.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (self.clock)().millis();
        let step = now.saturating_sub(seen.last_millis);
        seen.last_millis = now;
        // A step back is none.
        let step = Duration::from_millis(u64::try_from(step).unwrap_or(0));
        seen.elapsed = seen.elapsed.saturating_add(step);
        seen.elapsed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use countersign_core::{AccessKeyId, AccountId, Timestamp};

    use super::*;

    struct Bench {
        throttle: Throttle,
        now: Arc<AtomicI64>,
    }

    impl Bench {
        fn new(per_second: u32) -> Self {
            let now = Arc::new(AtomicI64::new(1_000_000));
            let clock: Clock = {
                let now = Arc::clone(&now);
                Arc::new(move || Timestamp::from_millis(now.load(Ordering::Relaxed)))
            };
            Self {
                throttle: Throttle::new(per_second, clock),
                now,
            }
        }

        fn call(&self, key: &str, operation: &'static str) -> Result<(), u64> {
            let caller = Caller {
                identity: Identity::AccessKey(AccessKeyId::parse(key).unwrap()),
                account: AccountId::parse("1001").unwrap(),
            };
            self.throttle
                .check(&caller, operation)
                .map_err(|Throttled { wait_millis }| wait_millis)
        }

        fn wait(&self, millis: i64) {
            self.now.fetch_add(millis, Ordering::Relaxed);
        }

        /// How many calls go through now.
        fn burst(&self) -> usize {
            (0..10_000)
                .take_while(|_| self.call("key1", "A").is_ok())
                .count()
        }
    }

    #[test]
    fn a_second_holds_its_limit_and_each_wait_lets_one_through() {
        for per_second in [1, 3, 7, 50, 999] {
            let bench = Bench::new(per_second);
            assert_eq!(bench.burst(), per_second as usize);
            for _ in 0..5 {
                let wait = bench.call("key1", "A").unwrap_err();
                assert!((1..=1000).contains(&wait), "{wait}");
                bench.wait(wait as i64);
                assert_eq!(bench.call("key1", "A"), Ok(()), "{per_second} {wait}");
            }
            bench.wait(1000);
            assert_eq!(bench.burst(), per_second as usize);
        }
    }

    #[test]
    fn users_and_operations_have_limits_of_their_own() {
        let bench = Bench::new(2);
        assert_eq!(bench.burst(), 2);
        assert_eq!(bench.call("key1", "B"), Ok(()));
        assert_eq!(bench.call("key2", "A"), Ok(()));
        assert!(bench.call("key1", "A").is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_refuses_nobody_for_long() {
        let bench = Bench::new(2);
        assert_eq!(bench.burst(), 2);
        bench.wait(-3_600_000);
        let wait = bench.call("key1", "A").unwrap_err();
        assert!(wait <= 500, "{wait}");
        bench.wait(wait as i64);
        assert_eq!(bench.call("key1", "A"), Ok(()));
    }

    #[test]
    fn zero_is_no_limit_and_a_huge_one_works() {
        assert_eq!(Bench::new(0).burst(), 10_000);
        assert_eq!(Bench::new(u32::MAX).burst(), 10_000);
    }

    #[test]
    fn what_limits_nobody_is_forgotten() {
        let bench = Bench::new(2);
        for key in 0..100 {
            assert_eq!(bench.call(&format!("key{key}"), "A"), Ok(()));
        }
        bench.wait(10_000);
        for _ in 0..CHECKS_BETWEEN_SWEEPS {
            let _ = bench.call("other", "A");
        }
        let limit = bench.throttle.0.as_ref().unwrap();
        assert_eq!(limit.limiter.len(), 1);
    }
}
