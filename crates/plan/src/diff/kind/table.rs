//! Tables.

use limosa_catalog::kind::table::{Partition, Persistence, ReplicaIdentity, Table};
use limosa_catalog::{Catalog, DependencyKind, Entry, Identifier, MemberName, Object, ObjectId, ObjectName, Setting};

use super::column::{clause, extras, is_own, own_not_null, says_columns, unlike_origin};
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::naming::names;
use crate::diff::{inheritance, settings};
use limosa_catalog::kind::column::Inheritance;
use limosa_catalog::kind::constraint::ConstraintRule;

impl Rules for Table {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        let is_apart = is_made_apart(entry, context);
        let Columns { clauses: columns, after } = columns(entry, is_apart, context);

        let mut sql = format!("CREATE {}TABLE {name}", if is_unlogged(self) { "UNLOGGED " } else { "" });
        match (&self.partition_of, &self.of_type) {
            (Some(partition), _) if !is_apart => {
                sql.push_str(&format!(" PARTITION OF {}{}", partition.parent, in_parentheses(&columns)));
                sql.push_str(&format!(" {}", partition.bound));
            }
            (None, Some(of_type)) => sql.push_str(&format!(" OF {of_type}{}", in_parentheses(&columns))),
            _ if columns.is_empty() => sql.push_str(" ()"),
            _ => sql.push_str(&in_parentheses(&columns)),
        }
        if !self.inherits.is_empty() {
            sql.push_str(&format!(" INHERITS ({})", names(&self.inherits)));
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
        statements.extend(join(name, (None, &[]), descent(self)).into_iter().filter(|_| is_apart));
        statements.extend(after);
        statements.extend(row_security(name, (false, false), (self.row_security, self.force_row_security)));
        if self.replica_identity != ReplicaIdentity::Default && self.replica_identity != ReplicaIdentity::Index {
            statements.push(replica_identity(name, self));
        }
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        let mut drop = Statement::text(format!("DROP TABLE {name}"));
        let family = if self.partition_by.is_some() { inheritance::family(entry) } else { vec![entry] };
        drop.hazards = family.into_iter().map(|table| Hazard::DeletesData(table.id().clone())).collect();
        vec![drop]
    }

    /// Partitions that refer to each other through a foreign key of the whole can only go together.
    fn goes_with(&self, _: Entry<'_>, _: &Context<'_>) -> Option<ObjectId> {
        self.partition_of.as_ref().map(|partition| ObjectId::Table(partition.parent.clone()))
    }

    /// What is there joins its parents at the end.
    fn is_needed_late(&self, needed: &Entry<'_>, _: DependencyKind) -> bool {
        let parents = self.partition_of.iter().map(|partition| &partition.parent).chain(&self.inherits);
        parents.into_iter().any(|parent| *needed.id() == ObjectId::Table(parent.clone()))
    }

    fn alter(&self, new: &Self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        if inheritance::is_remade(name, context) {
            return None;
        }
        let id = entry.id().clone();
        let disturbs = if self.persistence == new.persistence { Vec::new() } else { keys_in_the_way(entry, context) };
        let rewrite = |action: String| Statement::alter_table(name, action).risking(Hazard::RewritesTable(id.clone()));
        let mut statements = Vec::new();
        statements.extend(leave(name, descent(self), descent(new)));
        let mut finish = join(name, descent(self), descent(new));
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
        let changed = changed.into_iter().map(|action| Statement::alter_table(name, action));
        // A new column may bring about the TOAST table that keeps them.
        let is_toast = |setting: &Setting| setting.name.starts_with("toast.");
        if new.options.iter().any(is_toast) {
            finish.extend(changed)
        } else {
            statements.extend(changed)
        }
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
        Some(Alteration { statements, finish, disturbs })
    }
}

/// Clauses as a statement has them; nothing where there are none.
pub(super) fn in_parentheses(clauses: &[String]) -> String {
    if clauses.is_empty() { String::new() } else { format!(" (\n    {}\n)", clauses.join(",\n    ")) }
}

/// Whether a partition has to be made as a table of its own and attached: its `NOT NULL` constraints have names of
/// their own then, where a table that is made as a partition has them from the whole. What is attached has to have
/// the whole's check constraints already, which is so as long as the whole has none.
fn is_made_apart(table: Entry<'_>, context: &Context<'_>) -> bool {
    let Object::Table(own) = table.object() else { return false };
    let Some(partition) = own.partition_of.as_deref() else { return false };
    let whole = context.from.entry(&ObjectId::Table(partition.parent.clone()));
    let mut parts = whole.into_iter().flat_map(|whole| whole.children());
    if parts.any(|part| matches!(part.id(), ObjectId::Constraint(_))) {
        return false;
    }
    let not_null = |column: Entry<'_>| match (column.id(), column.object()) {
        (ObjectId::Column(name), Object::Column(column)) => Some((name.clone(), column.not_null.clone()?)),
        _ => None,
    };
    table.children().filter_map(|column| Some((column, not_null(column)?))).any(|(column, (name, own))| {
        let of_whole = inheritance::origins(&name, column, context.to).into_iter().filter_map(not_null);
        own.inheritance == Inheritance::Inherited
            && of_whole.into_iter().any(|(whole, its)| its.name_on(&whole) != own.name_on(&name))
    })
}

