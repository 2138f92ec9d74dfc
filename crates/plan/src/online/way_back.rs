//! The plain statements that make again what goes with contract, read off the catalog that is met.

use std::collections::BTreeSet;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::table::ReplicaIdentity;
use limosa_catalog::{ColumnName, Entry, Identifier, Literal, MemberName, Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{
    Command, IndexAction, MemberChange, ObjectAction, ObjectChange, RelationKind, TableAction, Tokens,
};

use super::dependents::can_be_made_again;
use super::not_null::{NOT_NULL_APART, index_remark, not_null_name, remark_again};
use super::numbering::{counting, numbering_back};
use super::of_parts::own_defaults;
use super::situation::{Situation, Work};
use super::table::Table;
use crate::diff::Style;

/// The way back of a statement that waits for contract as it stands; `None` where there is none.
pub(super) fn way_back(situation: &Situation<'_>, work: &Work<'_>) -> Option<Vec<String>> {
    let statements = match work.action() {
        Some((table, action)) => of_action(situation, work, table, action)?,
        None => of_command(situation, work)?,
    };
    (!statements.is_empty()).then(|| statements.into_iter().map(|statement| format!("{statement};")).collect())
}

/// What makes these again, with their parts and what they own, in an order in which that can be done. What the
/// statements before have dropped comes with the way back of those.
pub(super) fn made_again(situation: &Situation<'_>, gone: &BTreeSet<ObjectId>) -> Option<Vec<String>> {
    let before = situation.catalog.without(|entry| situation.is_dropped(entry.id()));
    let without = before.without(|entry| gone.contains(entry.id()));
    // It is made again where the names are still those that the statements before leave.
    situation.difference(&situation.as_left(without), &situation.as_left(before), Style::Offline).ok()
}

/// Objects and what goes with them: with a column what its own table built on it, with `CASCADE` all that depends.
pub(super) fn goes_with<'a>(entries: impl IntoIterator<Item = Entry<'a>>, cascade: bool) -> BTreeSet<ObjectId> {
    let mut gone = BTreeSet::new();
    let mut waiting: Vec<Entry<'_>> = entries.into_iter().collect();
    while let Some(next) = waiting.pop() {
        if !gone.insert(next.id().clone()) {
            continue;
        }
        if cascade {
            waiting.extend(next.children());
        }
        let parent = next.parent().map(|table| table.id());
        for (other, _) in next.dependents() {
            let is_built_on =
                matches!(other.object(), Object::Index(_) | Object::Constraint(_) | Object::Statistics(_))
                    && other.parent().map(|table| table.id()) == parent;
            if cascade || is_built_on {
                waiting.push(other);
            }
        }
    }
    gone
}

/// The columns that are read by what goes and can be made again.
pub(super) fn read_by(situation: &Situation<'_>, gone: &BTreeSet<ObjectId>) -> Vec<ColumnName> {
    let entries = gone.iter().filter_map(|id| situation.catalog.entry(id));
    let readers = entries.filter(|entry| can_be_made_again(entry.object()));
    let column = |(needed, _): (Entry<'_>, _)| match needed.id() {
        ObjectId::Column(column) => Some(column.clone()),
        _ => None,
    };
    readers.flat_map(|entry| entry.depends_on().filter_map(column).collect::<Vec<_>>()).collect()
}

