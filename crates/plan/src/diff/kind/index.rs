//! Indexes that no constraint owns.

use limosa_catalog::kind::index::{Index, IndexDirection, IndexKey, IndexedValue};
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectName};

use super::constraint::is_identity;
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::naming::list;
use crate::diff::{Style, settings};

impl Rules for Index {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        // The index of a partition that belongs to one of the whole was made with that.
        if self.partition_of.is_some() && entry.parent().is_some_and(|table| !context.from.contains(table.id())) {
            return Part::default();
        }
        let table = ObjectId::Table(self.table.clone());
        let is_new =
            !context.from.contains(&table) && !context.from.contains(&ObjectId::MaterializedView(self.table.clone()));
        let create = match (context.options.style, is_new, self.partitioned) {
            (Style::Online, false, false) => Statement::text(statement("CONCURRENTLY ", self, name)).alone(),
            (_, false, _) => Statement::text(statement("", self, name)).risking(Hazard::BlocksWrites(table)),
            (_, true, _) => Statement::text(statement("", self, name)),
        };
        let mut statements = vec![create];
        for (number, key) in self.keys.iter().enumerate() {
            if let Some(target) = key.statistics_target {
                let number = number + 1;
                statements
                    .push(Statement::text(format!("ALTER INDEX {name} ALTER COLUMN {number} SET STATISTICS {target}")));
            }
        }
        if let Some(whole) = &self.partition_of {
            statements.push(Statement::text(format!("ALTER INDEX {whole} ATTACH PARTITION {name}")));
        }
        statements.extend(identity_by(&name.name, entry));
        if self.clustered {
            statements.push(Statement::alter_table(&self.table, format!("CLUSTER ON {}", name.name)));
        }
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        if self.partition_of.is_some() {
            return Vec::new();
        }
        let _ = entry;
        match (context.options.style, self.partitioned) {
            (Style::Online, false) => vec![Statement::text(format!("DROP INDEX CONCURRENTLY {name}")).alone()],
            _ => vec![Statement::text(format!("DROP INDEX {name}"))],
        }
    }

    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let in_place = Self {
            options: new.options.clone(),
            tablespace: new.tablespace.clone(),
            clustered: new.clustered,
            keys: with_targets_of(&self.keys, &new.keys),
            ..self.clone()
        };
        if in_place != *new {
            return None;
        }
        let mut statements = Vec::new();
        for action in settings::changed(&self.options, &new.options) {
            statements.push(Statement::text(format!("ALTER INDEX {name} {action}")));
        }
        if self.tablespace != new.tablespace {
            let tablespace = new.tablespace.as_ref().map_or_else(|| "pg_default".to_owned(), Identifier::to_string);
            statements.push(Statement::text(format!("ALTER INDEX {name} SET TABLESPACE {tablespace}")));
        }
        if self.clustered != new.clustered {
            let action =
                if new.clustered { format!("CLUSTER ON {}", name.name) } else { "SET WITHOUT CLUSTER".to_owned() };
            statements.push(Statement::alter_table(&self.table, action));
        }
        for (number, (old, new)) in self.keys.iter().zip(&new.keys).enumerate() {
            if old.statistics_target != new.statistics_target {
                let (number, target) = (number + 1, new.statistics_target.unwrap_or(-1));
                statements
                    .push(Statement::text(format!("ALTER INDEX {name} ALTER COLUMN {number} SET STATISTICS {target}")));
            }
        }
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn with_targets_of(old: &[IndexKey], new: &[IndexKey]) -> Vec<IndexKey> {
    let target = |(index, key): (usize, &IndexKey)| IndexKey {
        statistics_target: new.get(index).and_then(|key| key.statistics_target),
        ..key.clone()
    };
    old.iter().enumerate().map(target).collect()
}

fn statement(concurrently: &str, index: &Index, name: &ObjectName) -> String {
    format!(
        "CREATE {}INDEX {concurrently}{} ON {} USING {} ({}){}{}{}{}{}",
        if index.unique { "UNIQUE " } else { "" },
        name.name,
        index.table,
        index.method,
        index.keys.iter().map(key).collect::<Vec<_>>().join(", "),
        if index.include.is_empty() { String::new() } else { format!(" INCLUDE ({})", list(&index.include)) },
        if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" },
        settings::with(&index.options),
        index.tablespace.as_ref().map_or_else(String::new, |name| format!(" TABLESPACE {name}")),
        index.predicate.as_ref().map_or_else(String::new, |predicate| format!(" WHERE {predicate}")),
    )
}

fn key(key: &IndexKey) -> String {
    let mut text = match &key.of {
        IndexedValue::Column(name) => name.to_string(),
        IndexedValue::Expression(expression) => format!("({expression})"),
    };
    if let Some(collation) = &key.collation {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    match (&key.opclass, key.opclass_options.as_slice()) {
        (Some(opclass), []) => text.push_str(&format!(" {opclass}")),
        (Some(opclass), options) => text.push_str(&format!(" {opclass} ({})", settings::list(options))),
        (None, _) => {}
    }
    if key.direction == IndexDirection::Descending {
        text.push_str(" DESC");
    }
    match (key.direction, key.nulls_first) {
        (IndexDirection::Ascending, true) => text.push_str(" NULLS FIRST"),
        (IndexDirection::Descending, false) => text.push_str(" NULLS LAST"),
        _ => {}
    }
    text
}

/// Makes the index what identifies the table's rows, where the table says so.
pub(super) fn identity_by(index: &Identifier, entry: Entry<'_>) -> Vec<Statement> {
    match entry.parent() {
        Some(whole) if is_identity(index, whole.object()) => match (whole.id(), whole.object()) {
            (ObjectId::Table(name), Object::Table(table)) => vec![super::table::replica_identity(name, table)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
