//! How a command shows what it was told.

use std::io::{self, Write};

use clap::ValueEnum;
use comfy_table::{Table, presets};
use serde_json::Value;

use super::Failure;

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Table,
    /// As the management API answered it.
    Json,
}

/// A column: what it is called, and which field of a record it shows, as a JSON
/// pointer.
pub(super) type Column = (&'static str, &'static str);

/// Prints the records of a list.
pub(super) fn list(
    format: Format,
    answer: &Value,
    records: &str,
    columns: &[Column],
) -> Result<(), Failure> {
    if format == Format::Json {
        return json(answer);
    }
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(columns.iter().map(|(title, _)| *title));
    for record in answer[records].as_array().into_iter().flatten() {
        table.add_row(
            columns
                .iter()
                .map(|(_, field)| record.pointer(field).map_or_else(String::new, cell)),
        );
    }
    print(&table.to_string())
}

/// Prints one record.
pub(super) fn record(format: Format, answer: &Value, fields: &[Column]) -> Result<(), Failure> {
    if format == Format::Json {
        return json(answer);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (title, field) in fields {
        let value = answer.pointer(field).unwrap_or(&Value::Null);
        if !value.is_null() {
            table.add_row([(*title).to_owned(), cell(value)]);
        }
    }
    print(&table.to_string())
}

/// Prints a text.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    print(text)
}

fn json(answer: &Value) -> Result<(), Failure> {
    print(&format!("{answer:#}"))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields.get("name").map_or_else(String::new, cell),
        other => other.to_string(),
    }
}

/// Prints to standard output; a reader that has gone away is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::of(&error)),
        _ => Ok(()),
    }
}
