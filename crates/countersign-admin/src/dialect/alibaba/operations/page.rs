//! Holds `docs/alibaba.md` against the table of operations. Run the test with
//! `UPDATE_DOCS=1` to write the page's table anew.

use countersign_core::{FieldRule, rule::CharSet};

use super::table::{Kind, Parameter, TABLE};
use crate::dialect::held_page;

#[test]
fn the_page_shows_the_table() {
    held_page::hold("alibaba.md", &[("operations", table())]);
}

fn table() -> String {
    let mut text = "| operation | parameters | errors of its own | what differs |\n| --- | --- | --- | --- |\n".to_owned();
    for row in TABLE {
        let parameters: Vec<_> = row.parameters.iter().map(parameter).collect();
        let errors: Vec<_> = row.errors.iter().map(|code| format!("`{code}`")).collect();
        let cells = [
            format!("**{}**", row.name),
            parameters.join("<br>"),
            errors.join(", "),
            row.differs.to_owned(),
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

fn parameter(parameter: &Parameter) -> String {
    let star = if parameter.required { "*" } else { "" };
    let kind = match &parameter.kind {
        Kind::Id(unknown) => format!("id, else `{unknown}`"),
        Kind::Ids(unknown) => format!("at most 100 ids with commas between, else `{unknown}`"),
        Kind::Text(rule) => self::rule(rule),
        Kind::Secret(rule) => format!("secret, {}", self::rule(rule)),
        Kind::Filter => "any text".to_owned(),
        Kind::OneOf(words) => words.join(", "),
        Kind::OneOfAnyCase(words) => format!("{}, in any case", words.join(", ")),
        Kind::FalseOnly => "false".to_owned(),
        Kind::Word => "a word in capital letters".to_owned(),
        Kind::PageNumber => "from 1, default 1".to_owned(),
        Kind::PageSize(max) => format!("1 to {max}, default 10"),
        Kind::Object => "JSON object, see below".to_owned(),
        Kind::List => "JSON array of objects, see below".to_owned(),
        Kind::PluginData => "JSON or YAML, see below".to_owned(),
        Kind::Documentation => "any text, told again and not read".to_owned(),
    };
    format!("`{}`{star}: {kind}", parameter.name)
}

fn rule(rule: &FieldRule) -> String {
    let FieldRule {
        min,
        max,
        first,
        rest,
    } = rule;
    let rest = rest.as_ref().map_or_else(
        || "no control characters".to_owned(),
        |set| format!("of {}", characters(set)),
    );
    let first = first.as_ref().map_or_else(String::new, |set| {
        format!(", the first of {}", characters(set))
    });
    format!("{min} to {max} characters, {rest}{first}")
}

fn characters(set: &CharSet) -> String {
    let mut kinds = Vec::new();
    kinds.extend(set.letters.then(|| "letters".to_owned()));
    kinds.extend(set.digits.then(|| "digits".to_owned()));
    kinds.extend(set.ideographs.then(|| "Chinese characters".to_owned()));
    kinds.extend(set.others.chars().map(|other| format!("`{other}`")));
    kinds.join(", ")
}
