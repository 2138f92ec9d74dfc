//! An enum type is not named as the project names enum types.
//!
//! The cases that stand in braces in the pattern are those of `table-name`.
//!
//! ```sql,bad
//! -- limosa.toml: enum-name = { pattern = "{PascalCase}" }
//! CREATE TYPE visit_status AS ENUM ('planned', 'done');
//! ```
//! ```sql,good
//! -- limosa.toml: enum-name = { pattern = "{PascalCase}" }
//! CREATE TYPE "VisitStatus" AS ENUM ('planned', 'done');
//! ```

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{EnumType, of_enums};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_enums!(check))
    .with(&[Parameter::new("pattern", ParameterKind::Pattern, "\"{snake_case}\"", "what names are like"), EXCEPT]);

fn check(of: &EnumType<'_>, found: &mut Findings<'_>) {
    let Some(pattern) = found.parameters.pattern("pattern") else { return };
    if of.is_named_here && !pattern.fits(of.name.name.as_str(), &[]) {
        let message = format!("the enum type {} is not named like `{}`", shown(&of.name), pattern.as_str());
        found.site(of.site, message).of_table(&of.name);
    }
}