fn of_action(
    situation: &Situation<'_>,
    work: &Work<'_>,
    name: &QualifiedName,
    action: &TableAction,
) -> Option<Vec<String>> {
    let said = situation.resolve(name)?;
    let ObjectId::Table(original) = situation.original(ObjectId::Table(said.clone())) else { return None };
    let table = situation.table(&QualifiedName { schema: Some(original.schema), name: original.name }).ok()?;
    let Object::Table(facts) = table.entry.object() else { return None };
    let alter = |action: String| Some(vec![format!("ALTER TABLE {said} {action}")]);
    let again = |id: ObjectId| made_again(situation, &goes_with(situation.catalog.entry(&id), false));
    match action {
        TableAction::DropNotNull(column) => {
            let column = ColumnName { relation: said.clone(), name: column.clone() };
            let (action, remark) = not_null_again(situation, &column);
            Some(std::iter::once(format!("ALTER TABLE {said} {action}")).chain(remark).collect())
        }
        TableAction::RenameConstraint { from, to } => alter(format!("RENAME CONSTRAINT {to} TO {from}")),
        TableAction::DropConstraint(name) => {
            let index = ObjectName { schema: said.schema.clone(), name: name.clone() };
            let id = situation.original(ObjectId::Constraint(MemberName { relation: said, name: name.clone() }));
            let now = id.own_name().map(|now| ObjectName { schema: index.schema.clone(), name: now.clone() });
            let remark = now.and_then(|now| index_remark(situation.catalog, &now, &index.name));
            again(id).map(|statements| statements.into_iter().chain(remark).collect())
        }
        TableAction::DropDefault(column) => {
            let of_whole = ColumnName { relation: said, name: column.clone() };
            let whole = again(ObjectId::ColumnDefault(situation.original_column(of_whole)))?;
            Some(whole.into_iter().chain(own_defaults(situation, &table, column)).collect())
        }
        TableAction::Identity(column) => numbering_back(situation, &table, column, work),
        TableAction::DetachPartition { partition, .. } => {
            let partition = situation.table(partition).ok()?;
            let Object::Table(facts) = partition.entry.object() else { return None };
            alter(format!("ATTACH PARTITION {} {}", partition.name, facts.partition_of.as_ref()?.bound))
        }
        TableAction::RowSecurity => {
            let on = if facts.row_security { "ENABLE" } else { "DISABLE" };
            let forced = if facts.force_row_security { "" } else { "NO " };
            alter(format!("{on} ROW LEVEL SECURITY, {forced}FORCE ROW LEVEL SECURITY"))
        }
        TableAction::ReplicaIdentity => match (facts.replica_identity, &facts.replica_identity_index) {
            (ReplicaIdentity::Index, Some(index)) => alter(format!("REPLICA IDENTITY USING INDEX {index}")),
            (ReplicaIdentity::Index, None) => None,
            (other, _) => alter(format!("REPLICA IDENTITY {}", other.as_sql())),
        },
        TableAction::ClusterOn => alter(clustered(situation, &table)),
        _ => None,
    }
}

/// What lets `CLUSTER` follow the index again that it follows.
fn clustered(situation: &Situation<'_>, table: &Table<'_>) -> String {
    let own = table.entry.children().find_map(|part| match part.object() {
        Object::Index(index) if index.clustered => situation.name_left(part.id()),
        Object::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) if key.clustered => {
                situation.name_left(part.id())
            }
            _ => None,
        },
        _ => None,
    });
    own.map_or_else(|| "SET WITHOUT CLUSTER".to_owned(), |index| format!("CLUSTER ON {index}"))
}

/// What makes a column refuse null again, by the name that the server has for that, for the rows for which it did; and
/// what is said of it.
fn not_null_again(situation: &Situation<'_>, column: &ColumnName) -> (String, Option<String>) {
    let original = situation.original_column(column.clone());
    let plain = (format!("ALTER COLUMN {} SET NOT NULL", column.name), None);
    let Some(Object::Column(facts)) = situation.catalog.get(&ObjectId::Column(original.clone())) else { return plain };
    let named = facts.not_null.as_ref().and_then(|rule| Some((rule, Identifier::new(rule.name_on(&original)).ok()?)));
    let is_apart = situation.catalog.major().number() >= NOT_NULL_APART;
    let Some((rule, own)) = named.filter(|_| is_apart) else { return plain };
    let remark = remark_again(situation.catalog, &original, &own);
    // On the way back, the table gets its own name again behind this.
    let has_other =
        situation.is_to_be_renamed(&column.relation) || not_null_name(column).is_some_and(|made_up| made_up != own);
    if !has_other && remark.is_none() && !rule.not_valid && !rule.no_inherit {
        return plain;
    }
    let no_inherit = if rule.no_inherit { " NO INHERIT" } else { "" };
    let not_valid = if rule.not_valid { " NOT VALID" } else { "" };
    (format!("ADD CONSTRAINT {own} NOT NULL {}{no_inherit}{not_valid}", column.name), remark)
}

/// What a statement drops, and what goes with it; `None` where it drops nothing that is known here.
pub(super) fn goes(situation: &Situation<'_>, work: &Work<'_>) -> Option<BTreeSet<ObjectId>> {
    dropped(situation, work).map(|named| goes_with(named, says_cascade(work)))
}

/// What a statement names to be dropped; `None` where that is nothing that is known here.
pub(super) fn dropped<'a>(situation: &Situation<'a>, work: &Work<'_>) -> Option<Vec<Entry<'a>>> {
    let all = |is_of_kind: &dyn Fn(&ObjectId) -> bool, names: &[QualifiedName]| {
        names.iter().map(|name| find(situation, is_of_kind, name)).collect()
    };
    match &work.command {
        Command::DropRelations { kind, names, .. } => all(&|id| is_relation(id, *kind), names),
        Command::DropIndex { names, .. } => all(&|id| matches!(id, ObjectId::Index(_)), names),
        Command::DropStatistics { names } => all(&|id| matches!(id, ObjectId::Statistics(_)), names),
        command => {
            let change = ObjectChange::of(&work.text)?;
            let ObjectAction::Drop { .. } = change.action else { return None };
            let Command::InTable { change: MemberChange::Drop, table, .. } = command else {
                return all(&|id| is_called(id, change.kind), &change.names);
            };
            let ids = in_table(situation, table, change.names.first()?)?;
            let is_said = |id: &&ObjectId| id.kind().words().eq_ignore_ascii_case(change.kind);
            Some(vec![situation.catalog.entry(ids.iter().find(is_said)?)?])
        }
    }
}

