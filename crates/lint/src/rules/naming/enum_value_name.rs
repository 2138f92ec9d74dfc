//! A value of an enum type is not written as the project writes them.
//!
//! Values are compared letter by letter, so `inProgress` and `in_progress` are two. The cases that stand in braces in
//! the pattern are those of `table-name`; `{enum}` stands for the name of the type.
//!
//! ```sql,bad
//! -- limosa.toml: enum-value-name = { pattern = "{snake_case}" }
//! CREATE TYPE status AS ENUM ('planned', 'inProgress');
//! ```
//! ```sql,good
//! -- limosa.toml: enum-value-name = { pattern = "{SCREAMING_SNAKE_CASE}" }
//! CREATE TYPE status AS ENUM ('PLANNED', 'IN_PROGRESS');
//! ```

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{EnumType, of_enums};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_enums!(check))
    .with(&[Parameter::new("pattern", ParameterKind::Pattern, "\"{snake_case}\"", "what values are like"), EXCEPT]);

fn check(of: &EnumType<'_>, found: &mut Findings<'_>) {
    let Some(pattern) = found.parameters.pattern("pattern") else { return };
    for (label, site) in &of.labels {
        if !pattern.fits(label, &[("enum", of.name.name.as_str())]) {
            let message = format!("the value `{label}` of {} is not like `{}`", shown(&of.name), pattern.as_str());
            found.site(*site, message).of_table(&of.name);
        }
    }
}
