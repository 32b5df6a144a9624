//! Passwords of users: Argon2id (RFC 9106), kept as a PHC string. Hashing one
//! takes as long and as much memory as guessing one, so only a few are hashed
//! at a time, on threads that may block, and only so many callers wait.

use std::fmt;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::PasswordHash as Phc,
};
use countersign_core::{FieldRule, PasswordHash, RuleViolation};
use countersign_sign::Secret;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task,
};

/// What a new password may be: anything that can be typed.
pub(crate) const PASSWORD_RULE: FieldRule = FieldRule {
    min: 8,
    max: 128,
    first: None,
    rest: None,
};
/// No password is longer than this, in bytes; longer ones are wrong unread.
const BYTES_MAX: usize = 4 * PASSWORD_RULE.max;
/// How many are hashed at a time: as many times 19 MiB are in use.
const AT_A_TIME: usize = 2;
/// How many callers wait for their turn before others are sent away.
const WAITING_MAX: usize = 64;

/// How dear a guess is made.
#[derive(Clone, Debug)]
pub struct PasswordCosts(Params);

impl PasswordCosts {
    /// OWASP's choice for Argon2id: 19 MiB, two passes, one lane.
    pub const OWASP: Self = Self::of(19 * 1024, 2);
    /// As little as there may be, for tests: it guards nothing.
    pub const DANGEROUSLY_CHEAP: Self = Self::of(Params::MIN_M_COST, Params::MIN_T_COST);

    const fn of(memory_kib: u32, passes: u32) -> Self {
        match Params::new(memory_kib, passes, 1, None) {
            Ok(params) => Self(params),
            Err(_) => panic!("the costs are out of Argon2's range"),
        }
    }

    fn hasher(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.0.clone())
    }

    /// Nobody's hash, as dear to check as anybody's.
    fn decoy(&self) -> PasswordHash {
        let (memory_kib, passes) = (self.0.m_cost(), self.0.t_cost());
        let (salt, hash) = ("A".repeat(22), "A".repeat(43));
        PasswordHash::from_phc(&format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${hash}"
        ))
    }
}

impl Default for PasswordCosts {
    fn default() -> Self {
        Self::OWASP
    }
}

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    decoy: PasswordHash,
    turns: Semaphore,
    waiting: Semaphore,
}

/// Why a password was not hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordError {
    /// Nothing was tried.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hasher failed.
    #[error("the password could not be hashed")]
    Hasher,
}

/// A caller's turn.
pub(crate) struct Turn<'a> {
    passwords: &'a Passwords,
    _turn: SemaphorePermit<'a>,
}

impl Passwords {
    pub(crate) fn new(costs: &PasswordCosts) -> Self {
        Self {
            argon2: costs.hasher(),
            decoy: costs.decoy(),
            turns: Semaphore::new(AT_A_TIME),
            waiting: Semaphore::new(WAITING_MAX),
        }
    }

    /// Waits for a turn. What depends on the failures of others, such as a
    /// lock, is to be looked up when the turn has come.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, PasswordError> {
        let waiting = self.waiting.try_acquire();
        let waiting = waiting.map_err(|_| PasswordError::Busy)?;
        let turn = self.turns.acquire().await;
        drop(waiting);
        Ok(Turn {
            passwords: self,
            _turn: turn.map_err(|_| PasswordError::Busy)?,
        })
    }
}

