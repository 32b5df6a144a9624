//! Trying causes: a string to sign cut into slots, and other texts for them.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::candidate::{CarriedSignature, Encoding, Prepared, Role};
use super::cause::{Cause, Code};
use crate::huawei::ALGORITHM;

/// The most signatures that are computed for one explanation.
pub const SIGNATURES_MAX: usize = 5000;
/// The same for key pairs, which take longer.
pub const SIGNATURES_MAX_PUBLIC: usize = 300;

/// A string to sign in pieces, as the contract has it, and what else may have been
/// signed.
pub(super) struct Problem {
    pub(super) slots: Vec<Slot>,
    pub(super) others: Vec<Alternative>,
    pub(super) wrap: Wrap,
    pub(super) carried: CarriedSignature,
    /// What is wrong already where a slot's own text is the one that was signed.
    pub(super) if_it_fits: Vec<(usize, Cause)>,
}

/// One piece.
pub(super) struct Slot {
    pub(super) label: String,
    pub(super) text: String,
}

/// Another text for some of the slots.
pub(super) struct Alternative {
    /// None where the contract takes this text as well.
    pub(super) cause: Option<Cause>,
    pub(super) changes: Vec<(usize, String)>,
}

/// What the pieces are put into before the signature is made.
pub(super) enum Wrap {
    None,
    /// Huawei's string to sign, with the date.
    Huawei(String),
}

/// What made the carried signature.
pub(super) struct Found {
    /// Its place among the keys.
    pub(super) key: usize,
    pub(super) causes: Vec<Cause>,
    pub(super) encoding: Encoding,
    /// The pieces, joined.
    pub(super) text: String,
    pub(super) with_blanks: bool,
}

impl Wrap {
    pub(super) fn around(&self, text: String) -> String {
        match self {
            Self::None => text,
            Self::Huawei(date) => {
                let digest = hex::encode(Sha256::digest(text));
                format!("{ALGORITHM}\n{date}\n{digest}")
            }
        }
    }
}

impl Problem {
    pub(super) fn slot(&mut self, label: &str, text: impl Into<String>) -> usize {
        self.slots.push(Slot {
            label: label.to_owned(),
            text: text.into(),
        });
        self.slots.len() - 1
    }

    /// Adds another text for one slot.
    pub(super) fn other(&mut self, slot: usize, cause: Cause, text: impl Into<String>) {
        self.linked(cause, vec![(slot, text.into())]);
    }

    /// Adds other texts for several slots. What changes nothing, or the same as one
    /// that is there, is left out.
    pub(super) fn linked(&mut self, cause: Cause, changes: Vec<(usize, String)>) {
        self.add(Some(cause), changes);
    }

    /// Adds a text that the contract takes as well.
    pub(super) fn accepted(&mut self, slot: usize, text: impl Into<String>) {
        self.add(None, vec![(slot, text.into())]);
    }

    fn add(&mut self, cause: Option<Cause>, mut changes: Vec<(usize, String)>) {
        changes.retain(|(slot, text)| self.slots[*slot].text != *text);
        changes.sort_unstable();
        let is_new = !changes.is_empty() && self.others.iter().all(|one| one.changes != changes);
        if is_new {
            self.others.push(Alternative { cause, changes });
        }
    }

    /// The pieces, joined, with the changes of `alternatives`.
    pub(super) fn text(&self, alternatives: &[&Alternative]) -> String {
        let mut out = String::new();
        for (at, slot) in self.slots.iter().enumerate() {
            let changed = alternatives
                .iter()
                .flat_map(|one| &one.changes)
                .find(|(slot, _)| *slot == at);
            out.push_str(changed.map_or(slot.text.as_str(), |(_, text)| text));
        }
        out
    }

