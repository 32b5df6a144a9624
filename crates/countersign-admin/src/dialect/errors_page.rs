//! Holds `docs/errors.md` against the tables in the code. Run the test with
//! `UPDATE_DOCS=1` to write the page's tables anew.

use std::fmt::Display;

use super::{
    alibaba::errors::table as alibaba, held_page, huawei::errors::table as huawei,
    native::errors::table as native,
};
use crate::{auth, ops};

#[test]
fn the_page_shows_the_tables() {
    let tables = [
        ("use cases", use_cases()),
        ("callers", callers()),
        ("alibaba", alibaba_own()),
        ("huawei", huawei_own()),
        ("huawei callers", huawei_callers()),
        ("huawei use cases", huawei_use_cases()),
        ("native", native_own()),
    ];
    held_page::hold("errors.md", &tables);
}

fn table(head: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let rule = "| --- ".repeat(head.split(" | ").count());
    let row = |cells: Vec<String>| {
        let cells: Vec<_> = cells
            .iter()
            .map(|cell| {
                cell.replace('\n', " ")
                    .replace('|', "\\|")
                    .replace('<', "&lt;")
            })
            .collect();
        format!("| {} |\n", cells.join(" | "))
    };
    format!("| {head} |\n{rule}|\n{}", rows.map(row).collect::<String>())
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

const BOTH: &str = "`X-Countersign-Error`, native code | meaning | Alibaba code | status | message | native status";

fn use_cases() -> String {
    let rows = ops::one_of_each();
    let rows = rows
        .iter()
        .map(|error| both(error, alibaba::of_op(error), native::status_of_op(error)));
    table(BOTH, rows)
}

fn callers() -> String {
    let rows = auth::one_of_each();
    let rows = rows.iter().map(|error| {
        both(
            error,
            alibaba::of_auth(error),
            native::status_of_auth(error),
        )
    });
    table(BOTH, rows)
}

/// One error as both dialects answer it.
fn both(meaning: &dyn Display, cells: alibaba::Cells, native: impl Display) -> Vec<String> {
    vec![
        code(cells.ours),
        meaning.to_string(),
        code(&cells.code),
        cells.status.to_string(),
        cells.message,
        native.to_string(),
    ]
}

fn alibaba_own() -> String {
    let rows = alibaba::own().into_iter();
    let rows = rows.map(|cells| {
        vec![
            code(cells.ours),
            code(&cells.code),
            cells.status.to_string(),
            cells.message,
        ]
    });
    table("`X-Countersign-Error` | code | status | message", rows)
}

fn huawei_own() -> String {
    huawei_table(huawei::own().into_iter())
}

fn huawei_callers() -> String {
    huawei_table(auth::one_of_each().into_iter().map(huawei::of_auth))
}

fn huawei_use_cases() -> String {
    huawei_table(ops::one_of_each().into_iter().map(huawei::of_op))
}

fn huawei_table(rows: impl Iterator<Item = huawei::Cells>) -> String {
    let rows = rows.map(|cells| {
        vec![
            code(cells.ours),
            cells.meaning,
            code(cells.code),
            cells.status.to_string(),
            cells.message,
        ]
    });
    table(
        "`X-Countersign-Error` | meaning | code | status | message",
        rows,
    )
}

fn native_own() -> String {
    let rows = native::own().into_iter();
    let rows = rows.map(|(ours, status, message)| vec![code(ours), status.to_string(), message]);
    table("code | status | message", rows)
}
