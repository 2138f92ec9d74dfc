//! `[ids]`.

use limosa_catalog::{Identifier, InvalidIdentifier};
use limosa_ids::{Clash, GeneratorSpec, clashes};
use limosa_syntax::{Diagnostic, Span};
use toml::de::DeValue;

use crate::ColumnName;
use crate::ids::{IdSettings, SCHEMA};

use super::table::{Report, Table, article};

struct Registered<'a> {
    /// The name as the file spells it.
    written: &'a str,
    name: ColumnName,
    spec: GeneratorSpec,
    span: Span,
}

/// What holds where the file says nothing.
pub(super) fn usual() -> Result<IdSettings, InvalidIdentifier> {
    Ok(IdSettings { schema: Identifier::new(SCHEMA)?, columns: Vec::new() })
}

/// The table.
pub(super) fn read(table: &Table<'_>, report: &mut Report<'_>) -> Result<IdSettings, InvalidIdentifier> {
    table.only(&["schema", "column"], report);
    let usual = usual()?;
    let schema = table.parsed("schema", report, |text| Identifier::new(text)).unwrap_or(usual.schema);
    let columns = table.table("column", "ids.column", report);
    let columns = columns.map(|columns| registered(&columns, report)).unwrap_or_default();
    Ok(IdSettings { schema, columns: columns.into_iter().map(|column| (column.name, column.spec)).collect() })
}

fn registered<'a>(columns: &Table<'a>, report: &mut Report<'_>) -> Vec<Registered<'a>> {
    let mut found: Vec<Registered<'a>> = Vec::new();
    for (key, value) in columns.in_order() {
        let DeValue::String(text) = value.get_ref() else {
            let message = format!("`{}` is {}; expected a generator", key.value, article(value.get_ref().type_str()));
            let error = Diagnostic::error("wrong-type", message);
            report.push(error.with_help("write `\"patient.public_id\" = \"cuid2:pat_\"`, quotes included"), key.span);
            continue;
        };
        match (ColumnName::parse(key.value), text.parse::<GeneratorSpec>()) {
            (Err(error), _) => report.push(Diagnostic::error("invalid-value", error.to_string()), key.span),
            (_, Err(error)) => report.push(Diagnostic::error("invalid-value", error.to_string()), value.span().into()),
            (Ok(name), Ok(spec)) => {
                found.push(Registered { written: key.value, name, spec, span: value.span().into() });
            }
        }
    }
    let prefixed: Vec<_> = found.iter().filter_map(|column| Some((column, column.spec.prefix()?))).collect();
    let prefixes: Vec<_> = prefixed.iter().map(|(_, prefix)| (*prefix).clone()).collect();
    for clash in clashes(&prefixes) {
        let (Clash::Same(one, other) | Clash::Beginning(one, other)) = clash;
        let ((one, prefix), (other, longer)) = (prefixed[one], prefixed[other]);
        let (first, second) = (one.written, other.written);
        let message = match clash {
            Clash::Same(..) => format!("the ids of `{first}` and `{second}` have the same prefix, `{longer}`"),
            Clash::Beginning(..) => {
                format!("the prefix of `{first}`, `{prefix}`, is the beginning of that of `{second}`, `{longer}`")
            }
        };
        let error = Diagnostic::error("prefix-clash", message);
        report.push(error.with_help("give each a prefix that tells its ids from all others"), other.span);
    }
    found
}