/// The columns of a new table.
pub(super) struct Columns {
    /// As the table's statement has them.
    pub(super) clauses: Vec<String>,
    /// What has to be said afterwards.
    pub(super) after: Vec<Statement>,
}

/// The columns of a table that is new. One that is made apart and joins the whole afterwards has them all.
pub(super) fn columns(table: Entry<'_>, is_apart: bool, context: &Context<'_>) -> Columns {
    let mut parts: Vec<_> = table.children().collect();
    parts.sort_by_key(|part| match part.object() {
        Object::Column(column) => column.position,
        _ => 0,
    });
    let (mut clauses, mut after) = (Vec::new(), Vec::new());
    for part in parts {
        if let (ObjectId::Column(name), Object::Column(column)) = (part.id(), part.object()) {
            if is_apart || (says_columns(table.object()) && is_own(column)) {
                clauses.push(clause(name, column, part, context));
            } else {
                clauses.extend(own_not_null(name, column, context.to));
                after.extend(unlike_origin(name, column, part, context));
            }
            after.extend(extras(name, column));
        }
    }
    Columns { clauses, after }
}

/// A partition leaves its whole and joins it again, as the whole is made anew in between.
pub(super) fn reattach(
    old: &Table,
    new: &Table,
    name: &ObjectName,
    whole: &ObjectId,
    context: &Context<'_>,
) -> Option<Alteration> {
    let is_part = |table: &Table| {
        table.partition_of.as_ref().is_some_and(|partition| *whole == ObjectId::Table(partition.parent.clone()))
    };
    if !is_part(old) || !is_part(new) || inheritance::is_remade(name, context) {
        return None;
    }
    let statements = leave(name, descent(old), (None, &[]));
    let finish = join(name, (None, &[]), descent(new));
    Some(Alteration { statements, finish, ..Alteration::default() })
}

/// Foreign keys to tables that become logged or unlogged together with this one: what is logged must not refer to
/// what is not, and that is so in between whichever is first.
fn keys_in_the_way(table: Entry<'_>, context: &Context<'_>) -> Vec<ObjectId> {
    let persistence = |catalog: &Catalog, name: &ObjectName| match catalog.get(&ObjectId::Table(name.clone())) {
        Some(Object::Table(table)) => Some(table.persistence),
        _ => None,
    };
    let changes = |name: &ObjectName| persistence(context.from, name) != persistence(context.to, name);
    let is_in_the_way = |part: &Entry<'_>| match part.object() {
        Object::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::ForeignKey(key) => changes(&key.references),
            _ => false,
        },
        _ => false,
    };
    table.children().filter(is_in_the_way).map(|part| part.id().clone()).collect()
}

fn is_unlogged(table: &Table) -> bool {
    table.persistence == Persistence::Unlogged
}

/// Of which table another is a partition, and from which tables it inherits.
pub(super) type Descent<'a> = (Option<&'a Partition>, &'a [ObjectName]);

fn descent(table: &Table) -> Descent<'_> {
    (table.partition_of.as_deref(), &table.inherits)
}

/// Takes a table away from what it was a part of.
pub(in crate::diff) fn leave(name: &ObjectName, old: Descent<'_>, new: Descent<'_>) -> Vec<Statement> {
    let detach = |partition: &Partition| Statement::alter_table(&partition.parent, format!("DETACH PARTITION {name}"));
    let no_inherit = |parent: &ObjectName| Statement::alter_table(name, format!("NO INHERIT {parent}"));
    let detached = old.0.filter(|_| old.0 != new.0).map(detach);
    let left = old.1.iter().filter(|parent| !new.1.contains(parent)).map(no_inherit);
    detached.into_iter().chain(left).collect()
}

/// Makes a table a part of another. Both have the same columns by then.
pub(in crate::diff) fn join(name: &ObjectName, old: Descent<'_>, new: Descent<'_>) -> Vec<Statement> {
    let attach = |partition: &Partition| {
        Statement::alter_table(&partition.parent, format!("ATTACH PARTITION {name} {}", partition.bound))
    };
    let inherit = |parent: &ObjectName| Statement::alter_table(name, format!("INHERIT {parent}"));
    let attached = new.0.filter(|_| old.0 != new.0).map(attach);
    let joined = new.1.iter().filter(|parent| !old.1.contains(parent)).map(inherit);
    attached.into_iter().chain(joined).collect()
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
