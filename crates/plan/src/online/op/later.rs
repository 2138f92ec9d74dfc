//! What waits for contract as it stands: the old version may rest on what goes, and a name that clients hardly use
//! changes in a moment.

use limosa_catalog::{ColumnName, Entry, Identifier, MemberName, ObjectId, ObjectKind, ObjectName};
use limosa_syntax::{
    Command, IndexAction, MemberChange, ObjectAction, ObjectChange, RelationKind, TableAction, Tokens,
};

use super::super::held::{refuse_held, taken_along};
use super::super::phases::{Phases, Shown};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work};
use super::super::way_back::{dropped, goes, read_by, says_cascade, way_back};
use super::drop_column::{is_set_aside, with_terms};
use super::given::summary;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    if !is_later(work) {
        return None;
    }
    // With contract it would drop what a statement behind makes under that name.
    if drops_nothing(situation, work) {
        return Some(Ok(work.alone(format!("{}, of which there is none", summary(&work.text)))));
    }
    // What is set aside comes back from there.
    let reverse = if is_set_aside(work) { None } else { way_back(situation, work) };
    if let Some((table, TableAction::DropConstraint(name))) = work.action()
        && let Some(relation) = situation.resolve(table)
    {
        situation.drops(situation.original(ObjectId::Constraint(MemberName { relation, name: name.clone() })));
    }
    if let Some((table, TableAction::DropDefault(column))) = work.action()
        && let Some(relation) = situation.resolve(table)
    {
        let column = situation.original_column(ColumnName { relation, name: column.clone() });
        situation.drops(ObjectId::ColumnDefault(column));
    }
    let named = named(situation, work);
    let statement = in_a_transaction(work);
    // Who drops it by hand meanwhile does what the migration is to do.
    let statement = if named.is_empty() || is_set_aside(work) { statement } else { if_exists(statement) };
    let along = match says_cascade(work) {
        true => taken_along(situation, named),
        false => match refuse_held(situation, named) {
            Ok(()) => None,
            Err(refusal) => return Some(Err(refusal)),
        },
    };
    let gone = goes(situation, work).unwrap_or_default();
    let read_again = read_by(situation, &gone);
    gone.into_iter().for_each(|id| situation.drops(id));
    Some(Ok(Phases {
        about: summary(&work.text),
        contract: vec![statement],
        reverse: reverse.unwrap_or_default(),
        read_again,
        remarks: remark(work).into_iter().chain(along).collect(),
        shows: hidden(situation, work),
        verbatim: true,
        ..Phases::default()
    }))
}

/// Whether a constraint or an index is to be dropped if there is one, and there is none.
fn drops_nothing(situation: &Situation<'_>, work: &Work<'_>) -> bool {
    let there = |id: ObjectId| situation.is_made_before(&id) || situation.catalog.contains(&situation.original(id));
    let is_said = Tokens::of(&work.text).words().outermost().any(|(_, here)| here.at(&["IF", "EXISTS"]));
    is_said
        && match (&work.command, work.action()) {
            (_, Some((table, TableAction::DropConstraint(name)))) => situation
                .resolve(table)
                .filter(|table| situation.catalog.contains(&ObjectId::Table(table.clone())))
                .is_some_and(|relation| !there(ObjectId::Constraint(MemberName { relation, name: name.clone() }))),
            (Command::DropIndex { names, .. }, _) => !names.iter().any(|name| {
                let schemas = name.schema.as_ref().map_or(situation.settings.search_path, std::slice::from_ref);
                let own = |schema: &Identifier| ObjectName { schema: schema.clone(), name: name.name.clone() };
                let has_key = |schema: &Identifier| {
                    situation.catalog.of_kind(ObjectKind::Constraint).any(|entry| {
                        matches!(entry.id(), ObjectId::Constraint(key)
                        if key.relation.schema == *schema && key.name == name.name)
                    })
                };
                schemas.iter().any(|schema| there(ObjectId::Index(own(schema))) || has_key(schema))
            }),
            _ => false,
        }
}

/// What it drops.
fn named<'a>(situation: &Situation<'a>, work: &Work<'_>) -> Vec<Entry<'a>> {
    match work.action() {
        Some((table, TableAction::DropConstraint(name))) => {
            let id = |relation| situation.original(ObjectId::Constraint(MemberName { relation, name: name.clone() }));
            situation.resolve(table).and_then(|relation| situation.catalog.entry(&id(relation))).into_iter().collect()
        }
        Some(_) => Vec::new(),
        None => dropped(situation, work).unwrap_or_default(),
    }
}