/// Whether a statement drops what rests on it, too.
pub(super) fn says_cascade(work: &Work<'_>) -> bool {
    Tokens::of(&work.text).words().outermost().any(|(_, here)| here.at(&["CASCADE"]))
}

/// What may be called so in a table.
pub(super) fn in_table(
    situation: &Situation<'_>,
    table: &QualifiedName,
    name: &QualifiedName,
) -> Option<[ObjectId; 3]> {
    let member = MemberName { relation: situation.resolve(table)?, name: name.name.clone() };
    Some([ObjectId::Trigger(member.clone()), ObjectId::Policy(member.clone()), ObjectId::Rule(member)])
}

fn of_command(situation: &Situation<'_>, work: &Work<'_>) -> Option<Vec<String>> {
    if let Some(gone) = goes(situation, work) {
        return made_again(situation, &gone);
    }
    if let Command::AlterIndex { index, action: IndexAction::Rename(to) } = &work.command {
        return Some(vec![renamed_back("INDEX", index, to)]);
    }
    let change = ObjectChange::of(&work.text)?;
    let [name, ..] = change.names.as_slice() else { return None };
    match &change.action {
        ObjectAction::RenameValue { from, to } => {
            Some(vec![format!("ALTER TYPE {name} RENAME VALUE {} TO {}", Literal(to), Literal(from))])
        }
        ObjectAction::Rename(to) => Some(vec![renamed_back(change.kind, name, to)]),
        ObjectAction::Alter if change.kind == "SEQUENCE" => {
            let entry = find(situation, &|id| matches!(id, ObjectId::Sequence(_)), name)?;
            let Object::Sequence(sequence) = entry.object() else { return None };
            let owner = sequence.owned_by.as_ref().map_or_else(|| "NONE".to_owned(), ToString::to_string);
            let words = counting(&sequence.options).join(" ");
            let data_type = &sequence.options.data_type;
            Some(vec![format!("ALTER SEQUENCE {name} AS {data_type} {words} OWNED BY {owner}")])
        }
        _ => None,
    }
}

fn renamed_back(kind: &str, name: &QualifiedName, to: &Identifier) -> String {
    let renamed = QualifiedName { schema: name.schema.clone(), name: to.clone() };
    format!("ALTER {kind} {renamed} RENAME TO {}", name.name)
}

/// The one object of a kind that is called so.
fn find<'a>(
    situation: &Situation<'a>,
    is_of_kind: &dyn Fn(&ObjectId) -> bool,
    name: &QualifiedName,
) -> Option<Entry<'a>> {
    let schemas = match &name.schema {
        Some(schema) => std::slice::from_ref(schema),
        None => situation.settings.search_path,
    };
    let renames = situation.renames_left();
    let is_it = |entry: &Entry<'_>, schema: &Identifier| {
        let in_schema = entry.id().schema().is_none_or(|own| own == schema);
        in_schema && is_of_kind(entry.id()) && renames.id(entry.id()).own_name() == Some(&name.name)
    };
    let found = |schema: &Identifier| situation.catalog.iter().filter(|entry| is_it(entry, schema)).collect::<Vec<_>>();
    match schemas.iter().map(found).find(|found| !found.is_empty())?.as_slice() {
        [only] => Some(*only),
        // Routines of one name are told apart by their arguments, which are not read here.
        _ => None,
    }
}

fn is_relation(id: &ObjectId, kind: RelationKind) -> bool {
    match kind {
        RelationKind::Table => matches!(id, ObjectId::Table(_)),
        RelationKind::ForeignTable => matches!(id, ObjectId::ForeignTable(_)),
        RelationKind::View => matches!(id, ObjectId::View(_)),
        RelationKind::MaterializedView => matches!(id, ObjectId::MaterializedView(_)),
        RelationKind::Sequence => matches!(id, ObjectId::Sequence(_)),
    }
}

/// Whether the words that SQL has for a kind are those for an object.
fn is_called(id: &ObjectId, kind: &str) -> bool {
    match id {
        ObjectId::Enum(_) | ObjectId::CompositeType(_) | ObjectId::Range(_) | ObjectId::BaseType(_) => kind == "TYPE",
        other => other.kind().words().eq_ignore_ascii_case(kind),
    }
}
