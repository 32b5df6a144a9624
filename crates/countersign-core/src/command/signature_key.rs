//! Commands on signature keys.

use std::sync::Arc;

use super::{Command, Plan, PlanError, signature_key};
use crate::{
    account::AccountId,
    change::Change,
    id::{SignatureKeyId, VersionNumber},
    scheme::{Scheme, Signing},
    signature_key::{KeyVersion, RETIRED_VERSIONS_MAX, RetiredVersion, SignatureKey},
    snapshot::Snapshot,
    text::{Description, DialectName, SignKey, SignSecret, SignatureKeyName},
    time::Timestamp,
};

/// Makes a signature key. It has no effect until it is bound.
#[derive(Clone, Debug)]
pub struct CreateSignatureKey {
    /// The new id.
    pub id: SignatureKeyId,
    /// Whose it will be.
    pub account: AccountId,
    /// Its name.
    pub name: SignatureKeyName,
    /// Free text.
    pub description: Description,
    /// In which form its first version signs.
    pub scheme: Scheme,
    /// The public half of its first version.
    pub sign_key: SignKey,
    /// The secret half of its first version.
    pub sign_secret: SignSecret,
    /// Which dialect makes it.
    pub made_by: DialectName,
    /// What the dialect asks of the account's other keys.
    pub beside: BesideOthers,
}

/// What a dialect asks of an account's signature keys taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BesideOthers {
    /// No other signature key of the account has the name.
    pub unique_name: bool,
    /// How many signature keys the account may have; `None` is no limit.
    pub keys_max: Option<usize>,
}

impl Command for CreateSignatureKey {
    type Outcome = Arc<SignatureKey>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Plan<Arc<SignatureKey>>, PlanError> {
        let keys = snapshot.signature_keys(&self.account);
        if let Some(max) = self.beside.keys_max
            && keys.take(max).count() >= max
        {
            return Err(PlanError::TooManySignatureKeys { max });
        }
        if self.beside.unique_name {
            check_name_free(snapshot, &self.account, self.id, &self.name)?;
        }
        let first = KeyVersion::new(
            VersionNumber::FIRST,
            self.scheme,
            self.sign_key.clone(),
            self.sign_secret.clone(),
            now,
        );
        let key = Arc::new(SignatureKey {
            id: self.id,
            account: self.account.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            active: Arc::new(first),
            next: None,
            made_by: self.made_by.clone(),
            created: now,
            modified: now,
            created_revision: snapshot.revision().next(),
        });
        Ok(Plan {
            changes: vec![Change::PutSignatureKey(Arc::clone(&key))],
            outcome: key,
        })
    }
}

fn check_name_free(
    snapshot: &Snapshot,
    account: &AccountId,
    id: SignatureKeyId,
    name: &SignatureKeyName,
) -> Result<(), PlanError> {
    let mut keys = snapshot.signature_keys(account);
    match keys.any(|other| other.id != id && other.name == *name) {
        true => Err(PlanError::SignatureKeyNameTaken),
        false => Ok(()),
    }
}

/// Changes a signature key; what is `None` stays as it is. Another scheme, sign
/// key or sign secret makes a new version, which signs everywhere the key is bound;
/// the former version is retired and its sign secret erased.
#[derive(Clone, Debug)]
pub struct ModifySignatureKey {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: SignatureKeyId,
    /// Its new name.
    pub name: Option<SignatureKeyName>,
    /// Free text.
    pub description: Option<Description>,
    /// In which form the new version signs.
    pub scheme: Option<Scheme>,
    /// The public half of the new version.
    pub sign_key: Option<SignKey>,
    /// The secret half of the new version.
    pub sign_secret: Option<SignSecret>,
    /// Whether no other signature key of the account may have the new name.
    pub unique_name: bool,
}

impl Command for ModifySignatureKey {
    type Outcome = Arc<SignatureKey>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Plan<Arc<SignatureKey>>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.id)?;
        if let Some(name) = &self.name
            && self.unique_name
            && *name != key.name
        {
            check_name_free(snapshot, &self.account, key.id, name)?;
        }
        let mut changes = Vec::new();
        let next = next_version(
            &key.active,
            self.scheme,
            self.sign_key.as_ref(),
            self.sign_secret.as_ref(),
            now,
        );
        let is_replaced = next.is_some();
        let active = match next {
            None => Arc::clone(&key.active),
            Some(next) => {
                if snapshot.bindings_of_key(key.id).next().is_some() {
                    check_signs(&next)?;
                }
                changes.extend(retire(key, now));
                Arc::new(next)
            }
        };
        let modified = Arc::new(SignatureKey {
            name: self.name.clone().unwrap_or_else(|| key.name.clone()),
            description: self
                .description
                .clone()
                .unwrap_or_else(|| key.description.clone()),
            active,
            // Made to follow the version that is retired now.
            next: key.next.clone().filter(|_| !is_replaced),
            modified: now,
            ..SignatureKey::clone(key)
        });
        changes.push(Change::PutSignatureKey(Arc::clone(&modified)));
        Ok(Plan {
            changes,
            outcome: modified,
        })
    }
}

