//! Holds `docs/huawei.md` against the table of operations. Run the test with
//! `UPDATE_DOCS=1` to write the page's table anew.

use super::table::{INSTANCE_ROWS, ROWS, Row};
use crate::dialect::held_page;

#[test]
fn the_page_shows_the_table() {
    held_page::hold("huawei.md", &[("operations", table())]);
}

fn table() -> String {
    let mut text = "| operation | method | v1.0 | v2 |\n| --- | --- | --- | --- |\n".to_owned();
    for row in ROWS {
        text.push_str(&line(row, ""));
    }
    for row in INSTANCE_ROWS {
        text.push_str(&line(row, "…/"));
    }
    text
}

/// `base` is put before a path that does not follow the base of its version.
fn line(row: &Row, base: &str) -> String {
    let cell = |path: Option<&str>| match path {
        Some(path) => format!("`{base}{path}`"),
        None => "none".to_owned(),
    };
    let (v1, v2) = (cell(row.v1), cell(row.v2));
    format!(
        "| **{}** | {} | {v1} | {v2} |\n",
        row.operation.name(),
        row.method
    )
}