impl Turn<'_> {
    /// The hash of a new password; `salt` is drawn from a secure random source.
    pub(crate) async fn hash(
        self,
        password: NewPassword,
        salt: [u8; 16],
    ) -> Result<PasswordHash, PasswordError> {
        let argon2 = self.passwords.argon2.clone();
        let work =
            task::spawn_blocking(move || hash(&argon2, password.0.expose().as_bytes(), &salt));
        work.await.map_err(|_| PasswordError::Hasher)?
    }

    /// Whether `password` is the one that `kept` was made from. It takes as
    /// long when there is nothing to compare it with.
    pub(crate) async fn check(
        &self,
        password: Secret,
        kept: Option<PasswordHash>,
    ) -> Result<bool, PasswordError> {
        let argon2 = self.passwords.argon2.clone();
        let decoy = self.passwords.decoy.clone();
        let work = task::spawn_blocking(move || {
            let password = password.expose().as_bytes();
            let (password, kept) = match kept {
                Some(kept) if password.len() <= BYTES_MAX => (password, Some(kept)),
                _ => (&password[..password.len().min(BYTES_MAX)], None),
            };
            let against = kept.as_ref().unwrap_or(&decoy);
            let same = argon2.verify_password(password, against.as_phc()).is_ok();
            same && kept.is_some()
        });
        work.await.map_err(|_| PasswordError::Hasher)
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<PasswordHash, PasswordError> {
    let phc: Phc = argon2
        .hash_password_with_salt(password, salt)
        .map_err(|_| PasswordError::Hasher)?;
    Ok(PasswordHash::from_phc(&phc.to_string()))
}

/// A password that may be given to a user.
#[derive(Clone, Debug)]
pub(crate) struct NewPassword(Secret);

impl NewPassword {
    pub(crate) fn parse(password: Secret) -> Result<Self, RuleViolation> {
        PASSWORD_RULE.check(password.expose())?;
        Ok(Self(password))
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn cheap() -> Passwords {
        Passwords::new(&PasswordCosts::DANGEROUSLY_CHEAP)
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    async fn hashed(passwords: &Passwords, text: &str) -> PasswordHash {
        let turn = passwords.turn().await.unwrap();
        let new = NewPassword::parse(secret(text)).unwrap();
        turn.hash(new, [7; 16]).await.unwrap()
    }

    async fn is(passwords: &Passwords, text: &str, kept: Option<&PasswordHash>) -> bool {
        let turn = passwords.turn().await.unwrap();
        turn.check(secret(text), kept.cloned()).await.unwrap()
    }

    #[tokio::test]
    async fn hashes_are_argon2id_with_the_costs_of_owasp() {
        let passwords = Passwords::new(&PasswordCosts::default());
        let hash = hashed(&passwords, "Correct horse").await;
        let phc = hash.as_phc();
        let salt = "BwcHBwcHBwcHBwcHBwcHBw";
        let start = format!("$argon2id$v=19$m=19456,t=2,p=1${salt}$");
        assert!(phc.starts_with(&start), "{phc}");
        assert!(is(&passwords, "Correct horse", Some(&hash)).await);
        assert!(!is(&passwords, "correct horse", Some(&hash)).await);
        // The reference implementation's test vector (`test.c` of phc-winner-argon2).
        let known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ\
                     $CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let known = PasswordHash::from_phc(known);
        assert!(is(&passwords, "password", Some(&known)).await);
    }

    #[tokio::test]
    async fn nobody_is_let_in_by_the_decoy() {
        let passwords = cheap();
        for text in ["", "Correct horse", &"x".repeat(10_000)] {
            assert!(!is(&passwords, text, None).await, "{}", text.len());
        }
        let broken = PasswordHash::from_phc("no hash");
        assert!(!is(&passwords, "Correct horse", Some(&broken)).await);
    }

    #[tokio::test]
    async fn the_decoy_costs_as_much_as_a_real_hash() {
        for costs in [PasswordCosts::OWASP, PasswordCosts::DANGEROUSLY_CHEAP] {
            let passwords = Passwords::new(&costs);
            let real = hashed(&passwords, "Correct horse").await;
            let (real, decoy) = (Phc::new(real.as_phc()), Phc::new(passwords.decoy.as_phc()));
            let (real, decoy) = (real.unwrap(), decoy.unwrap());
            assert_eq!(decoy.algorithm, real.algorithm);
            assert_eq!(decoy.version, real.version);
            assert_eq!(decoy.params.as_str(), real.params.as_str());
            let lengths = |hash: &Phc| (hash.salt.unwrap().len(), hash.hash.unwrap().len());
            assert_eq!(lengths(&decoy), lengths(&real));
        }
    }

    #[tokio::test]
    async fn longer_than_any_password_is_wrong() {
        let passwords = cheap();
        let longest = "字".repeat(PASSWORD_RULE.max);
        let hash = hashed(&passwords, &longest).await;
        assert!(is(&passwords, &longest, Some(&hash)).await);
        let padded = format!("{longest}{}", "x".repeat(BYTES_MAX));
        assert!(!is(&passwords, &padded, Some(&hash)).await);
    }

    #[tokio::test]
    async fn whoever_finds_too_many_waiting_is_sent_away() {
        let passwords = Arc::new(cheap());
        let mut turns = Vec::new();
        for _ in 0..AT_A_TIME {
            turns.push(passwords.turn().await.unwrap());
        }
        let mut waiting = Vec::new();
        for _ in 0..WAITING_MAX {
            let passwords = Arc::clone(&passwords);
            waiting.push(tokio::spawn(
                async move { passwords.turn().await.map(|_| ()) },
            ));
        }
        while passwords.waiting.available_permits() > 0 {
            task::yield_now().await;
        }
        let busy = passwords.turn().await.map(|_| ()).unwrap_err();
        assert_eq!(busy, PasswordError::Busy);
        drop(turns);
        for one in waiting {
            assert_eq!(one.await.unwrap(), Ok(()));
        }
    }

    #[test]
    fn rules_and_debug() {
        for (text, good) in [
            ("1234567", false),
            ("12345678", true),
            ("字字字字字字字字", true),
            ("1234567\n", false),
        ] {
            assert_eq!(NewPassword::parse(secret(text)).is_ok(), good, "{text}");
        }
        assert!(NewPassword::parse(secret(&"x".repeat(129))).is_err());
        let new = NewPassword::parse(secret("planted-password")).unwrap();
        assert!(!format!("{new:?}").contains("planted"));
    }
}
