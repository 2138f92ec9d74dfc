//! What a contract drops and makes again as it was: what is said of it meanwhile would be lost.

use limosa_catalog::{ObjectId, QualifiedName, Rename};
use limosa_syntax::{Command, ObjectAction, ObjectChange, RelationKind};

use super::op::summary;
use super::phases::{OnlineStep, Phases};
use super::routines::remarked;

/// The views and routines that a statement drops.
pub(super) fn dropped_by(statement: &str) -> Vec<QualifiedName> {
    match Command::of(statement) {
        Command::DropRelations { kind: RelationKind::View | RelationKind::MaterializedView, names, .. } => names,
        _ => match ObjectChange::of(statement) {
            Some(ObjectChange { kind: "FUNCTION" | "PROCEDURE", action: ObjectAction::Drop { .. }, names }) => names,
            _ => Vec::new(),
        },
    }
}

/// The view or the routine that a statement makes.
fn made_by(statement: &str) -> Option<QualifiedName> {
    match Command::of(statement) {
        Command::CreateView { name, .. } | Command::CreateTableAs { name, materialized_view: true, .. } => Some(name),
        _ => match ObjectChange::of(statement)? {
            ObjectChange {
                kind: "FUNCTION" | "PROCEDURE",
                action: ObjectAction::Create | ObjectAction::Replace,
                names,
            } => names.into_iter().next(),
            _ => None,
        },
    }
}

/// The relations or the routine of which a statement says a comment or privileges.
pub(super) fn remarked_on(statement: &str) -> Vec<QualifiedName> {
    match Command::of(statement) {
        Command::Comment { relation, .. } => vec![relation],
        Command::Grant { tables } => tables,
        _ => remarked(statement).into_iter().collect(),
    }
}

/// Whether both names may mean the same.
pub(super) fn may_be_same(one: &QualifiedName, other: &QualifiedName) -> bool {
    let either = one.schema.is_none() || other.schema.is_none();
    one.name == other.name && (either || one.schema == other.schema)
}

/// What statements say at once, or with contract, of something that others make again with contract behind that: it is
/// said once more behind all of them. Each with the number of its operation.
pub(super) fn said_again(operations: &[Phases]) -> Vec<(usize, Phases)> {
    let is_new_name = |name: &QualifiedName| {
        let gets = |rename: &Rename| match rename {
            Rename::Object { from: ObjectId::Table(_), to } => *to == name.name,
            _ => false,
        };
        operations.iter().flat_map(|phases| &phases.renames).any(gets)
    };
    let dropped: Vec<QualifiedName> =
        operations.iter().flat_map(|phases| &phases.contract).flat_map(|sql| dropped_by(sql)).collect();
    let ahead = operations.iter().flat_map(|phases| &phases.ahead).filter_map(|ahead| ahead.makes.as_ref());
    let ahead =
        ahead.map(|made| QualifiedName { schema: Some(made.name.schema.clone()), name: made.name.name.clone() });
    let made: Vec<QualifiedName> =
        operations.iter().flat_map(|phases| &phases.contract).filter_map(|sql| made_by(sql)).chain(ahead).collect();
    let is_among = |all: &[QualifiedName], name: &QualifiedName| all.iter().any(|own| may_be_same(own, name));
    let is_made_again = |name: &QualifiedName| is_among(&dropped, name) && is_among(&made, name) && !is_new_name(name);
    let goes_behind = |at: usize, name: &QualifiedName| {
        let behind = operations.iter().skip(at + 1).flat_map(|phases| &phases.contract);
        behind.flat_map(|sql| dropped_by(sql)).any(|own| may_be_same(&own, name))
    };
    let mut again = Vec::new();
    for (at, phases) in operations.iter().enumerate() {
        let said = match (phases.expand.as_slice(), phases.contract.as_slice()) {
            ([OnlineStep::Alone(text)], []) if remarked_on(text).iter().any(is_made_again) => text,
            ([], [text]) if remarked_on(text).iter().any(|name| is_made_again(name) && goes_behind(at, name)) => text,
            _ => continue,
        };
        let once_more = Phases {
            about: format!("once more: {}", summary(said)),
            contract: vec![said.clone()],
            reverse: vec!["-- nothing: it is said once more of what is made again".to_owned()],
            verbatim: true,
            ..Phases::default()
        };
        again.push((at, once_more));
    }
    again
}
