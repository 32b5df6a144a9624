//! An explanation for people.

use std::fmt::{self, Write};

use super::cause::{Cause, Evidence};
use super::explanation::{Explanation, Outcome};
use super::scheme::Carried;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.scheme.map_or("none", |scheme| scheme.as_str());
        writeln!(f, "scheme:   {scheme}")?;
        writeln!(f, "verdict:  {} ({})", self.verdict, shown(&self.detail))?;
        if let Some(key) = &self.key {
            writeln!(f, "key:      {}", shown(key))?;
        }
        self.carried(f)?;
        self.computed(f)?;
        match self.outcome {
            Outcome::Verifies => writeln!(f, "\nIt verifies.")?,
            Outcome::Differs => {
                writeln!(f, "\nWhy it does not verify:")?;
                for cause in &self.causes {
                    write_cause(cause, f)?;
                }
            }
            Outcome::CannotTell => {
                let tried: Vec<_> = self.tried.iter().map(|code| code.as_str()).collect();
                writeln!(f, "\nIt does not verify, and why can not be told.")?;
                writeln!(f, "  tried, alone and in pairs: {}", tried.join(", "))?;
                writeln!(f, "  signatures computed: {}", self.signatures)?;
                writeln!(
                    f,
                    "  compare the lines above with those that the sender signed."
                )?;
            }
        }
        for note in &self.notes {
            writeln!(f, "note: {}", shown(note))?;
        }
        Ok(())
    }
}

impl Explanation {
    fn carried(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let carried = &self.carried;
        if *carried == Carried::default() {
            return Ok(());
        }
        writeln!(f, "\nThe request carries")?;
        for (label, value) in [
            ("sign key", &carried.sign_key),
            ("signature", &carried.signature),
            ("signed list", &carried.list),
            ("date", &carried.date),
            ("body digest", &carried.digest),
        ] {
            if let Some(value) = value {
                writeln!(f, "  {label:12} {}", shown(value))?;
            }
        }
        Ok(())
    }

    fn computed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(computed) = &self.computed else {
            return Ok(());
        };
        let what = if computed.string_to_sign.is_some() {
            "The canonical request"
        } else {
            "The string to sign"
        };
        writeln!(
            f,
            "\n{what}, as computed here (it repeats parameters of the request)"
        )?;
        for piece in &computed.pieces {
            let text = piece.text.as_str();
            for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                writeln!(f, "  {:16} | {}", piece.label, shown(line))?;
            }
        }
        if let Some(text) = &computed.string_to_sign {
            writeln!(f, "\nThe string to sign")?;
            for line in text.as_str().split('\n') {
                writeln!(f, "  {:16} | {}", "", shown(line))?;
            }
        }
        if let Some(digest) = &computed.digest {
            writeln!(f, "\n  {:12} {}", "body digest", shown(digest))?;
        }
        if let Some(signed) = &self.signed {
            writeln!(f, "\nWhat was signed instead")?;
            for line in signed.as_str().split('\n') {
                writeln!(f, "  {:16} | {}", "", shown(line))?;
            }
        }
        Ok(())
    }
}

fn write_cause(cause: &Cause, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "  {}: {}", cause.code.as_str(), cause.code.says())?;
    if let Some(subject) = &cause.subject {
        write!(f, " ({})", shown(subject))?;
    }
    writeln!(f)?;
    if let (Some(carried), Some(signed)) = (&cause.carried, &cause.signed) {
        writeln!(f, "    here:   {}", shown(carried))?;
        writeln!(f, "    signed: {}", shown(signed))?;
    }
    let how = match cause.evidence {
        Evidence::Recomputed => "with this difference the signature is the one carried",
        Evidence::Seen => "it stands in the request, the keys or the clock",
    };
    writeln!(f, "    known:  {how}")?;
    writeln!(f, "    to do:  {}", cause.code.advice())
}

/// On one line, without what a terminal would act on.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        if one.is_control()
            || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            // Writing into a String does not fail.
            let _ = write!(out, "{}", one.escape_unicode());
        } else {
            out.push(one);
        }
    }
    out
}
