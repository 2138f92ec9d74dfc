//! What is added beside everything that is there, and what nobody waits for: at once.

use limosa_catalog::{ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Command, MemberChange, ObjectAction, ObjectChange, TableMember, Tokens};

use super::super::phases::{OnlineStep, Phases};
use super::super::put_back::put_back;
use super::super::refusal::Refusal;
use super::super::routines::{Arguments, remarked};
use super::super::situation::{Situation, Work};
use super::super::way_back::in_table;
use super::given::summary;

/// The extension that every database has, and its language: a catalog does not show what comes with the server.
const BUILT_IN: &str = "plpgsql";

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    if let Some(was) = put_back(situation, work) {
        return Some(Ok(Phases {
            about: summary(&work.text),
            expand: vec![OnlineStep::Alone(work.text.clone())],
            reverse: was.reverse(),
            abort: was.abort(),
            ..Phases::default()
        }));
    }
    let (undo, made) = undo(situation, work)?;
    match made.map(|name| situation.is_there(work, &name)) {
        None | Some(Ok(false)) => {}
        Some(Ok(true)) => return Some(Ok(work.alone(summary(&work.text)))),
        Some(Err(refusal)) => return Some(Err(refusal)),
    }
    if undo.is_some() {
        situation.has_made(work);
    }
    let remarks = match undo {
        Some(_) => Vec::new(),
        None => vec![format!("an abort leaves what this does: {}", summary(&work.text))],
    };
    Some(Ok(Phases {
        about: summary(&work.text),
        expand: vec![OnlineStep::Alone(tolerant(work))],
        // The newer version rests on it until it is gone.
        reverse: undo.iter().map(|sql| format!("-- limosa: phase contract\n{sql};")).collect(),
        abort: undo.into_iter().collect(),
        remarks,
        ..Phases::default()
    }))
}

/// What takes it back, where that is known, and what it makes then; `None` where it is no such statement.
fn undo(situation: &Situation<'_>, work: &Work<'_>) -> Option<(Option<String>, Option<QualifiedName>)> {
    let drop = |kind: &str, name: &QualifiedName| (Some(format!("DROP {kind} IF EXISTS {name}")), Some(name.clone()));
    match &work.command {
        Command::CreateView { name, or_replace: false, .. } => return Some(drop("VIEW", name)),
        Command::CreateSequence { name, .. } => return Some(drop("SEQUENCE", name)),
        Command::CreateDomain { domain, .. } => return Some(drop("DOMAIN", domain)),
        Command::CreateStatistics { name: Some(name), .. } => return Some(drop("STATISTICS", name)),
        Command::Comment { .. } | Command::Grant { .. } | Command::Query { .. } => return Some((None, None)),
        Command::InTable { change: MemberChange::Create, member, table } => {
            return Some((drop_of_member(situation, work, *member, table), None));
        }
        _ => {}
    }
    if remarked(&work.text).is_some() || Tokens::of(&work.text).words().at(&["COMMENT"]) {
        return Some((None, None));
    }
    let change = ObjectChange::of(&work.text)?;
    match (&change.action, change.names.as_slice()) {
        // What is made in a schema with it would have to be dropped one by one.
        (ObjectAction::Create, _) if change.kind == "SCHEMA" && has_elements(&work.text) => Some((None, None)),
        (ObjectAction::Create | ObjectAction::CreateEnum(_), [name]) if matches!(change.kind, "TYPE" | "SCHEMA") => {
            Some(drop(change.kind, name))
        }
        (ObjectAction::Create, [name]) if is_routine(change.kind) => {
            Some((drop_of_routine(situation, work, change.kind, name), None))
        }
        (ObjectAction::Create, [name]) => Some((drop_of_object(situation, change.kind, name), None)),
        (ObjectAction::CreateEnum(_) | ObjectAction::AddValue(_) | ObjectAction::Create, _) => Some((None, None)),
        _ => None,
    }
}

/// Whether a `CREATE SCHEMA` makes things in it.
fn has_elements(text: &str) -> bool {
    Tokens::of(text).words().outermost().skip(1).any(|(_, here)| here.at_any(&["CREATE", "GRANT"]))
}