    /// Tries causes until the carried signature fits: each key as it is, then one
    /// other text, secrets with blanks, two texts that do not touch the same slot,
    /// and one other text with the keys that were not asked for. `spent` counts the
    /// signatures.
    pub(super) fn search(&self, keys: &[Prepared<'_>], spent: &mut usize) -> Option<Found> {
        let asked = keys
            .iter()
            .take_while(|key| key.candidate.role == Role::Asked)
            .count();
        let mut trial = Trial {
            problem: self,
            keys,
            spent,
        };
        let others = || self.others.iter();
        trial
            .with(0..keys.len(), &[])
            .or_else(|| others().find_map(|one| trial.with(0..asked, &[one])))
            .or_else(|| trial.with_blanks())
            .or_else(|| trial.pairs(asked))
            .or_else(|| others().find_map(|one| trial.with(asked..keys.len(), &[one])))
    }

    fn causes(&self, alternatives: &[&Alternative]) -> Vec<Cause> {
        let is_changed = |place: usize| {
            let mut changes = alternatives.iter().flat_map(|one| &one.changes);
            changes.any(|(slot, _)| *slot == place)
        };
        let own = self.if_it_fits.iter();
        let own = own.filter(|(slot, _)| !is_changed(*slot));
        let others = alternatives.iter().filter_map(|one| one.cause.clone());
        own.map(|(_, cause)| cause.clone()).chain(others).collect()
    }

    /// The codes of everything that is tried, each once.
    pub(super) fn tried(&self) -> Vec<Code> {
        let mut codes: Vec<Code> = Vec::new();
        for cause in self.others.iter().filter_map(|one| one.cause.as_ref()) {
            if !codes.contains(&cause.code) {
                codes.push(cause.code);
            }
        }
        codes
    }
}

/// Signatures being computed, up to the limit.
struct Trial<'t, 'k> {
    problem: &'t Problem,
    keys: &'t [Prepared<'k>],
    spent: &'t mut usize,
}

/// What is kept for the trials that come after the pairs.
const AFTER_PAIRS: usize = SIGNATURES_MAX / 5;
/// The most asked keys that pairs are tried with.
const PAIR_KEYS_MAX: usize = 4;

impl Trial<'_, '_> {
    fn with(&mut self, places: Range<usize>, alternatives: &[&Alternative]) -> Option<Found> {
        let text = self.problem.text(alternatives);
        let wrapped = self.problem.wrap.around(text.clone());
        let keys = self.keys;
        places.into_iter().find_map(|place| {
            let encoding = self.fits(&keys[place], &wrapped)?;
            Some(Found {
                key: place,
                causes: self.problem.causes(alternatives),
                encoding,
                text: text.clone(),
                with_blanks: false,
            })
        })
    }

    fn with_blanks(&mut self) -> Option<Found> {
        let text = self.problem.text(&[]);
        let wrapped = self.problem.wrap.around(text.clone());
        let keys = self.keys;
        keys.iter().enumerate().find_map(|(place, key)| {
            let forms = key.blank_forms();
            let encoding = forms.iter().find_map(|form| self.fits(form, &wrapped))?;
            Some(Found {
                key: place,
                causes: self.problem.causes(&[]),
                encoding,
                text: text.clone(),
                with_blanks: true,
            })
        })
    }

    fn pairs(&mut self, asked: usize) -> Option<Found> {
        let others = &self.problem.others;
        for (at, first) in others.iter().enumerate() {
            for second in &others[at + 1..] {
                if *self.spent + AFTER_PAIRS > SIGNATURES_MAX {
                    return None;
                }
                if first.touches(second) {
                    continue;
                }
                let found = self.with(0..asked.min(PAIR_KEYS_MAX), &[first, second]);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    fn fits(&mut self, key: &Prepared<'_>, wrapped: &str) -> Option<Encoding> {
        let cost = if key.is_public() {
            SIGNATURES_MAX / SIGNATURES_MAX_PUBLIC
        } else {
            1
        };
        if *self.spent + cost > SIGNATURES_MAX {
            return None;
        }
        *self.spent += cost;
        key.fits(wrapped, &self.problem.carried)
    }
}

impl Alternative {
    /// Whether both change one slot.
    fn touches(&self, other: &Self) -> bool {
        self.changes
            .iter()
            .any(|(slot, _)| other.changes.iter().any(|(own, _)| own == slot))
    }
}
