//! What tables of parameters have to keep to in every dialect: which headers
//! they may name, that no name stands twice at a place, and that a default
//! fits its own type and limits.

pub(in crate::dialect) mod header;
pub(in crate::dialect) mod limits;
mod places;

pub(in crate::dialect) use self::places::Places;

/// Stands where a mock answer needs no backend. RFC 6761 keeps the name from
/// ever being anybody's.
pub(in crate::dialect) const NOWHERE: &str = "http://mock.invalid";

/// Most entries of a table. No vendor documents a limit; no API has as many,
/// and every request goes through them all.
pub(in crate::dialect) const ENTRIES_MAX: usize = 500;
