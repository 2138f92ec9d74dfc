//! `DROP`.

use super::{Command, MemberChange, TableMember, tend};
use crate::RelationKind;
use crate::class::object_kind;
use crate::words::Words;

pub(super) fn drop(mut words: Words<'_>) -> Option<Command> {
    words.take(&["DROP"]);
    words.take_any(&["PROCEDURAL"]);
    let kind = object_kind::take(&mut words)?;
    let concurrently = words.take(&["CONCURRENTLY"]);
    words.take(&["IF", "EXISTS"]);
    let relations = match kind {
        "TABLE" => Some(RelationKind::Table),
        "FOREIGN TABLE" => Some(RelationKind::ForeignTable),
        "VIEW" => Some(RelationKind::View),
        "MATERIALIZED VIEW" => Some(RelationKind::MaterializedView),
        "SEQUENCE" => Some(RelationKind::Sequence),
        _ => None,
    };
    let cascade = words.outermost().any(|(_, here)| here.at(&["CASCADE"]));
    match (relations, kind) {
        (Some(kind), _) => Some(Command::DropRelations { kind, names: words.qualified_names(), cascade }),
        (None, "INDEX") => Some(Command::DropIndex { names: words.qualified_names(), concurrently }),
        (None, "SCHEMA") => {
            let names = words.qualified_names().into_iter().map(|name| name.name).collect();
            Some(Command::DropSchema { names, cascade })
        }
        (None, "TRIGGER") => tend::member(words, TableMember::Trigger, MemberChange::Drop),
        (None, "POLICY") => tend::member(words, TableMember::Policy, MemberChange::Drop),
        (None, "RULE") => tend::member(words, TableMember::Rule, MemberChange::Drop),
        // What goes with them does not stand in the text.
        (None, "EXTENSION" | "OWNED") => None,
        (None, "STATISTICS") => Some(Command::DropStatistics { names: words.qualified_names() }),
        (None, _) if cascade => None,
        (None, _) => Some(Command::NoRelation),
    }
}
