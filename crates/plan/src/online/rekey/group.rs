//! The statements of a migration that together change a key and all that refers to it.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, MemberName, Object, ObjectId, QualifiedName};
use limosa_syntax::{
    Command, Directive, FollowsDirective, MemberChange, ObjectAction, ObjectChange, RekeyDirective, Script, SourceFile,
    Span, TableAction, TableRule, Tokens, part_spans,
};

use super::super::expression::RowExpression;
use super::super::refusal::Refusal;
use super::super::situation::Situation;
use super::super::table::Table;
use super::form::Form;
use super::graph::{foreign_keys, referring};
use super::member::Member;

/// A key that gets other values, with all that refers to it.
pub(super) struct Group<'a> {
    pub(super) directive: RekeyDirective,
    pub(super) key: Member<'a>,
    /// Makes an id of those that are in use before, and of those afterwards.
    pub(super) make: [String; 2],
    /// The default of the key at the end.
    pub(super) default: Option<String>,
    pub(super) references: Vec<Member<'a>>,
    /// Foreign keys that are dropped and not added again.
    pub(super) without: BTreeSet<ObjectId>,
    /// What is dropped before the key changes, and what is made behind it.
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
    /// The numbers of its statements in the script.
    pub(super) statements: BTreeSet<usize>,
    /// The statement that changes the key.
    pub(super) span: Span,
}

/// A refusal and the place of what is refused.
pub(in super::super) type Refused = (Span, Refusal);

/// A statement on the way into a group.
struct Candidate<'a> {
    index: usize,
    text: &'a str,
    span: Span,
    command: Command,
    directives: Vec<&'a Directive>,
}

