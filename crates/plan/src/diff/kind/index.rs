//! Indexes that no constraint owns.

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::kind::index::{Index, IndexDirection, IndexKey, IndexedValue};
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName, Setting};

use super::constraint::is_identity;
use super::partitioned_index::{self, Making};
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::naming::list;
use crate::diff::{Style, inheritance, settings};

impl Rules for Index {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        if matches!(partitioned_index::making(self, entry, context), Making::Unasked) {
            return Part { statements: partitioned_index::rename(self, name).into_iter().collect(), ..Part::default() };
        }
        let table = ObjectId::Table(self.table.clone());
        let is_new =
            !context.from.contains(&table) && !context.from.contains(&ObjectId::MaterializedView(self.table.clone()));
        let is_short = !self.partitioned || partitioned_index::is_short(entry, context);
        let create = match (context.options.style, is_new, self.partitioned) {
            (Style::Online, false, false) => Statement::text(statement("CONCURRENTLY ", self, name)).alone(),
            _ if !is_short => Statement::text(statement_on("", "ONLY ", self, name)),
            (_, false, _) => Statement::text(statement("", self, name)).risking(Hazard::BlocksWrites(table)),
            (_, true, _) => Statement::text(statement("", self, name)),
        };
        let mut statements = vec![create];
        statements.extend(targets(name, &[], &self.keys));
        // A table that is attached later takes its indexes along.
        let joins = entry.parent().is_some_and(|table| inheritance::joins(table, context));
        statements.extend(self.partition_of.iter().filter(|_| !joins).map(|whole| attach(name, whole)));
        statements.extend(identity_by(&name.name, entry));
        statements.extend(self.clustered.then(|| clustered(&self.table, &name.name, true)));
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        if self.goes_with(entry, context).is_some() {
            return Vec::new();
        }
        match (context.options.style, self.partitioned) {
            (Style::Online, false) => vec![Statement::text(format!("DROP INDEX CONCURRENTLY {name}")).alone()],
            _ => vec![Statement::text(format!("DROP INDEX {name}"))],
        }
    }

    /// That of a partition goes with the whole's, unless the table has left the whole before.
    fn goes_with(&self, entry: Entry<'_>, context: &Context<'_>) -> Option<ObjectId> {
        let leaves = entry.parent().is_some_and(|table| inheritance::leaves(table, context));
        self.partition_of.as_ref().filter(|_| !leaves).map(|whole| ObjectId::Index(whole.clone()))
    }

    fn also_needs(&self, _: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Vec<ObjectId> {
        partitioned_index::also_needs(self, entry)
    }

    fn alter(&self, new: &Self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        let in_place = Self {
            options: new.options.clone(),
            tablespace: new.tablespace.clone(),
            clustered: new.clustered,
            keys: with_targets_of(&self.keys, &new.keys),
            partition_of: new.partition_of.clone(),
            // What is wanting is the index of a partition.
            invalid: if self.partitioned { new.invalid } else { self.invalid },
            ..self.clone()
        };
        let whole = self.partition_of.as_ref().filter(|_| self.goes_with(entry, context).is_some());
        if whole.is_some_and(|whole| is_remade(whole, context)) {
            return None;
        }
        let is_set_otherwise = self.options != new.options || self.tablespace != new.tablespace;
        if in_place != *new || (self.partitioned && is_set_otherwise) {
            return swap(self, new, name, entry, context);
        }
        let mut statements = Vec::new();
        if self.partition_of != new.partition_of {
            statements.extend(change_of_whole(self, new, name, entry, context)?);
        }
        statements.extend(settings_changed(name, &self.options, &new.options));
        if self.tablespace != new.tablespace {
            statements.push(to_tablespace(name, new.tablespace.as_ref()));
        }
        if self.clustered != new.clustered {
            statements.push(clustered(&self.table, &name.name, new.clustered));
        }
        statements.extend(targets(name, &self.keys, &new.keys));
        let wanted = context.to.entry(entry.id());
        statements.extend(wanted.map(|wanted| identity_by(&name.name, wanted)).unwrap_or_default());
        Some(Alteration { statements, ..Alteration::default() })
    }
}

/// Whether the index of a partitioned table is made anew, and takes those of the partitions along.
fn is_remade(whole: &ObjectName, context: &Context<'_>) -> bool {
    let id = ObjectId::Index(whole.clone());
    match (context.from.entry(&id), context.to.get(&id)) {
        (Some(entry), Some(Object::Index(new))) => match entry.object() {
            Object::Index(old) => old != new && old.alter(new, whole, entry, context).is_none(),
            _ => true,
        },
        _ => true,
    }
}

/// An index that is there becomes a part of the whole's, or stays behind when its table leaves the whole.
fn change_of_whole(
    old: &Index,
    new: &Index,
    name: &ObjectName,
    entry: Entry<'_>,
    context: &Context<'_>,
) -> Option<Vec<Statement>> {
    let joins = context.to.entry(entry.id())?.parent().is_some_and(|table| inheritance::joins(table, context));
    let leaves = entry.parent().is_some_and(|table| inheritance::leaves(table, context));
    match (&old.partition_of, &new.partition_of) {
        (None, Some(whole)) => Some(if joins { Vec::new() } else { vec![attach(name, whole)] }),
        (Some(_), None) if leaves => Some(Vec::new()),
        (Some(_), Some(_)) if leaves && joins => Some(Vec::new()),
        _ => None,
    }
}

