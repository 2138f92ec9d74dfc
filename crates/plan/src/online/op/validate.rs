//! `VALIDATE CONSTRAINT`: rows are looked at while they stay in use, which the server does as it stands.

use limosa_catalog::kind::constraint::{Constraint, ConstraintRule, ForeignKey};
use limosa_catalog::{Entry, Identifier, MemberName, Object, ObjectId, ObjectName};
use limosa_syntax::TableAction;

use super::super::phases::{OnlineCheck, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::ValidateConstraint(name)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        let entry = constraint_of(situation, &table.name, name)?;
        let checks = entry.and_then(|(_, constraint)| broken(&table.name, name, constraint));
        let stays = entry.map(|_| format!("an abort and the way back leave {} validated", name.for_people()));
        Ok(Phases {
            about: format!("validate {} of {}", name.for_people(), object_for_people(&table.name)),
            checks: checks.into_iter().collect(),
            complete: vec![OnlineStep::Alone(work.text.clone())],
            reverse: vec!["-- nothing: rows that meet a constraint go on doing so".to_owned()],
            remarks: stays.into_iter().collect(),
            standing: table.stands(&[]),
            ..Phases::default()
        })
    }))
}

/// The constraint of which a statement speaks; `None` where a statement before makes it, or it is a `NOT NULL`.
pub(super) fn constraint_of<'a>(
    situation: &Situation<'a>,
    table: &ObjectName,
    name: &Identifier,
) -> Result<Option<(Entry<'a>, &'a Constraint)>, Refusal> {
    const OTHERWISE: &str = "move this to a migration of its own, to be applied behind the contract of this one";
    let said = ObjectId::Constraint(MemberName { relation: table.clone(), name: name.clone() });
    let id = situation.original(said.clone());
    let found = situation.catalog.entry(&id);
    if situation.is_made_before(&said) {
        // One that takes the place of another is called otherwise until that has gone.
        return match found {
            None => Ok(None),
            Some(_) => Err(Refusal::new(format!("{} gets its name with contract", name.for_people()), OTHERWISE)),
        };
    }
    let is_not_null = |entry: Entry<'_>| match (entry.id(), entry.object()) {
        (ObjectId::Column(own), Object::Column(facts)) => {
            own.relation == *table
                && facts.not_null.as_ref().is_some_and(|rule| rule.name_on(own).as_str() == name.as_str())
        }
        _ => false,
    };
    let Some(entry) = found else {
        return match situation.catalog.iter().any(is_not_null) {
            true => Ok(None),
            false => Err(Refusal::new(
                format!("{} has no constraint {}", table.name.for_people(), name.for_people()),
                "check the name",
            )),
        };
    };
    if situation.is_dropped(&id) {
        return Err(Refusal::new(
            format!("{} goes with contract, as a statement before says", name.for_people()),
            "leave this out",
        ));
    }
    let retyped = situation.retyped();
    let is_built_anew = entry.depends_on().any(|(on, _)| retyped.iter().any(|column| column.id() == on.id()));
    if is_built_anew || name != id.own_name().unwrap_or(name) {
        return Err(Refusal::new(
            format!("{} is built anew or called otherwise by a statement of this migration", name.for_people()),
            OTHERWISE,
        ));
    }
    match entry.object() {
        Object::Constraint(constraint) => Ok(Some((entry, constraint))),
        _ => Ok(None),
    }
}

/// Rows that do not meet it.
fn broken(table: &ObjectName, name: &Identifier, constraint: &Constraint) -> Option<OnlineCheck> {
    let query = match &constraint.rule {
        ConstraintRule::Check(check) => {
            format!("SELECT ctid::text FROM {table} WHERE NOT ({}) LIMIT 1", check.expression.as_str())
        }
        ConstraintRule::ForeignKey(key) if !key.period => missing(table, key)?,
        _ => return None,
    };
    Some(OnlineCheck {
        query,
        found: format!("a row of {} does not meet {}", table.name.for_people(), name.for_people()),
        help: "mend the rows in a migration before".to_owned(),
    })
}

fn missing(table: &ObjectName, key: &ForeignKey) -> Option<String> {
    let both = key.columns.iter().zip(&key.referenced_columns);
    let join: Vec<String> = both.map(|(own, other)| format!("limosa_to.{other} = limosa_from.{own}")).collect();
    let set: Vec<String> = key.columns.iter().map(|own| format!("limosa_from.{own} IS NOT NULL")).collect();
    let example = key.columns.first()?;
    Some(format!(
        "SELECT limosa_from.{example}::text FROM {table} AS limosa_from WHERE {} AND NOT EXISTS (SELECT FROM {} AS \
         limosa_to WHERE {}) LIMIT 1",
        set.join(" AND "),
        key.references,
        join.join(" AND ")
    ))
}
