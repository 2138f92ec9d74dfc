//! An enum type is made anew without some of its values.
//!
//! PostgreSQL cannot remove a value from an enum, so the type is replaced. Rows that hold the removed value make the
//! conversion fail, and applications that still write it fail afterwards. Move the rows and release applications
//! without the value first.
//!
//! ```sql,bad
//! CREATE TYPE mood AS ENUM ('glad', 'sad', 'angry');
//! -- next migration
//! CREATE TYPE mood_new AS ENUM ('glad', 'sad');
//! ALTER TABLE visit ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new;
//! ALTER TYPE mood RENAME TO mood_old;
//! ALTER TYPE mood_new RENAME TO mood;
//! DROP TYPE mood_old;
//! ```
//! ```sql,good
//! CREATE TYPE mood AS ENUM ('glad', 'sad');
//! -- next migration
//! CREATE TYPE mood_new AS ENUM ('glad', 'sad', 'angry');
//! ALTER TABLE visit ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new;
//! ALTER TYPE mood RENAME TO mood_old;
//! ALTER TYPE mood_new RENAME TO mood;
//! DROP TYPE mood_old;
//! ```

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(ObjectChange { kind: "TYPE", names, action }) = step.object_change() else { return };
    if !matches!(action, ObjectAction::Rename(_) | ObjectAction::Drop { .. }) {
        return;
    }
    for name in names.iter().map(|name| step.resolve(name)).filter(|name| !step.state.has_made("TYPE", name)) {
        let (Some(until_now), Some(from_now_on)) = (step.state.enum_values(&name), next_values(step, &name)) else {
            continue;
        };
        let removed: Vec<&String> = until_now.iter().filter(|value| !from_now_on.contains(value)).collect();
        if removed.is_empty() {
            continue;
        }
        let values = removed.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
        let finding = found
            .at(step.head(), format!("{} loses {values}: a column with such rows cannot be converted", shown(&name)));
        let moves = step.before.iter().any(|looked| matches!(looked.command, Command::Change { .. }));
        if !moves {
            finding.help("give those rows another value first, when no application writes it any more");
        }
    }
}

/// The values of the type that takes over a name further down.
fn next_values(step: &Step<'_>, name: &QualifiedName) -> Option<Vec<String>> {
    step.later_changes().filter(|change| change.kind == "TYPE").find_map(|change| {
        let named = change.names.first().map(|named| step.resolve(named))?;
        match change.action {
            ObjectAction::CreateEnum(values) if named == *name => Some(values),
            ObjectAction::Rename(to) if to == name.name => {
                let made_later = step.later_changes().find_map(|made| match made.action {
                    ObjectAction::CreateEnum(values) if made.names.first() == Some(&named) => Some(values),
                    _ => None,
                });
                step.state.enum_values(&named).map(<[String]>::to_vec).or(made_later)
            }
            _ => None,
        }
    })
}
