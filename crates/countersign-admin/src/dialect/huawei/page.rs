//! Holds `docs/huawei.md` against the table of operations. Run the test with
//! `UPDATE_DOCS=1` to write the page's table anew.

use std::{fs, path::Path};

use super::table::{INSTANCE_ROWS, ROWS, Row};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/huawei.md");
const BEGIN: &str = "<!-- begin operations -->\n";
const END: &str = "<!-- end operations -->\n";

#[test]
fn the_page_shows_the_table() {
    let written = fs::read_to_string(Path::new(PAGE)).unwrap();
    let mut page = written.clone();
    let from = page.find(BEGIN).expect("no begin") + BEGIN.len();
    let to = page.find(END).expect("no end");
    page.replace_range(from..to, &table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, &page).unwrap();
    } else {
        assert_eq!(
            written, page,
            "docs/huawei.md is out of date: run this test with UPDATE_DOCS=1"
        );
    }
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
