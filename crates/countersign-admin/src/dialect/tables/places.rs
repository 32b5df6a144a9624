//! Names that are taken, each at its place.

use std::collections::HashSet;

use countersign_core::mapping::Location;

/// Which names stand where.
#[derive(Debug, Default)]
pub(in crate::dialect) struct Places(HashSet<(Location, String)>);

impl Places {
    /// Takes a name, unless it is taken. Names of headers are the same in any
    /// case (RFC 9110, 5.1), and with `_` for `-`, as many backends read them.
    pub(in crate::dialect) fn take(&mut self, location: Location, name: &str) -> bool {
        self.0.insert(key(location, name))
    }

    /// Whether it is taken.
    pub(in crate::dialect) fn has(&self, location: Location, name: &str) -> bool {
        self.0.contains(&key(location, name))
    }
}

fn key(location: Location, name: &str) -> (Location, String) {
    let name = match location {
        Location::Header => name.to_ascii_lowercase().replace('_', "-"),
        Location::Path | Location::Query | Location::Body => name.to_owned(),
    };
    (location, name)
}
