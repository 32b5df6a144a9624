//! Holds pages of `docs/` against tables in the code. Run a test that does with
//! `UPDATE_DOCS=1` to write the page's tables anew.

use std::{fs, path::Path};

/// Checks that `docs/{page}` shows these tables, each between the comments
/// `begin` and `end` with its name.
pub(crate) fn hold(page: &str, tables: &[(&str, String)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(page);
    let written = fs::read_to_string(&path).unwrap();
    let mut shown = written.clone();
    for (name, table) in tables {
        let (begin, end) = (
            format!("<!-- begin {name} -->\n"),
            format!("<!-- end {name} -->\n"),
        );
        let from = shown.find(&begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
        let to = shown.find(&end).unwrap_or_else(|| panic!("no {end}"));
        shown.replace_range(from..to, table);
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &shown).unwrap();
    } else {
        assert_eq!(
            written, shown,
            "docs/{page} is out of date: run this test with UPDATE_DOCS=1"
        );
    }
}
