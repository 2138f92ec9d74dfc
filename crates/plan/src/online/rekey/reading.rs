//! The statements of a migration that together change a key and all that refers to it, read against a database.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{ColumnName, Identifier, MemberName, ObjectId};
use limosa_syntax::{Command, FollowsDirective, Script, SourceFile, TableAction, TableRule, Tokens};

use super::super::expression::RowExpression;
use super::super::refusal::Refusal;
use super::super::situation::Situation;
use super::super::table::Table;
use super::candidate::{Candidate, Change};
use super::form::Form;
use super::graph::{foreign_keys, referring};
use super::group::{Elsewhere, Group, Origin, Refused};
use super::make::{KeyTerms, make};
use super::member::Member;
use super::readers::{Carried, carried, made_views};

/// Reads the group of a script; `None` where it changes no key. What its statements add up to is decided against the
/// database: whatever refers to the key there has to be named.
pub(super) fn read<'a>(
    situation: &'a Situation<'a>,
    source: &SourceFile,
    script: &Script,
) -> Option<Result<Group<'a>, Vec<Refused>>> {
    let candidates: Vec<Candidate<'_>> = script
        .statements
        .iter()
        .enumerate()
        .map(|(index, statement)| {
            let text = statement.span.of(&source.text);
            let directives = script.statement_directives(index).collect();
            Candidate { index, text, span: statement.span, command: Command::of(text), directives }
        })
        .collect();
    let mut keys = candidates.iter().filter(|candidate| candidate.rekey().is_some());
    let key = keys.next()?;
    if let Some(second) = keys.next() {
        let refusal = Refusal::new("a migration changes one key", "write the second key into a migration of its own");
        return Some(Err(vec![(second.span, refusal)]));
    }
    let reading = Reading { situation, candidates: &candidates, key };
    Some(reading.group())
}

struct Reading<'a, 'c> {
    situation: &'a Situation<'a>,
    candidates: &'c [Candidate<'c>],
    key: &'c Candidate<'c>,
}

