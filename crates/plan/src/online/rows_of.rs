//! Whose rows an online change reads and fills.

use std::collections::BTreeSet;

use limosa_catalog::ObjectName;
use limosa_syntax::Command;

use super::full_names::with_other_names;
use super::phases::{OnlineChange, OnlineStep};

/// The tables whose rows a change is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowsOf {
    /// Those that it fills of its own accord: the values are those that rows have, so nobody's trigger has to know.
    pub filled: BTreeSet<ObjectName>,
    /// Whether the migration itself says how rows are changed, in a statement of its own.
    pub says_itself: bool,
    questions: Vec<String>,
}

impl RowsOf {
    /// Those of a change.
    #[must_use]
    pub fn of(change: &OnlineChange) -> Self {
        let mut own = Self::default();
        for phases in change.phases() {
            let checks = phases.checks.iter().chain(&phases.remaining);
            own.questions.extend(checks.map(|check| check.query.clone()));
            for step in &phases.backfill {
                let OnlineStep::Batches { sql, .. } = step else { continue };
                own.questions.push(sql.clone());
                own.says_itself |= phases.verbatim;
                if let Command::Change { table, .. } = Command::of(sql)
                    && let Some(schema) = table.schema
                {
                    own.filled.insert(ObjectName { schema, name: table.name });
                }
            }
        }
        own
    }

    /// Whether it reads rows of the table, or fills them.
    #[must_use]
    pub fn reads(&self, table: &ObjectName) -> bool {
        let is_it = |name: &ObjectName| (name == table).then(|| name.clone());
        self.questions.iter().any(|question| with_other_names(question, is_it).is_some())
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::Identifier;

    use super::super::phases::{OnlineCheck, Phases};
    use super::*;

    #[test]
    fn what_is_read_and_what_is_filled_are_told_apart() {
        let name = |name: &str| Identifier::new(name).unwrap();
        let table = |own: &str| ObjectName { schema: name("public"), name: name(own) };
        let check = OnlineCheck {
            query: "SELECT id FROM public.visit LIMIT 1".to_owned(),
            found: String::new(),
            help: String::new(),
        };
        let sql = "UPDATE public.\"the patient\" SET b = a WHERE b IS NULL".to_owned();
        let phases = Phases {
            checks: vec![check],
            backfill: vec![OnlineStep::Batches { sql, words: String::new() }],
            ..Phases::default()
        };
        let rows = RowsOf::of(&OnlineChange { operations: vec![phases], ..OnlineChange::default() });
        assert_eq!(rows.filled, BTreeSet::from([table("the patient")]));
        assert!(rows.reads(&table("visit")) && rows.reads(&table("the patient")) && !rows.reads(&table("patient")));
        assert!(!rows.says_itself);
    }
}
