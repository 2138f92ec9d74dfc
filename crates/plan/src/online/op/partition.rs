//! `ATTACH PARTITION`: the rows are looked at while the partition is in use, so that the server takes it at once.
//! (`DETACH PARTITION` waits for contract.)

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::Index;
use limosa_catalog::{Entry, Identifier, Literal, Object, QualifiedName};
use limosa_syntax::{TableAction, TokenKind, Tokens};

use super::super::partitions::parts;
use super::super::phases::{OnlineCheck, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};
use super::super::table::Table;
use crate::null::is_not_null;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::AttachPartition { partition, default }) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| match default {
        true => Err(Refusal::new(
            "every row of a default partition is looked at while nobody may use it",
            "attach it while it is empty, without `-- limosa: online`",
        )),
        false => attach(situation, work, &table, partition),
    }))
}

fn attach(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    partition: &QualifiedName,
) -> Result<Phases, Refusal> {
    let mut phases = Phases {
        about: format!("attach a partition to {}", object_for_people(&table.name)),
        abort: vec![format!(
            "DO $limosa$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_inherits \
             WHERE inhrelid = pg_catalog.to_regclass({})) THEN ALTER TABLE {} DETACH PARTITION {partition}; END IF; \
             END $limosa$",
            Literal(&partition.to_string()),
            table.name,
        )],
        reverse: vec![format!("ALTER TABLE {} DETACH PARTITION {partition};", table.name)],
        ..Phases::default()
    };
    refuse_default_partition(table)?;
    let attach = OnlineStep::Alone(work.text.clone());
    if situation.is_new(partition) {
        phases.expand = vec![attach];
        return Ok(phases);
    }
    let part = situation.table(partition)?;
    if let Some(index) = table.entry.children().find(|entry| lacks(&part, entry)) {
        return Err(Refusal::new(
            format!(
                "{} has nothing like {}, which would be built while nobody may use it",
                part.name.name.for_people(),
                index.id()
            ),
            "make an index, or a key, of the same columns on it in a migration before",
        ));
    }
    let Some(bound) = bound(table, &work.action_text) else {
        if part.entry.children().any(|child| is_proof(child.object())) {
            phases.expand = vec![attach];
            return Ok(phases);
        }
        return Err(Refusal::new(
            "every row of the partition would be looked at while nobody may use it",
            "add a CHECK constraint with the partition's bound to it, online, in a migration before: it proves \
             that the rows fit",
        ));
    };
    let (name, proof) = (&part.name, situation.interim(&part.name.name, work.place + 1));
    phases.checks = vec![OnlineCheck {
        query: format!("SELECT ctid::text FROM {name} WHERE ({bound}) IS NOT TRUE LIMIT 1"),
        found: format!("a row of {} is out of the partition's bound", name.name.for_people()),
        help: "move such rows in a migration before".to_owned(),
    }];
    let drop = format!("ALTER TABLE {name} DROP CONSTRAINT {proof}");
    phases.expand = vec![
        OnlineStep::Alone(format!("ALTER TABLE {name} ADD CONSTRAINT {proof} CHECK ({bound}) NOT VALID")),
        OnlineStep::Alone(format!("ALTER TABLE {name} VALIDATE CONSTRAINT {proof}")),
        attach,
        OnlineStep::Alone(drop),
    ];
    phases.abort.push(format!("ALTER TABLE IF EXISTS {name} DROP CONSTRAINT IF EXISTS {proof}"));
    Ok(phases)
}

/// The rows of a default partition would be looked at, whether one of them belongs to the new one.
fn refuse_default_partition(table: &Table<'_>) -> Result<(), Refusal> {
    let is_default = |object: &Object| match object {
        Object::Table(own) => own.partition_of.as_ref().is_some_and(|it| it.bound.as_str() == "DEFAULT"),
        _ => false,
    };
    let is_unproven =
        |part: &Table<'_>| is_default(part.entry.object()) && !part.entry.children().any(|it| is_proof(it.object()));
    match parts(table).into_iter().find(|part| is_unproven(&part.table)) {
        Some(part) => Err(Refusal::new(
            format!("every row of {} would be looked at while nobody may use it", part.table.name.name.for_people()),
            "add a CHECK constraint to it, online, in a migration before, by which none of its rows fits the new one",
        )),
        None => Ok(()),
    }
}

/// Whether it may prove to the server that rows need not be looked at.
fn is_proof(object: &Object) -> bool {
    matches!(object, Object::Constraint(it) if matches!(it.rule, ConstraintRule::Check(_)) && !it.not_valid)
}

/// Whether a table has nothing that could become the part of an index or key of the whole.
fn lacks(part: &Table<'_>, of_whole: &Entry<'_>) -> bool {
    let mut own = part.entry.children();
    match of_whole.object() {
        Object::Index(wanted) => !own.any(|it| matches!(it.object(), Object::Index(index) if is_alike(index, wanted))),
        Object::Constraint(wanted) => match &wanted.rule {
            ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) => {
                !own.any(|it| matches!(it.object(), Object::Constraint(own) if own.rule == wanted.rule))
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_alike(own: &Index, wanted: &Index) -> bool {
    (&own.method, own.unique, &own.keys, &own.include, &own.predicate)
        == (&wanted.method, wanted.unique, &wanted.keys, &wanted.include, &wanted.predicate)
}

/// What the rows of the partition have in common, where the table is partitioned by one column.
fn bound(table: &Table<'_>, action: &str) -> Option<String> {
    let Object::Table(facts) = table.entry.object() else { return None };
    let by = facts.partition_by.as_ref()?.as_str();
    let tokens = Tokens::of(by);
    let mut words = tokens.words();
    let kind = words.word()?.to_ascii_uppercase();
    words.next();
    let mut list = words.parenthesised()?;
    let column = list.identifier().filter(|_| list.peek().is_none())?;
    let tokens = Tokens::of(action);
    let (_, mut words) = tokens.words().outermost().find(|(_, here)| here.at(&["FOR", "VALUES"]))?;
    words.take(&["FOR", "VALUES"]);
    match kind.as_str() {
        "RANGE" => {
            words.take(&["FROM"]).then_some(())?;
            let from = limit(words.parenthesised()?.span()?.of(action), &column, ">=");
            words.take(&["TO"]).then_some(())?;
            let to = limit(words.parenthesised()?.span()?.of(action), &column, "<");
            Some([Some(is_not_null(&column)), from, to].into_iter().flatten().collect::<Vec<_>>().join(" AND "))
        }
        "LIST" => {
            words.take(&["IN"]).then_some(())?;
            let values = words.parenthesised()?;
            let is_null = values.split(TokenKind::Comma).any(|value| value.at(&["NULL"]));
            let values = values.span()?.of(action);
            (!is_null).then(|| format!("{} AND {column} IN ({values})", is_not_null(&column)))
        }
        _ => None,
    }
}

fn limit(value: &str, column: &Identifier, operator: &str) -> Option<String> {
    let is_open = ["MINVALUE", "MAXVALUE"].iter().any(|word| value.trim().eq_ignore_ascii_case(word));
    (!is_open).then(|| format!("{column} {operator} ({value})"))
}