impl<'a> Reading<'a, '_> {
    fn group(&self) -> Result<Group<'a>, Vec<Refused>> {
        let at_key = |refusal| vec![(self.key.span, refusal)];
        let (mut origin, mut references) = self.members()?;
        let columns: BTreeSet<ColumnName> = references.iter().chain(origin.key()).map(Member::name).collect();
        if columns.len() < references.iter().chain(origin.key()).count() {
            return Err(at_key(Refusal::new("a column gets a type twice", "write each column once")));
        }
        let mut errors = Vec::new();
        let mut all = BTreeSet::new();
        let mut terms = KeyTerms::default();
        let (mut dropped, mut added) = (BTreeSet::new(), BTreeSet::new());
        for candidate in self.candidates {
            let Some((table, actions)) = candidate.actions() else { continue };
            let Some(table) = self.situation.resolve(table) else { continue };
            let mut own = 0;
            for (action, text) in &actions {
                let member = |name: &Identifier| columns.iter().find(|it| it.relation == table && it.name == *name);
                let is_key = |name: &Identifier, origin: &Origin<'_>| {
                    let is_it =
                        |key: &Member<'_>| table == key.table.name && (*name == key.column || *name == key.final_name);
                    origin.key().is_some_and(is_it)
                };
                let constraint = |name: &Identifier| MemberName { relation: table.clone(), name: name.clone() };
                let touched = |name: &Identifier| {
                    let name = constraint(name);
                    foreign_keys(self.situation.catalog).any(|it| *it.name == name && it.touches(&columns))
                };
                let is_own = match action {
                    TableAction::SetType { column, .. } => member(column).is_some(),
                    TableAction::RenameColumn { from, to } => member(from).is_some_and(|name| {
                        let renamed = references.iter_mut().chain(origin.key_mut()).find(|it| it.name() == *name);
                        renamed.map(|it| it.final_name = to.clone()).is_some()
                    }),
                    TableAction::DropDefault(name) | TableAction::Identity(name) if is_key(name, &origin) => {
                        if text.to_ascii_uppercase().contains(" ADD ") {
                            terms.identity = Some((*text).to_owned());
                        }
                        true
                    }
                    TableAction::SetDefault(name) if is_key(name, &origin) => {
                        terms.default = behind(text, &["SET", "DEFAULT"]);
                        true
                    }
                    TableAction::DropConstraint(name) if touched(name) => {
                        dropped.insert(constraint(name));
                        true
                    }
                    TableAction::AddConstraint(rule) if matches!(rule.rule, TableRule::ForeignKey { .. }) => {
                        rule.name.as_ref().is_some_and(|name| {
                            touched(name) && dropped.contains(&constraint(name)) && added.insert(constraint(name))
                        })
                    }
                    _ => false,
                };
                own += usize::from(is_own);
            }
            if own == actions.len() {
                all.insert(candidate.index);
            } else if own > 0 {
                errors.push((
                    candidate.span,
                    Refusal::new(
                        "one part of it belongs to the change of the key, and another does not",
                        "write them as two statements",
                    ),
                ));
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (before, after) = self.carried(&mut all);
        self.named(&origin, &references, &columns, &before)
            .map_err(|refusals| refusals.into_iter().map(|refusal| (self.key.span, refusal)).collect::<Vec<_>>())?;
        let make = make(&self.key.directives, &origin, &terms).map_err(at_key)?;
        self.name_interim(&mut origin, &mut references);
        let without = dropped.difference(&added).map(|name| ObjectId::Constraint(name.clone())).collect();
        let directive = self.key.rekey().cloned().unwrap_or_default();
        let default = terms.identity.or_else(|| {
            let key = origin.key()?;
            let set = |text| format!("ALTER COLUMN {} SET DEFAULT {text}", key.final_name);
            terms.default.map(set)
        });
        let (statements, span) = (all, self.key.span);
        Ok(Group { directive, origin, make, default, references, without, before, after, statements, span })
    }

    /// The columns whose types change under `rekey` and `follows`.
    fn members(&self) -> Result<(Origin<'a>, Vec<Member<'a>>), Vec<Refused>> {
        let mut errors = Vec::new();
        let (mut origin, mut references) = match self.head() {
            Ok((origin, reference)) => (Some(origin), reference.into_iter().collect::<Vec<_>>()),
            Err(refusal) => {
                errors.push((self.key.span, refusal));
                (None, Vec::new())
            }
        };
        let others = self.candidates.iter().filter(|it| it.follows().is_some() && it.index != self.key.index);
        for candidate in others {
            // Without the key, it is not known what the others hold.
            let member = match (candidate.changed_type(), &origin) {
                (Err(refusal), _) => Err(refusal),
                (Ok(_), None) => continue,
                (Ok(change), Some(origin)) => self.reference(candidate, change, origin),
            };
            match member {
                Ok(member) => references.push(member),
                Err(refusal) => errors.push((candidate.span, refusal)),
            }
        }
        match origin.take() {
            Some(origin) if errors.is_empty() => Ok((origin, references)),
            _ => Err(errors),
        }
    }

    /// The key, or what refers to one of another service.
    fn head(&self) -> Result<(Origin<'a>, Option<Member<'a>>), Refusal> {
        let change = self.key.changed_type()?;
        let directive = self.key.rekey().cloned().unwrap_or_default();
        let Some(service) = directive.from.clone() else {
            let key = self.member(change, (Form::Value, None), true)?;
            return Ok((Origin::Here(Box::new(key)), None));
        };
        let Some(map) = directive.map.clone() else {
            return Err(Refusal::new(
                format!("it is not said which map of {service} has the ids"),
                format!("name it: `-- limosa: rekey from {service} map client`"),
            ));
        };
        let types = match directive.types.clone() {
            Some([old, new]) if directive.back => [new, old],
            Some(types) => types,
            None => self.types_of_column(change)?,
        };
        let origin = Origin::Elsewhere(Elsewhere { service, map, types });
        let reference = self.reference(self.key, change, &origin)?;
        Ok((origin, Some(reference)))
    }

    /// The types of a key that a column holds as it is.
    fn types_of_column(&self, (table, column, new): Change<'_>) -> Result<[String; 2], Refusal> {
        let table: Table<'a> = self.situation.table(table)?;
        let (_, facts) = table.column(column)?;
        let old = facts.data_type.as_str();
        match self.key.follows().is_some_and(|it| !it.path.is_empty()) || old.ends_with("[]") {
            true => Err(Refusal::new(
                "the column holds more than ids, so their types are not known",
                "say them: `-- limosa: rekey from SERVICE map NAME (uuid, varchar(8))`",
            )),
            false => Ok([old.to_owned(), new.to_owned()]),
        }
    }

    /// A column that refers to the key.
    fn reference(
        &self,
        candidate: &Candidate<'_>,
        change: Change<'_>,
        origin: &Origin<'a>,
    ) -> Result<Member<'a>, Refusal> {
        let (table, column, _) = change;
        let (_, facts) = self.situation.table(table)?.column(column)?;
        let plain = FollowsDirective::default();
        let follows = candidate.follows().unwrap_or(&plain);
        let [key_type, _] = origin.types();
        let form = Form::of(facts.data_type.as_str(), key_type, follows)?;
        let mut member = self.member(change, (form, follows.condition.as_deref()), false)?;
        // A foreign key to what refers itself does not say that a value is an id.
        member.is_loose |= matches!(origin, Origin::Elsewhere(_));
        Ok(member)
    }

    fn member(
        &self,
        (table, column, data_type): Change<'_>,
        (form, condition): (Form, Option<&str>),
        is_key: bool,
    ) -> Result<Member<'a>, Refusal> {
        let table: Table<'a> = self.situation.table(table)?;
        let (entry, facts) = table.column(column)?;
        super::limits::may_change(&table, column, facts, is_key)?;
        let name = table.column_name(column);
        let is_loose = !foreign_keys(self.situation.catalog).any(|it| it.pairs().any(|(own, _)| own == name));
        Ok(Member {
            table,
            column: column.clone(),
            entry,
            facts,
            new_type: data_type.to_owned(),
            final_name: column.clone(),
            interim: column.clone(),
            form,
            is_loose,
            condition: condition.map(RowExpression::said),
        })
    }

    /// Statements among those of the group that are about something else: what reads the columns goes before they
    /// change, and is made again behind that.
    fn carried(&self, all: &mut BTreeSet<usize>) -> (Vec<String>, Vec<String>) {
        let (first, last) = (all.first().copied().unwrap_or_default(), all.last().copied().unwrap_or_default());
        let views = made_views(self.candidates);
        let carried = |candidate: &Candidate<'_>| carried(candidate, &views);
        let drops_before = self
            .candidates
            .iter()
            .rev()
            .skip_while(|it| it.index >= first)
            .take_while(|it| carried(it) == Some(Carried::Drops))
            .map(|it| it.index);
        let first = drops_before.last().unwrap_or(first);
        let makes_behind = self
            .candidates
            .iter()
            .skip_while(|it| it.index <= last)
            .take_while(|it| carried(it) == Some(Carried::Makes))
            .map(|it| it.index);
        let last = makes_behind.last().unwrap_or(last);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for candidate in self.candidates.iter().filter(|it| (first..=last).contains(&it.index)) {
            if carried(candidate).is_some() && all.insert(candidate.index) {
                let side = if candidate.index < self.key.index { &mut before } else { &mut after };
                side.push(candidate.text.to_owned());
            }
        }
        (before, after)
    }

    /// Refuses what the statements do not name and would not survive.
    fn named(
        &self,
        origin: &Origin<'_>,
        references: &[Member<'_>],
        columns: &BTreeSet<ColumnName>,
        before: &[String],
    ) -> Result<(), Vec<Refusal>> {
        let mut refusals = Vec::new();
        let catalog = self.situation.catalog;
        let people = super::super::situation::object_for_people;
        for column in referring(catalog, columns) {
            refusals.push(Refusal::new(
                format!("{}.{} refers to it, and is not named", people(&column.relation), column.name.for_people()),
                "change its type, too, under `-- limosa: follows`; `limosa rekey` writes that",
            ));
        }
        for foreign in foreign_keys(catalog) {
            for (own, other) in foreign.pairs() {
                if columns.contains(&own) && !columns.contains(&other) {
                    let (own, other) = (own.name.for_people(), people(&other.relation));
                    refusals.push(Refusal::new(
                        format!("{own} refers to {other}, which keeps its ids"),
                        "change the key that it refers to",
                    ));
                }
            }
        }
        for member in references.iter().chain(origin.key()) {
            if let Err(refusal) = super::limits::dependents(member, columns, before) {
                refusals.push(refusal);
            }
        }
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }

    /// Names for the columns while both versions live: one that is called otherwise at the end is called so at once, so
    /// that clients of either version find theirs by name. All have the same for the same column's name, so that what
    /// is copied can be told by names.
    fn name_interim(&self, origin: &mut Origin<'a>, references: &mut [Member<'a>]) {
        let mut names: BTreeMap<Identifier, BTreeSet<Identifier>> = BTreeMap::new();
        for member in references.iter().chain(origin.key()) {
            names.entry(member.column.clone()).or_default().insert(member.final_name.clone());
        }
        for member in references.iter_mut().chain(origin.key_mut()) {
            let is_shared = names.get(&member.column).is_some_and(|finals| finals.len() > 1);
            member.interim = match member.final_name != member.column && !is_shared {
                true => member.final_name.clone(),
                false => self.situation.interim(&member.column, super::NUMBERS),
            };
        }
    }
}

/// What stands behind these words.
fn behind(text: &str, words: &[&str]) -> Option<String> {
    let tokens = Tokens::of(text);
    let (_, mut here) = tokens.words().outermost().find(|(_, here)| here.at(words))?;
    here.take(words);
    here.span().map(|span| span.of(text).to_owned())
}
