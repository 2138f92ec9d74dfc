//! Batches whose statement a session knows already: to read and to plan it anew is a good part of what a small batch
//! costs the server.

use std::collections::HashMap;
use std::fmt::Display;

use super::definition::{BackfillDefinition, RowChange};

/// What is another in each batch.
#[derive(Debug)]
pub(super) enum Values<'a> {
    /// It stands in the statement.
    Written,
    /// It is given to a statement that has numbers in its place: each value as SQL writes it, and its type.
    Numbered(&'a mut Vec<(String, &'static str)>),
}

impl Values<'_> {
    /// What stands in the statement for a value.
    pub(super) fn put(&mut self, value: impl Display, data_type: &'static str) -> String {
        match self {
            Self::Written => format!("{value}::{data_type}"),
            Self::Numbered(values) => {
                values.push((value.to_string(), data_type));
                format!("${}", values.len())
            }
        }
    }
}

/// The statements that a session knows: the names by their texts.
#[derive(Debug, Default)]
pub(super) struct PreparedBatches(HashMap<String, String>);

/// A batch as it is sent, and the statement that its session knows when it is done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PreparedBatch {
    pub(super) sql: String,
    text: String,
    name: String,
}

/// The server plans the statement once, for whatever values: without this it would weigh each time whether a plan for
/// these values is better, and make one for that.
const ONE_PLAN: &str = "SET LOCAL plan_cache_mode = force_generic_plan;\n";

impl PreparedBatches {
    /// How a batch is sent whose statement has numbers in place of its values. The name is one that no session has had
    /// yet: after an error nobody knows whether the server has it.
    pub(super) fn batch(
        &self,
        text: String,
        values: &[(String, &str)],
        name: impl FnOnce() -> String,
    ) -> PreparedBatch {
        let given = |of: fn(&(String, &str)) -> String| values.iter().map(of).collect::<Vec<_>>().join(", ");
        let known = self.0.get(&text).cloned();
        let (prepare, name) = match known {
            Some(name) => (String::new(), name),
            None => {
                let name = name();
                let types = given(|(_, data_type)| (*data_type).to_owned());
                (format!("PREPARE {name} ({types}) AS {text};\n"), name)
            }
        };
        let sql = format!("{ONE_PLAN}{prepare}EXECUTE {name} ({})", given(|(value, _)| value.clone()));
        PreparedBatch { sql, text, name }
    }

    /// A batch was done.
    pub(super) fn done(&mut self, batch: PreparedBatch) {
        self.0.insert(batch.text, batch.name);
    }
}

/// Whether one plan does for every batch: where nothing is looked up in other tables, of which the server would expect
/// more rows than a batch asks for.
pub(super) fn has_one_plan(definition: &BackfillDefinition, condition: &str) -> bool {
    let is_plain = |text: &str| !text.to_ascii_lowercase().contains("select");
    let values = match &definition.change {
        RowChange::Set { from: Some(_), .. } => return false,
        RowChange::Set { assignments: values, from: None } | RowChange::Insert { values, .. } => values.as_slice(),
        RowChange::Generate { .. } | RowChange::Delete => &[],
    };
    is_plain(condition) && values.iter().all(|value| is_plain(&value.expression))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_prepared_until_a_batch_with_it_was_done() {
        let mut values = Vec::new();
        let mut numbered = Values::Numbered(&mut values);
        let text = format!("SELECT {}, {}", numbered.put("'(1,0)'", "tid"), numbered.put(7, "integer"));
        assert_eq!(text, "SELECT $1, $2");
        let mut batches = PreparedBatches::default();
        for name in ["first", "second"] {
            let batch = batches.batch(text.clone(), &values, || name.to_owned());
            let prepared = format!("PREPARE {name} (tid, integer) AS SELECT $1, $2;\nEXECUTE {name} ('(1,0)', 7)");
            assert_eq!(batch.sql, format!("{ONE_PLAN}{prepared}"));
            if name == "second" {
                batches.done(batch);
            }
        }
        let batch = batches.batch(text, &values, || panic!("it has a name"));
        assert_eq!(batch.sql, format!("{ONE_PLAN}EXECUTE second ('(1,0)', 7)"));
        assert_eq!(Values::Written.put(7, "integer"), "7::integer");
    }

    #[test]
    fn what_is_looked_up_elsewhere_is_planned_for_each_batch() {
        let set = |expression: &str| BackfillDefinition {
            change: RowChange::Set { assignments: vec![format!("note = {expression}").parse().unwrap()], from: None },
            table: "patient".into(),
            alias: None,
            condition: None,
            keeps: None,
        };
        for (expression, condition, expected) in [
            ("lower(email)", "true", true),
            ("(Select name FROM site WHERE id = site_id)", "true", false),
            ("lower(email)", "EXISTS (SELECT FROM site)", false),
        ] {
            assert_eq!(has_one_plan(&set(expression), condition), expected, "{expression}, {condition}");
        }
    }
}