impl Candidate<'_> {
    /// The table and the actions with their texts, where it is an `ALTER TABLE`.
    fn actions(&self) -> Option<(&QualifiedName, Vec<(&TableAction, &str)>)> {
        let Command::AlterTable { table, view: false, actions, .. } = &self.command else { return None };
        let parts = part_spans(self.text);
        let texts = |at: usize| parts.get(at).map_or("", |part| part.of(self.text));
        Some((table, actions.iter().enumerate().map(|(at, action)| (action, texts(at))).collect()))
    }

    fn follows(&self) -> Option<&FollowsDirective> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Follows(follows) => Some(follows),
            _ => None,
        })
    }

    fn rekey(&self) -> Option<&RekeyDirective> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Rekey(rekey) => Some(rekey),
            _ => None,
        })
    }

    fn has_phase(&self) -> bool {
        self.directives.iter().any(|directive| matches!(directive, Directive::Phase(_)))
    }
}

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
        let (mut key, mut references) = self.members()?;
        let columns: BTreeSet<ColumnName> = references.iter().chain([&key]).map(Member::name).collect();
        if columns.len() <= references.len() {
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
                let is_key =
                    |name: &Identifier| table == key.table.name && (*name == key.column || *name == key.final_name);
                let constraint = |name: &Identifier| MemberName { relation: table.clone(), name: name.clone() };
                let touched = |name: &Identifier| {
                    let name = constraint(name);
                    foreign_keys(self.situation.catalog).any(|it| *it.name == name && it.touches(&columns))
                };
                let is_own = match action {
                    TableAction::SetType { column, .. } => member(column).is_some(),
                    TableAction::RenameColumn { from, to } => member(from).is_some_and(|name| {
                        let renamed = references.iter_mut().chain([&mut key]).find(|it| it.name() == *name);
                        renamed.map(|it| it.final_name = to.clone()).is_some()
                    }),
                    TableAction::DropDefault(name) | TableAction::Identity(name) if is_key(name) => {
                        if text.to_ascii_uppercase().contains(" ADD ") {
                            terms.identity = Some((*text).to_owned());
                        }
                        true
                    }
                    TableAction::SetDefault(name) if is_key(name) => {
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
        self.named(&key, &references, &columns, &before)
            .map_err(|refusals| refusals.into_iter().map(|refusal| (self.key.span, refusal)).collect::<Vec<_>>())?;
        let make = self.make(&key, &terms).map_err(at_key)?;
        self.name_interim(&mut key, &mut references);
        let without = dropped.difference(&added).map(|name| ObjectId::Constraint(name.clone())).collect();
        let directive = self.key.rekey().cloned().unwrap_or_default();
        let default = terms.identity.or_else(|| {
            let set = |text| format!("ALTER COLUMN {} SET DEFAULT {text}", key.final_name);
            terms.default.map(set)
        });
        let (statements, span) = (all, self.key.span);
        Ok(Group { directive, key, make, default, references, without, before, after, statements, span })
    }

    /// The columns whose types change under `rekey` and `follows`.
    fn members(&self) -> Result<(Member<'a>, Vec<Member<'a>>), Vec<Refused>> {
        let (mut key, mut references, mut errors) = (None, Vec::new(), Vec::new());
        let key_type = |key: &Option<Member<'_>>| key.as_ref().map(|key| key.old_type().to_owned());
        // The key first: its type says what the others hold.
        let ordered = [self.key].into_iter().chain(self.candidates.iter().filter(|it| it.follows().is_some()));
        for candidate in ordered {
            let types: Vec<(&QualifiedName, &Identifier, &String)> = candidate
                .actions()
                .iter()
                .flat_map(|(table, actions)| actions.iter().map(move |(action, _)| (*table, *action)))
                .filter_map(|(table, action)| match action {
                    TableAction::SetType { column, data_type, .. } => Some((table, column, data_type)),
                    _ => None,
                })
                .collect();
            let [(table, column, data_type)] = types.as_slice() else {
                let why = "the directive stands above a statement that does not change the type of one column";
                errors
                    .push((candidate.span, Refusal::new(why, "write `ALTER TABLE … ALTER COLUMN … TYPE …` under it")));
                continue;
            };
            let plain = FollowsDirective::default();
            let follows = candidate.follows().unwrap_or(&plain);
            match self.member(table, column, data_type, follows, key_type(&key).as_deref()) {
                Ok(member) if candidate.index == self.key.index => key = Some(member),
                Ok(member) => references.push(member),
                Err(refusal) => errors.push((candidate.span, refusal)),
            }
        }
        match key {
            Some(key) if errors.is_empty() => Ok((key, references)),
            _ => Err(errors),
        }
    }

    fn member(
        &self,
        table: &QualifiedName,
        column: &Identifier,
        data_type: &str,
        follows: &FollowsDirective,
        key_type: Option<&str>,
    ) -> Result<Member<'a>, Refusal> {
        let table: Table<'a> = self.situation.table(table)?;
        let (entry, facts) = table.column(column)?;
        super::limits::may_change(&table, column, entry, facts, key_type.is_none())?;
        let form = match key_type {
            Some(key_type) => Form::of(facts.data_type.as_str(), key_type, follows)?,
            None => Form::Value,
        };
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
            condition: follows.condition.as_deref().map(RowExpression::said),
        })
    }

    /// Statements among those of the group that are about something else: what reads the columns goes before they
    /// change, and is made again behind that.
    fn carried(&self, all: &mut BTreeSet<usize>) -> (Vec<String>, Vec<String>) {
        let (first, last) = (all.first().copied().unwrap_or_default(), all.last().copied().unwrap_or_default());
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
        key: &Member<'_>,
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
        for member in references.iter().chain([key]) {
            if let Err(refusal) = super::limits::dependents(member, columns, before) {
                refusals.push(refusal);
            }
        }
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }

    /// What makes ids of both kinds: said, or the column's defaults.
    fn make(&self, key: &Member<'_>, terms: &KeyTerms) -> Result<[String; 2], Refusal> {
        let said = |back: bool| {
            self.key.directives.iter().find_map(|directive| match directive {
                Directive::Forward(text) if !back => Some(RowExpression::said(text).one_line()),
                Directive::Back(text) if back => Some(RowExpression::said(text).one_line()),
                _ => None,
            })
        };
        let new = said(false).or_else(|| terms.default.clone()).ok_or_else(|| {
            Refusal::new(
                "it is not said how new rows get their ids",
                "give the column a default behind its type: `ALTER TABLE … ALTER COLUMN … SET DEFAULT ids.alnum()`, \
                 or say `-- limosa: forward EXPRESSION`",
            )
        })?;
        let of_identity = key.facts.identity.as_ref().map(|identity| {
            format!("pg_catalog.nextval({}::regclass)", limosa_catalog::Literal(&identity.sequence.to_string()))
        });
        let of_default = key.table.default_of(&key.column).map(|(_, text)| text.to_owned());
        let old = said(true).or(of_default).or(of_identity).ok_or_else(|| {
            Refusal::new(
                "it is not known how rows of the new version get an old id, since the column has no default",
                "say it above the statement: `-- limosa: back gen_random_uuid()`",
            )
        })?;
        Ok([old, new])
    }

    /// Names for the columns while both versions live: one that is called otherwise at the end is called so at once, so
    /// that clients of either version find theirs by name. All have the same for the same column's name, so that what
    /// is copied can be told by names.
    fn name_interim(&self, key: &mut Member<'a>, references: &mut [Member<'a>]) {
        let mut names: BTreeMap<Identifier, BTreeSet<Identifier>> = BTreeMap::new();
        for member in references.iter().chain([&*key]) {
            names.entry(member.column.clone()).or_default().insert(member.final_name.clone());
        }
        for member in references.iter_mut().chain([key]) {
            let is_shared = names.get(&member.column).is_some_and(|finals| finals.len() > 1);
            member.interim = match member.final_name != member.column && !is_shared {
                true => member.final_name.clone(),
                false => self.situation.interim(&member.column, super::NUMBERS),
            };
        }
    }
}

