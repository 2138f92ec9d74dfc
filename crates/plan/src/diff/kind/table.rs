//! Tables.

use limosa_catalog::kind::table::{Partition, Persistence, ReplicaIdentity, Table};
use limosa_catalog::{Catalog, Entry, Identifier, MemberName, Object, ObjectId, ObjectName};

use super::column::{clause, extras};
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::settings;

impl Rules for Table {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Part {
        let mut columns = Vec::new();
        let mut after = Vec::new();
        let mut parts: Vec<_> = entry.children().collect();
        parts.sort_by_key(|part| match part.object() {
            Object::Column(column) => column.position,
            _ => 0,
        });
        for part in parts {
            if let (ObjectId::Column(column_name), Object::Column(column)) = (part.id(), part.object()) {
                // A partition gets its columns from the whole, a typed table from its type, a child from its parents.
                if self.partition_of.is_none() && self.of_type.is_none() && super::column::is_own(column) {
                    columns.push(clause(column_name, column, part));
                }
                after.extend(extras(column_name, column));
            }
        }
        let mut sql = format!("CREATE {}TABLE {name}", if is_unlogged(self) { "UNLOGGED " } else { "" });
        match (&self.partition_of, &self.of_type) {
            (Some(partition), _) => sql.push_str(&format!(" PARTITION OF {} {}", partition.parent, partition.bound)),
            (None, Some(of_type)) => sql.push_str(&format!(" OF {of_type}")),
            (None, None) if columns.is_empty() => sql.push_str(" ()"),
            (None, None) => sql.push_str(&format!(" (\n    {}\n)", columns.join(",\n    "))),
        }
        if !self.inherits.is_empty() {
            let parents: Vec<String> = self.inherits.iter().map(ToString::to_string).collect();
            sql.push_str(&format!(" INHERITS ({})", parents.join(", ")));
        }
        if let Some(partition_by) = &self.partition_by {
            sql.push_str(&format!(" PARTITION BY {partition_by}"));
        }
        if let Some(method) = &self.access_method {
            sql.push_str(&format!(" USING {method}"));
        }
        sql.push_str(&settings::with(&self.options));
        if let Some(tablespace) = &self.tablespace {
            sql.push_str(&format!(" TABLESPACE {tablespace}"));
        }
        let mut statements = vec![Statement::text(sql)];
        statements.extend(after);
        statements.extend(row_security(name, (false, false), (self.row_security, self.force_row_security)));
        if self.replica_identity != ReplicaIdentity::Default && self.replica_identity != ReplicaIdentity::Index {
            statements.push(replica_identity(name, self));
        }
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TABLE {name}")).risking(Hazard::DeletesData(entry.id().clone()))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        if self.partition_by != new.partition_by {
            return None;
        }
        let id = entry.id().clone();
        let rewrite = |action: String| Statement::alter_table(name, action).risking(Hazard::RewritesTable(id.clone()));
        let mut statements = Vec::new();
        if self.partition_of != new.partition_of {
            statements.extend(self.partition_of.as_deref().map(|partition| detach(name, partition)));
            statements.extend(new.partition_of.as_deref().map(|partition| attach(name, partition)));
        }
        let (old_parents, new_parents) = (&self.inherits, &new.inherits);
        for parent in old_parents.iter().filter(|parent| !new_parents.contains(parent)) {
            statements.push(Statement::alter_table(name, format!("NO INHERIT {parent}")));
        }
        for parent in new_parents.iter().filter(|parent| !old_parents.contains(parent)) {
            statements.push(Statement::alter_table(name, format!("INHERIT {parent}")));
        }
        if self.of_type != new.of_type {
            let action = new.of_type.as_ref().map_or_else(|| "NOT OF".to_owned(), |of_type| format!("OF {of_type}"));
            statements.push(Statement::alter_table(name, action));
        }
        if self.persistence != new.persistence {
            statements.push(rewrite(format!("SET {}", new.persistence.as_sql())));
        }
        if self.access_method != new.access_method {
            let method = new.access_method.as_ref().map_or_else(|| "\"heap\"".to_owned(), Identifier::to_string);
            statements.push(rewrite(format!("SET ACCESS METHOD {method}")));
        }
        if self.tablespace != new.tablespace {
            let tablespace = new.tablespace.as_ref().map_or_else(|| "pg_default".to_owned(), Identifier::to_string);
            statements.push(rewrite(format!("SET TABLESPACE {tablespace}")));
        }
        let changed = settings::changed(&self.options, &new.options);
        statements.extend(changed.into_iter().map(|action| Statement::alter_table(name, action)));
        let security = |table: &Self| (table.row_security, table.force_row_security);
        statements.extend(row_security(name, security(self), security(new)));
        let identity = |table: &Self| (table.replica_identity, table.replica_identity_index.clone());
        // One that names an index is set where that index is made or changed, or here if the index stays as it is.
        let is_settled = |index: &Identifier| {
            let index_name = ObjectName { schema: name.schema.clone(), name: index.clone() };
            let member = MemberName { relation: name.clone(), name: index.clone() };
            [ObjectId::Index(index_name), ObjectId::Constraint(member)].iter().any(|id| {
                let hash = |catalog: &Catalog| catalog.entry(id).map(|entry| entry.content_hash());
                hash(context.from).is_some() && hash(context.from) == hash(context.to)
            })
        };
        if identity(self) != identity(new) && new.replica_identity_index.as_ref().is_none_or(is_settled) {
            statements.push(replica_identity(name, new));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn is_unlogged(table: &Table) -> bool {
    table.persistence == Persistence::Unlogged
}

fn attach(name: &ObjectName, partition: &Partition) -> Statement {
    Statement::alter_table(&partition.parent, format!("ATTACH PARTITION {name} {}", partition.bound))
}

fn detach(name: &ObjectName, partition: &Partition) -> Statement {
    Statement::alter_table(&partition.parent, format!("DETACH PARTITION {name}"))
}

/// Row security and its forcing, from the one to the other.
fn row_security(name: &ObjectName, old: (bool, bool), new: (bool, bool)) -> Vec<Statement> {
    let mut actions = Vec::new();
    if old.0 != new.0 {
        actions.push(if new.0 { "ENABLE ROW LEVEL SECURITY" } else { "DISABLE ROW LEVEL SECURITY" });
    }
    if old.1 != new.1 {
        actions.push(if new.1 { "FORCE ROW LEVEL SECURITY" } else { "NO FORCE ROW LEVEL SECURITY" });
    }
    actions.into_iter().map(|action| Statement::alter_table(name, action)).collect()
}

/// What identifies a row for logical replication.
pub(super) fn replica_identity(name: &ObjectName, table: &Table) -> Statement {
    let what = match (table.replica_identity, &table.replica_identity_index) {
        (ReplicaIdentity::Index, Some(index)) => format!("USING INDEX {index}"),
        (identity, _) => identity.as_sql().to_owned(),
    };
    Statement::alter_table(name, format!("REPLICA IDENTITY {what}"))
}
