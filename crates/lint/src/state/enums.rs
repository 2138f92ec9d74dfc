//! The values of enum types.

use std::collections::BTreeMap;

use limosa_catalog::QualifiedName;
use limosa_plan::lock::Known;
use limosa_syntax::{ObjectAction, ObjectChange};

/// The enum types that the migrations have made.
#[derive(Debug, Clone, Default)]
pub(super) struct Enums(BTreeMap<QualifiedName, Vec<String>>);

impl Enums {
    /// Takes a statement as done.
    pub(super) fn apply(&mut self, known: &Known, change: &ObjectChange) {
        let ObjectChange { kind: "TYPE", names, action } = change else { return };
        for name in names.iter().map(|name| known.resolve(name)) {
            match action {
                ObjectAction::CreateEnum(values) => drop(self.0.insert(name, values.clone())),
                ObjectAction::AddValue(value) => {
                    if let Some(values) = self.0.get_mut(&name)
                        && !values.contains(value)
                    {
                        values.push(value.clone());
                    }
                }
                ObjectAction::RenameValue { from, to } => {
                    let values = self.0.get_mut(&name).into_iter().flatten();
                    values.filter(|value| *value == from).for_each(|value| value.clone_from(to));
                }
                ObjectAction::Rename(to) => {
                    let renamed = QualifiedName { schema: name.schema.clone(), name: to.clone() };
                    if let Some(values) = self.0.remove(&name) {
                        self.0.insert(renamed, values);
                    }
                }
                ObjectAction::SetSchema(to) => {
                    let moved = QualifiedName { schema: Some(to.clone()), name: name.name.clone() };
                    if let Some(values) = self.0.remove(&name) {
                        self.0.insert(moved, values);
                    }
                }
                ObjectAction::Drop { .. } => drop(self.0.remove(&name)),
                ObjectAction::Create | ObjectAction::Replace | ObjectAction::Alter => {}
            }
        }
    }

    /// The values of a type; `None` where they are not known.
    pub(super) fn values(&self, name: &QualifiedName) -> Option<&[String]> {
        self.0.get(name).map(Vec::as_slice)
    }
}