/// What is said of the key besides its type.
#[derive(Default)]
struct KeyTerms {
    default: Option<String>,
    /// `ALTER COLUMN … ADD GENERATED …`.
    identity: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    Drops,
    Makes,
}

/// Whether a statement drops or makes what may read a column and holds no rows.
fn carried(candidate: &Candidate<'_>) -> Option<Carried> {
    if candidate.has_phase() {
        return None;
    }
    match &candidate.command {
        Command::CreateView { .. } | Command::Comment { .. } | Command::Grant { .. } => return Some(Carried::Makes),
        Command::AlterTable { view: true, .. } => return Some(Carried::Makes),
        Command::InTable { change: MemberChange::Drop, .. } => return Some(Carried::Drops),
        Command::InTable { .. } => return Some(Carried::Makes),
        _ => {}
    }
    let change = ObjectChange::of(candidate.text)?;
    let is_carried = matches!(change.kind, "VIEW" | "FUNCTION" | "PROCEDURE" | "AGGREGATE" | "ROUTINE");
    match change.action {
        _ if !is_carried => None,
        ObjectAction::Drop { .. } => Some(Carried::Drops),
        _ => Some(Carried::Makes),
    }
}

/// What stands behind these words.
fn behind(text: &str, words: &[&str]) -> Option<String> {
    let tokens = Tokens::of(text);
    let (_, mut here) = tokens.words().outermost().find(|(_, here)| here.at(words))?;
    here.take(words);
    here.span().map(|span| span.of(text).to_owned())
}

/// Whether statements drop an object: one of them says so, and its name.
pub(super) fn drops(statements: &[String], entry: Entry<'_>) -> bool {
    let Some(name) = entry.id().own_name() else { return false };
    statements.iter().any(|text| {
        let tokens = Tokens::of(text);
        let mut words = tokens.words();
        words.take(&["DROP"]) && words.each().any(|(_, mut here)| here.identifier().as_ref() == Some(name))
    })
}

/// Whether an object holds nothing of its own, so that it can be dropped and made again.
pub(super) fn can_be_made_again(object: &Object) -> bool {
    matches!(
        object,
        Object::View(_)
            | Object::Policy(_)
            | Object::Trigger(_)
            | Object::Rule(_)
            | Object::Function(_)
            | Object::Procedure(_)
    )
}

/// What can be made again and reads a column, directly or through others of the kind.
pub(super) fn readers<'a>(catalog: &'a Catalog, columns: &BTreeSet<ColumnName>) -> BTreeSet<&'a ObjectId> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<Entry<'a>> =
        columns.iter().filter_map(|column| catalog.entry(&ObjectId::Column(column.clone()))).collect();
    while let Some(entry) = waiting.pop() {
        for (other, _) in entry.dependents() {
            if can_be_made_again(other.object()) && found.insert(other.id()) {
                waiting.push(other);
            }
        }
    }
    found
}
