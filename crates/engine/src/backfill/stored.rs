//! How a definition stands in a job's row.

use limosa_catalog::Identifier;
use serde::{Deserialize, Serialize};

use super::definition::{Assignment, BackfillDefinition, RowChange};

/// The stored form. A definition that the first format can hold is written in it, so that an older Limosa goes on with
/// it, and does not take one that it would read only in part.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    format: u32,
    table: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    insert: Option<StoredTarget>,
    /// Also the values of an insert.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    set: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generate: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    delete: bool,
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredTarget {
    into: String,
    skips_present: bool,
}

impl Stored {
    /// The first format knows neither aliases nor joins nor inserts.
    fn needs_format(&self) -> u32 {
        if self.alias.is_some() || self.from.is_some() || self.insert.is_some() { 2 } else { 1 }
    }
}

impl BackfillDefinition {
    /// As JSON, the same for the same definition.
    pub(crate) fn to_json(&self) -> String {
        let mut stored = Stored {
            format: 1,
            table: self.table.clone(),
            alias: self.alias.as_ref().map(|alias| alias.as_str().to_owned()),
            insert: None,
            set: Vec::new(),
            from: None,
            generate: None,
            delete: false,
            condition: self.condition.clone(),
        };
        let pairs = |assignments: &[Assignment]| -> Vec<(String, String)> {
            assignments.iter().map(|it| (it.column.as_str().to_owned(), it.expression.clone())).collect()
        };
        match &self.change {
            RowChange::Set { assignments, from } => {
                (stored.set, stored.from) = (pairs(assignments), from.clone());
            }
            RowChange::Generate { column, spec } => {
                stored.generate = Some((column.as_str().to_owned(), spec.to_string()));
            }
            RowChange::Insert { target, values, skips_present } => {
                stored.set = pairs(values);
                stored.insert = Some(StoredTarget { into: target.clone(), skips_present: *skips_present });
            }
            RowChange::Delete => stored.delete = true,
        }
        stored.format = stored.needs_format();
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// From JSON; `None` where another version of Limosa wrote it.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        if stored.format != stored.needs_format() {
            return None;
        }
        let assignment = |(column, expression): (String, String)| {
            Some(Assignment { column: Identifier::new(column).ok()?, expression })
        };
        let assignments: Vec<Assignment> = stored.set.into_iter().map(assignment).collect::<Option<_>>()?;
        let change = match (stored.generate, stored.insert) {
            (Some((column, spec)), _) => {
                RowChange::Generate { column: Identifier::new(column).ok()?, spec: spec.parse().ok()? }
            }
            (None, Some(StoredTarget { into, skips_present })) => {
                RowChange::Insert { target: into, values: assignments, skips_present }
            }
            (None, None) if stored.delete => RowChange::Delete,
            (None, None) => RowChange::Set { assignments, from: stored.from },
        };
        let alias = match stored.alias {
            Some(alias) => Some(Identifier::new(alias).ok()?),
            None => None,
        };
        Some(Self { table: stored.table, alias, change, condition: stored.condition, keeps: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(change: RowChange) -> BackfillDefinition {
        BackfillDefinition { table: "public.patient".into(), alias: None, change, condition: None, keeps: None }
    }

    fn assignments() -> Vec<Assignment> {
        vec!["a = b + 1".parse().unwrap(), "\"C\" = ';'".parse().unwrap()]
    }

    #[test]
    fn a_definition_is_stored_and_read_again() {
        let set = RowChange::Set { assignments: assignments(), from: None };
        let joined = RowChange::Set { assignments: assignments(), from: Some("parent p".into()) };
        let generate =
            RowChange::Generate { column: Identifier::new("Public id").unwrap(), spec: "cuid2:pat_".parse().unwrap() };
        let insert =
            |skips_present| RowChange::Insert { target: "old.patient".into(), values: assignments(), skips_present };
        for change in [set, joined, generate, insert(true), insert(false), RowChange::Delete] {
            for condition in [None, Some("a IS NULL".to_owned())] {
                for alias in [None, Some(Identifier::new("P").unwrap())] {
                    let definition =
                        BackfillDefinition { condition: condition.clone(), alias, ..definition(change.clone()) };
                    assert_eq!(BackfillDefinition::from_json(&definition.to_json()), Some(definition));
                }
            }
        }
    }

    #[test]
    fn the_first_format_is_read_and_written_where_it_is_enough() {
        let first = r#"{"format":1,"table":"public.patient","set":[["a","b + 1"],["C","';'"]]}"#;
        let set = definition(RowChange::Set { assignments: assignments(), from: None });
        assert_eq!(BackfillDefinition::from_json(first), Some(set.clone()));
        assert_eq!(set.to_json(), first);
        // What a Limosa that knows the first format only would run as something else.
        let joined = definition(RowChange::Set { assignments: assignments(), from: Some("parent p".into()) });
        assert!(joined.to_json().starts_with(r#"{"format":2,"#));
        assert_eq!(BackfillDefinition::from_json(r#"{"format":3,"table":"a","delete":true}"#), None);
    }
}
