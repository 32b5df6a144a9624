//! The vendor's one id that is no 32 hex digits: that of the environment which
//! every tenant has from the start (spec 4.1).

use countersign_core::{Environment, EnvironmentId, EnvironmentName, environment};

/// What the vendor calls the environment `RELEASE`.
const RELEASE: &str = "DEFAULT_ENVIRONMENT_RELEASE_ID";

/// Which environment is meant; `None` if the text can name none. The id that
/// `RELEASE` has underneath is accepted as well.
pub(super) fn read_environment(text: &str) -> Option<EnvironmentId> {
    match text {
        RELEASE => release(),
        _ => EnvironmentId::parse(text).ok(),
    }
}

/// What callers are told.
pub(super) fn show_environment(id: EnvironmentId) -> String {
    if Some(id) == release() {
        return RELEASE.to_owned();
    }
    id.to_string()
}

fn release() -> Option<EnvironmentId> {
    let name = EnvironmentName::parse(environment::DEFAULT).ok()?;
    Environment::initial(&name).map(|own| own.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read() {
        for name in environment::INITIAL {
            let name = EnvironmentName::parse(name).unwrap();
            let id = Environment::initial(&name).unwrap().id;
            let shown = show_environment(id);
            assert_eq!(shown == RELEASE, name.as_str() == "RELEASE", "{shown}");
            assert_eq!(read_environment(&shown), Some(id));
            assert_eq!(read_environment(&id.to_string()), Some(id));
        }
        let own = "0d05f1c54d6749eda95f9fa6d491449a";
        assert_eq!(show_environment(read_environment(own).unwrap()), own);
    }

    #[test]
    fn what_names_nothing_is_none() {
        for text in ["", "RELEASE", "default_environment_release_id", "{}"] {
            assert_eq!(read_environment(text), None, "{text}");
        }
    }
}