/// The tables that the new version does not have.
fn hidden(situation: &Situation<'_>, work: &Work<'_>) -> Vec<Shown> {
    match &work.command {
        Command::DropRelations { kind: RelationKind::Table, names, .. } => {
            names.iter().filter_map(|name| situation.resolve(name)).map(Shown::HiddenTable).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether it is such a statement.
fn is_later(work: &Work<'_>) -> bool {
    if let Some((_, action)) = work.action() {
        return matches!(
            action,
            TableAction::DropNotNull(_)
                | TableAction::RenameConstraint { .. }
                | TableAction::DropConstraint(_)
                | TableAction::DropDefault(_)
                | TableAction::DropExpression(_)
                | TableAction::DetachPartition { .. }
                | TableAction::SetStatistics
                | TableAction::SetParameters
                | TableAction::SetColumnOptions
                | TableAction::ReplicaIdentity
                | TableAction::ClusterOn
                | TableAction::RowSecurity
        );
    }
    match &work.command {
        Command::DropRelations { kind: RelationKind::Table | RelationKind::View | RelationKind::Sequence, .. }
        | Command::DropIndex { .. }
        | Command::DropStatistics { .. }
        | Command::AlterSequence { .. }
        | Command::AlterIndex { action: IndexAction::Rename(_) | IndexAction::Set, .. }
        | Command::InTable { change: MemberChange::Drop | MemberChange::Alter, .. } => true,
        _ => ObjectChange::of(&work.text).is_some_and(|change| {
            matches!(
                change.action,
                ObjectAction::RenameValue { .. }
                    | ObjectAction::Rename(_)
                    | ObjectAction::Drop { .. }
                    | ObjectAction::Alter
            )
        }),
    }
}

/// What clients of the new version have to know until then.
fn remark(work: &Work<'_>) -> Option<String> {
    match ObjectChange::of(&work.text)?.action {
        ObjectAction::RenameValue { from, to } => Some(format!(
            "until contract the value is '{from}': clients of the new version write that, and read both '{from}' and \
             '{to}'"
        )),
        _ => None,
    }
}

/// Contract is one transaction, in which nothing runs concurrently; what it does is short all the same.
fn in_a_transaction(work: &Work<'_>) -> String {
    match &work.command {
        Command::DropIndex { names, concurrently: true } => {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            format!("DROP INDEX {}", names.join(", "))
        }
        _ => with_terms(work),
    }
}

/// A statement that drops something, and is no failure where that is gone.
fn if_exists(statement: String) -> String {
    let tokens = Tokens::of(&statement);
    let mut words = tokens.words();
    if words.at(&["ALTER"]) {
        words.skip_until_any(&["DROP"]);
        words.take(&["DROP", "CONSTRAINT"]);
    } else if let Some(change) = ObjectChange::of(&statement) {
        words.take(&["DROP"]);
        words.take(&change.kind.split(' ').collect::<Vec<_>>());
    } else {
        return statement;
    }
    let place = words.span().filter(|_| !words.at(&["IF", "EXISTS"])).map(|rest| rest.start);
    match place.and_then(|place| statement.split_at_checked(place)) {
        Some((before, rest)) => format!("{before}IF EXISTS {rest}"),
        None => statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_already_is_no_failure() {
        for (said, run) in [
            ("DROP INDEX a, b", "DROP INDEX IF EXISTS a, b"),
            ("DROP MATERIALIZED VIEW s.v CASCADE", "DROP MATERIALIZED VIEW IF EXISTS s.v CASCADE"),
            ("DROP TRIGGER IF EXISTS t ON v", "DROP TRIGGER IF EXISTS t ON v"),
            ("DROP POLICY p ON v", "DROP POLICY IF EXISTS p ON v"),
            ("DROP FUNCTION f(int)", "DROP FUNCTION IF EXISTS f(int)"),
            ("ALTER TABLE ONLY v DROP CONSTRAINT c", "ALTER TABLE ONLY v DROP CONSTRAINT IF EXISTS c"),
        ] {
            assert_eq!(if_exists(said.to_owned()), run);
        }
    }
}