/// The statement as it is run. A value of a type stays behind an abort, so the next try has to find it there.
fn tolerant(work: &Work<'_>) -> String {
    let text = &work.text;
    let is_value = matches!(ObjectChange::of(text), Some(ObjectChange { action: ObjectAction::AddValue(_), .. }));
    if !is_value || work.says_if_not_exists() {
        return text.clone();
    }
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    while !words.take(&["ADD", "VALUE"]) && words.next().is_some() {}
    let place = words.span().and_then(|rest| text.split_at_checked(rest.start));
    place.map_or_else(|| text.clone(), |(before, rest)| format!("{before}IF NOT EXISTS {rest}"))
}

/// What drops a trigger, a policy or a rule, unless the table has one of that name already, which is somebody else's.
fn drop_of_member(
    situation: &Situation<'_>,
    work: &Work<'_>,
    member: TableMember,
    table: &QualifiedName,
) -> Option<String> {
    let ObjectAction::Create = ObjectChange::of(&work.text)?.action else { return None };
    let kind = match member {
        TableMember::Trigger => "TRIGGER",
        TableMember::Policy => "POLICY",
        TableMember::Rule => "RULE",
    };
    let tokens = Tokens::of(&work.text);
    let mut words = tokens.words();
    // `CREATE CONSTRAINT TRIGGER` has one word more.
    words.skip_until_any(&[kind]);
    words.next();
    let name = words.qualified_name()?;
    let is_it = |id: &ObjectId| is_of_kind(id, kind) && situation.catalog.contains(id);
    let is_there = in_table(situation, table, &name)?.iter().any(is_it);
    (!is_there).then(|| format!("DROP {kind} IF EXISTS {} ON {table}", name.name))
}

fn is_routine(kind: &str) -> bool {
    matches!(kind, "FUNCTION" | "PROCEDURE" | "AGGREGATE")
}

/// What drops a routine by its arguments, unless there is one that may have the same: types have more than one name.
fn drop_of_routine(situation: &Situation<'_>, work: &Work<'_>, kind: &str, name: &QualifiedName) -> Option<String> {
    let arguments = Arguments::of(&work.text)?;
    let schema = name.schema.as_ref().or_else(|| situation.settings.search_path.first())?;
    let may_be_it = |id: &ObjectId| match id {
        ObjectId::Function(own) | ObjectId::Procedure(own) | ObjectId::Aggregate(own) => {
            own.schema == *schema && own.name == name.name && (kind == "AGGREGATE" || arguments.may_be(own))
        }
        _ => false,
    };
    let is_there = situation.catalog.iter().any(|entry| may_be_it(entry.id()));
    let own = ObjectName { schema: schema.clone(), name: name.name.clone() };
    (!is_there).then(|| format!("DROP {kind} IF EXISTS {own}({arguments})"))
}

/// What drops an object that is found by its name alone, unless there is one already.
fn drop_of_object(situation: &Situation<'_>, kind: &str, name: &QualifiedName) -> Option<String> {
    let is_of_database = matches!(
        kind,
        "ACCESS METHOD"
            | "EVENT TRIGGER"
            | "EXTENSION"
            | "FOREIGN DATA WRAPPER"
            | "LANGUAGE"
            | "PUBLICATION"
            | "SERVER"
    );
    let is_of_schema = matches!(kind, "COLLATION" | "CONVERSION" | "FOREIGN TABLE") || kind.starts_with("TEXT SEARCH ");
    let schema =
        if is_of_schema { name.schema.as_ref().or_else(|| situation.settings.search_path.first()) } else { None };
    let is_it = |id: &ObjectId| {
        is_of_kind(id, kind) && id.own_name() == Some(&name.name) && (is_of_database || id.schema() == schema)
    };
    let is_there = name.name.as_str() == BUILT_IN || situation.catalog.iter().any(|entry| is_it(entry.id()));
    let own = QualifiedName { schema: schema.cloned(), name: name.name.clone() };
    ((is_of_database || is_of_schema) && !is_there).then(|| format!("DROP {kind} IF EXISTS {own}"))
}

/// Whether the words that SQL has for a kind are those for an object.
fn is_of_kind(id: &ObjectId, kind: &str) -> bool {
    id.kind().words().replace('-', " ").eq_ignore_ascii_case(kind)
}
