//! An amount of money is kept in binary fractions.
//!
//! `0.1` cannot be written in binary, so that sums of `real` and `double precision` are off by cents. `numeric` counts
//! as people do. The rule goes by the last word of the column's name.
//!
//! ```sql,bad
//! CREATE TABLE bill (id bigint PRIMARY KEY, total_price double precision);
//! ```
//! ```sql,good
//! CREATE TABLE bill (id bigint PRIMARY KEY, total_price numeric(12, 2), weight double precision);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, of_tables!(check)).with(&[
    Parameter::new(
        "words",
        ParameterKind::List,
        r#"["price", "amount", "cost", "fee", "salary", "balance", "charge", "payment", "copay"]"#,
        "the last words of names that mean money",
    ),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let words = found.parameters.list("words");
    for column in table
        .columns
        .iter()
        .filter(|column| !table.is_partition && is_meant(column) && ends_in(column.name.as_str(), &words))
    {
        let shown = table.shown_column(&column.name);
        let finding = found
            .site(column.site, format!("sums of {shown} will be off by fractions of a cent"))
            .of_table(&table.name);
        finding.help("use `numeric`, or whole cents in `bigint`");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&["double precision", "real"]))
}

/// Whether a name in any case ends in one of these words.
fn ends_in(name: &str, words: &[String]) -> bool {
    let last = name.rfind(|letter: char| letter == '_' || letter.is_ascii_uppercase()).unwrap_or(0);
    let last = name.get(last..).unwrap_or_default().trim_start_matches('_').to_ascii_lowercase();
    words.iter().any(|word| last == *word || last.strip_suffix('s') == Some(word))
}
