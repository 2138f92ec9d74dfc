//! `[mask]`: what becomes of values that are taken from an environment.

use limosa_syntax::Diagnostic;
use toml::de::DeValue;

use crate::mask::{Mask, MaskSettings};
use crate::{ColumnName, Project};

use super::table::{Report, Table, article};

/// What `[mask]` says; nothing where there is none.
///
/// # Errors
/// All that is wrong with the table, together.
pub fn mask_settings(project: &Project) -> Result<MaskSettings, Vec<Diagnostic>> {
    super::document::read_table(project, "mask", MaskSettings::default(), read)
}

fn read(table: &Table<'_>, report: &mut Report<'_>) -> MaskSettings {
    let mut columns = Vec::new();
    for (key, value) in table.in_order() {
        let DeValue::String(text) = value.get_ref() else {
            let found = article(value.get_ref().type_str());
            let error = Diagnostic::error("wrong-type", format!("`{}` is {found}; expected a mask", key.value));
            report.push(error.with_help("write `\"patient.ssn\" = \"hash\"`, quotes included"), key.span);
            continue;
        };
        match (ColumnName::parse(key.value), text.parse::<Mask>()) {
            (Err(error), _) => report.push(Diagnostic::error("invalid-value", error.to_string()), key.span),
            (_, Err(error)) => {
                report.push(Diagnostic::error("invalid-value", error.to_string()), value.span().into());
            }
            (Ok(name), Ok(mask)) => columns.push((name, mask)),
        }
    }
    MaskSettings { columns }
}