fn attach(name: &ObjectName, whole: &ObjectName) -> Statement {
    Statement::text(format!("ALTER INDEX {whole} ATTACH PARTITION {name}"))
}

/// The new index is built under another name, while the old one serves.
fn swap(old: &Index, new: &Index, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
    let is_apart = |index: &Index| !index.partitioned && index.partition_of.is_none();
    if old.table != new.table || !is_apart(old) || !is_apart(new) || !can_be_swapped(entry, context) {
        return None;
    }
    let interim = ObjectName { schema: name.schema.clone(), name: interim(&name.schema, &name.name, context)? };
    let mut statements = vec![
        Statement::text(statement("CONCURRENTLY ", new, &interim)).alone(),
        Statement::text(format!("DROP INDEX CONCURRENTLY {name}")).alone(),
        Statement::text(format!("ALTER INDEX {interim} RENAME TO {}", name.name)),
    ];
    statements.extend(targets(name, &[], &new.keys));
    let wanted = context.to.entry(entry.id())?;
    statements.extend(identity_by(&name.name, wanted));
    statements.extend(new.clustered.then(|| clustered(&old.table, &name.name, true)));
    statements.extend(super::comment::of_parts(wanted));
    Some(Alteration { statements, ..Alteration::default() })
}

/// Whether the index of an object can be built anew beside the old one: nothing rests on that, and all that it is built
/// of is there already and stays as it is.
pub(super) fn can_be_swapped(old: Entry<'_>, context: &Context<'_>) -> bool {
    let stays = |needed: Entry<'_>| {
        let now = context.from.entry(needed.id());
        now.is_some_and(|now| now.content_hash() == needed.content_hash())
    };
    let is_remark = |id: &ObjectId| matches!(id.kind(), ObjectKind::Comment | ObjectKind::Owner);
    context.options.style == Style::Online
        && old.dependents().all(|(other, _)| is_remark(other.id()))
        && old.parent().is_some_and(|table| !is_partitioned(table.object()))
        && context.to.entry(old.id()).is_some_and(|new| new.depends_on().all(|(needed, _)| stays(needed)))
}

fn is_partitioned(table: &Object) -> bool {
    matches!(table, Object::Table(table) if table.partition_by.is_some() || table.partition_of.is_some())
}

/// A name for an index that is about to get another, of at most 63 bytes, that nothing has before or after.
pub(super) fn interim(schema: &Identifier, name: &Identifier, context: &Context<'_>) -> Option<Identifier> {
    (0..100).find_map(|number: u32| {
        let number = if number == 0 { String::new() } else { number.to_string() };
        let name = Identifier::new(made_up_name(name.as_str(), None, &format!("new{number}"))).ok()?;
        let taken = ObjectName { schema: schema.clone(), name: name.clone() };
        let is_free = |catalog: &Catalog| !crate::diff::slot::is_relation(catalog, &taken);
        (is_free(context.from) && is_free(context.to)).then_some(name)
    })
}

pub(super) fn settings_changed(name: &ObjectName, old: &[Setting], new: &[Setting]) -> Vec<Statement> {
    let actions = settings::changed(old, new).into_iter();
    actions.map(|action| Statement::text(format!("ALTER INDEX {name} {action}"))).collect()
}

pub(super) fn to_tablespace(name: &ObjectName, tablespace: Option<&Identifier>) -> Statement {
    let tablespace = tablespace.map_or_else(|| "pg_default".to_owned(), Identifier::to_string);
    Statement::text(format!("ALTER INDEX {name} SET TABLESPACE {tablespace}"))
}

/// Whether `CLUSTER` follows the index.
pub(super) fn clustered(table: &ObjectName, index: &Identifier, is_clustered: bool) -> Statement {
    let action = if is_clustered { format!("CLUSTER ON {index}") } else { "SET WITHOUT CLUSTER".to_owned() };
    Statement::alter_table(table, action)
}

/// Statistics targets of the keys, from the one to the other.
fn targets(name: &ObjectName, old: &[IndexKey], new: &[IndexKey]) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (place, key) in new.iter().enumerate() {
        let target = key.statistics_target;
        if target != old.get(place).and_then(|key| key.statistics_target) {
            let (number, target) = (place + 1, target.unwrap_or(-1));
            let action = format!("ALTER COLUMN {number} SET STATISTICS {target}");
            statements.push(Statement::text(format!("ALTER INDEX {name} {action}")));
        }
    }
    statements
}

fn with_targets_of(old: &[IndexKey], new: &[IndexKey]) -> Vec<IndexKey> {
    let target = |(index, key): (usize, &IndexKey)| IndexKey {
        statistics_target: new.get(index).and_then(|key| key.statistics_target),
        ..key.clone()
    };
    old.iter().enumerate().map(target).collect()
}

fn statement(concurrently: &str, index: &Index, name: &ObjectName) -> String {
    statement_on(concurrently, "", index, name)
}

fn statement_on(concurrently: &str, only: &str, index: &Index, name: &ObjectName) -> String {
    format!(
        "CREATE {}INDEX {concurrently}{} ON {only}{} USING {} ({}){}{}{}{}{}",
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