/// Gives a signature key a next version, in place of the one it may have: what
/// is `None` is as in the active one. It signs nothing until it is activated.
#[derive(Clone, Debug)]
pub struct StageVersion {
    /// Whose the key is.
    pub account: AccountId,
    /// Which.
    pub id: SignatureKeyId,
    /// In which form the next version will sign.
    pub scheme: Option<Scheme>,
    /// Its public half.
    pub sign_key: Option<SignKey>,
    /// Its secret half.
    pub sign_secret: Option<SignSecret>,
}

impl Command for StageVersion {
    type Outcome = Arc<SignatureKey>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Plan<Arc<SignatureKey>>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.id)?;
        let next = next_version(
            &key.active,
            self.scheme,
            self.sign_key.as_ref(),
            self.sign_secret.as_ref(),
            now,
        );
        if let Some(next) = &next {
            check_signs(next)?;
        }
        Ok(changed(key, None, next.map(Arc::new), now))
    }
}

/// Makes a signature key's next version the one that signs; the former one is
/// retired.
#[derive(Clone, Debug)]
pub struct ActivateVersion {
    /// Whose the key is.
    pub account: AccountId,
    /// Which.
    pub id: SignatureKeyId,
}

impl Command for ActivateVersion {
    type Outcome = Arc<SignatureKey>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Plan<Arc<SignatureKey>>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.id)?;
        let next = key.next.as_deref().ok_or(PlanError::NoNextVersion)?;
        let active = KeyVersion::new(
            next.number,
            next.scheme,
            next.sign_key.clone(),
            next.sign_secret.clone(),
            now,
        );
        Ok(changed(key, Some(Arc::new(active)), None, now))
    }
}

/// Takes a signature key's next version back.
#[derive(Clone, Debug)]
pub struct DropNextVersion {
    /// Whose the key is.
    pub account: AccountId,
    /// Which.
    pub id: SignatureKeyId,
}

impl Command for DropNextVersion {
    type Outcome = Arc<SignatureKey>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Plan<Arc<SignatureKey>>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.id)?;
        if key.next.is_none() {
            return Err(PlanError::NoNextVersion);
        }
        Ok(changed(key, None, None, now))
    }
}

/// The key with another active version, if there is one, and this next one.
fn changed(
    key: &SignatureKey,
    active: Option<Arc<KeyVersion>>,
    next: Option<Arc<KeyVersion>>,
    now: Timestamp,
) -> Plan<Arc<SignatureKey>> {
    let mut changes: Vec<_> = active.iter().flat_map(|_| retire(key, now)).collect();
    let outcome = Arc::new(SignatureKey {
        active: active.unwrap_or_else(|| Arc::clone(&key.active)),
        next,
        modified: now,
        ..SignatureKey::clone(key)
    });
    changes.push(Change::PutSignatureKey(Arc::clone(&outcome)));
    Plan { changes, outcome }
}

/// The version that follows `active`, if anything of it differs.
fn next_version(
    active: &KeyVersion,
    scheme: Option<Scheme>,
    sign_key: Option<&SignKey>,
    sign_secret: Option<&SignSecret>,
    now: Timestamp,
) -> Option<KeyVersion> {
    let sign_key = sign_key.unwrap_or(&active.sign_key).clone();
    let sign_secret = sign_secret.unwrap_or(&active.sign_secret).clone();
    let scheme = scheme.unwrap_or(active.scheme);
    let same = scheme == active.scheme
        && sign_key == active.sign_key
        && sign_secret.secret().ct_eq(active.sign_secret.secret());
    (!same).then(|| KeyVersion::new(active.number.next(), scheme, sign_key, sign_secret, now))
}

/// Whether a version that is or will be bound can sign.
pub(super) fn check_signs(version: &KeyVersion) -> Result<(), PlanError> {
    match version.signing() {
        Signing::Unusable(why) => Err(PlanError::SignatureKeyUnusable(why.clone())),
        _ => Ok(()),
    }
}

fn retire(key: &SignatureKey, now: Timestamp) -> impl Iterator<Item = Change> {
    let retired = RetiredVersion {
        signature_key: key.id,
        number: key.active.number,
        scheme: key.active.scheme,
        sign_key: key.active.sign_key.clone(),
        created: key.active.created,
        retired: now,
    };
    let forgotten = key
        .active
        .number
        .number()
        .checked_sub(RETIRED_VERSIONS_MAX)
        .and_then(VersionNumber::new);
    let forget = forgotten.map(|number| Change::RemoveRetiredVersion(key.id, number));
    [Change::PutRetiredVersion(Arc::new(retired))]
        .into_iter()
        .chain(forget)
}

/// Removes a signature key with all its versions.
#[derive(Clone, Debug)]
pub struct DeleteSignatureKey {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: SignatureKeyId,
    /// Whether its bindings are removed with it; else a key that is bound is
    /// refused.
    pub unbind: bool,
}

impl Command for DeleteSignatureKey {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let key = signature_key(snapshot, &self.account, self.id)?;
        let publications = snapshot.bindings_of_key(key.id).count();
        if publications > 0 && !self.unbind {
            return Err(PlanError::SignatureKeyBound { publications });
        }
        let versions = snapshot
            .retired_versions(key.id)
            .map(|version| Change::RemoveRetiredVersion(key.id, version.number));
        let bindings = snapshot
            .bindings_of_key(key.id)
            .map(|binding| Change::RemoveBinding(binding.publication.clone()));
        let changes = bindings
            .chain(versions)
            .chain([Change::RemoveSignatureKey(key.id)])
            .collect();
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}
