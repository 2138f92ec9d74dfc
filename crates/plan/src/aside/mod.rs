//! Setting aside: what a statement would drop is renamed and kept, so that it can come back with its values.
//!
//! What a drop takes along is for the server to say: its catalog before the drop and after it are compared, and nothing
//! is concluded from the text. From these two comes a third, the *kept* catalog: as after the drop, and with what holds
//! values still there, relaxed so that nobody has to know of it. The way there is the difference from the first to the
//! third, followed by renames; the way back is the renames turned round, followed by the difference from the third to
//! the first.

mod kept;
mod name;
mod relax;
mod values;

use limosa_catalog::{Catalog, Identifier, InvalidIdentifier, Object, ObjectId, ObjectKind};

use crate::diff::{DiffError, DiffOptions, Hazard, Run, Style, diff, fix};

pub use kept::{KeptColumn, KeptSequence, KeptTable, KeptType};
pub use name::AsideName;
pub use values::{KeptValue, KeptValues};

/// How something is set aside, and how it comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetAside {
    /// Columns of tables that stay, those that children inherit left out.
    pub columns: Vec<KeptColumn>,
    /// Tables with all their columns.
    pub tables: Vec<KeptTable>,
    /// Types that something needs which was set aside before.
    pub types: Vec<KeptType>,
    /// Values that are written over.
    pub values: Option<KeptValues>,
    /// What is dropped after all, and made anew on the way back; in people's words.
    pub dropped: Vec<String>,
    /// The statements that run in the place of the drop, in order.
    pub steps: Vec<String>,
    /// What follows the renames on the way back.
    pub restore: Vec<RestoreStep>,
}

/// One step of the way back. It looks first whether it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreStep {
    /// What it is about, such as `make index public.patient_ssn_idx`.
    pub about: String,
    /// Its statements, each with its semicolon.
    pub sql: Vec<String>,
}

/// Why something cannot be set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AsideError {
    /// The column is a child's own as well. A drop leaves it there; a rename does not.
    #[error("{child} has the column as its own too, and would keep it after a drop, but not after a rename")]
    SharedWithChild {
        /// The child's column.
        child: ObjectId,
    },
    /// Two tables of one name, from different schemas.
    #[error("two tables of the name {0} cannot be set aside by one statement")]
    SameName(Identifier),
    /// The way there would lose or rewrite something, or cannot share a transaction.
    #[error("it cannot be done by a mere rename: `{0}` is in the way")]
    NotBrief(String),
    /// No name can be made for it.
    #[error(transparent)]
    Name(#[from] InvalidIdentifier),
    /// There is no way from one catalog to the other.
    #[error(transparent)]
    Diff(#[from] DiffError),
}

/// Decides how what a drop would take away is set aside. `before` and `after` are the catalogs on both sides of the
/// drop, without what was set aside earlier.
///
/// # Errors
/// See [`AsideError`].
pub fn set_aside(before: &Catalog, after: &Catalog, name: &AsideName) -> Result<SetAside, AsideError> {
    let loss = relax::Loss::of(before, after);
    let kept = after.with_some_of(before, |entry| loss.relaxed(entry));
    let options = DiffOptions { style: Style::Offline, ..DiffOptions::default() };
    let mut steps = Vec::new();
    for statement in diff(before, &kept, &options)?.statements {
        let is_harmful = |hazard: &Hazard| match hazard {
            Hazard::ScansTable(_) | Hazard::BlocksWrites(_) => false,
            // What is not kept although it is a column is computed.
            Hazard::DeletesData(id) => id.kind() != ObjectKind::Column,
            _ => true,
        };
        if statement.run == Run::Alone || statement.hazards.iter().any(is_harmful) {
            return Err(AsideError::NotBrief(statement.to_string()));
        }
        steps.push(statement.to_string());
    }
    let (columns, tables) = (kept::columns(before, &kept, &loss, name)?, kept::tables(&loss)?);
    if !tables.is_empty() {
        steps.push(format!("CREATE SCHEMA {}", name.schema()));
    }
    steps.extend(tables.iter().map(|table| table.away(name)));
    steps.extend(columns.iter().flat_map(KeptColumn::away));
    let restore = fix(&kept, before, &options)?.steps.into_iter();
    Ok(SetAside {
        columns,
        tables,
        types: Vec::new(),
        values: None,
        dropped: dropped(before, &kept),
        steps,
        restore: restore.map(|step| RestoreStep { about: step.about, sql: step.sql }).collect(),
    })
}

/// What has an existence of its own and is not kept, unless something larger goes that it is part of.
fn dropped(before: &Catalog, kept: &Catalog) -> Vec<String> {
    let is_noted = |id: &ObjectId| {
        !matches!(id.kind(), ObjectKind::Owner | ObjectKind::Comment | ObjectKind::Grant | ObjectKind::SecurityLabel)
    };
    let gone = before.iter().filter(|entry| !kept.contains(entry.id()) && is_noted(entry.id()));
    let gone = gone.filter(|entry| match entry.object() {
        Object::Column(_) | Object::ColumnDefault(_) => entry.parent().is_some_and(|of| kept.contains(of.id())),
        _ => true,
    });
    gone.map(|entry| entry.id().to_string()).collect()
}
