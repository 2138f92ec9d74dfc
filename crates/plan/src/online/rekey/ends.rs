//! What has to be so before the old ids go, and the two ends.

use std::collections::BTreeSet;

use limosa_catalog::{Entry, Identifier, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Command, ObjectChange, TokenKind, Tokens, Words};

use super::super::ahead::{Filled, ahead, calls};
use super::super::numbering::owned_sequence;
use super::super::phases::{Ahead, Made, OnlineCheck};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, object_for_people};
use super::super::sync::unequal;
use super::form::Form;
use super::group::Group;
use super::member::Member;
use super::{ROW, Rekey, graph};

impl Rekey<'_> {
    /// That both values of a column mean the same in every row.
    pub(super) fn agrees(&self, member: &Member<'_>) -> OnlineCheck {
        let (map, [by, gives]) = (&self.map, self.map.sides());
        let Member { table, column, interim, .. } = member;
        let is_key = self.group.key().is_some_and(|key| std::ptr::eq(member, key));
        let is_text = member.asks_for_texts(self.group.old_type());
        let query = if member.form == Form::Value && !is_text {
            let refers = member.refers(ROW).map(|refers| format!(" AND {refers}")).unwrap_or_default();
            format!(
                "SELECT {ROW}.{column}::text FROM {} AS {ROW} LEFT JOIN {} AS limosa_map \
                 ON limosa_map.{by} = {ROW}.{column} WHERE ({ROW}.{column} IS NULL) <> ({ROW}.{interim} IS NULL) \
                 OR {ROW}.{column} IS NOT NULL AND {}{refers} LIMIT 1",
                table.name,
                map.name,
                unequal(
                    &format!("limosa_map.{gives}::{}", member.new_type),
                    &format!("{ROW}.{interim}::{}", member.new_type)
                )
            )
        } else {
            let refers = member.refers(ROW).unwrap_or_else(|| "true".to_owned());
            format!(
                "SELECT {ROW}.{column}::text FROM {} AS {ROW} WHERE ({ROW}.{column} IS NULL) <> ({ROW}.{interim} IS \
                 NULL) OR {refers} AND EXISTS (SELECT FROM {} AS limosa_old (id, place) FULL JOIN {} AS limosa_new \
                 (id, place) ON limosa_new.place = limosa_old.place LEFT JOIN {} AS limosa_map \
                 ON limosa_map.{by}::text = limosa_old.id WHERE coalesce(limosa_map.{gives}::text, limosa_old.id) \
                 IS DISTINCT FROM limosa_new.id) LIMIT 1",
                table.name,
                member.form.texts(&format!("{ROW}.{column}")),
                member.form.texts(&format!("{ROW}.{interim}")),
                map.name
            )
        };
        let people = object_for_people(&table.name);
        let found = match is_key {
            true => format!("the map does not have the ids of a row of {people}"),
            false => format!("a row of {people} refers by {} to another row in each version", column.for_people()),
        };
        let help = "somebody disabled the triggers that keep both in step: write the row anew, or abort".to_owned();
        OnlineCheck { query, found, help }
    }

    /// That the way back gives the values that are there.
    pub(super) fn comes_back(&self, member: &Member<'_>) -> Option<OnlineCheck> {
        let (table, column) = (&member.table.name, &member.column);
        let types = [self.group.old_type(), self.group.new_type()];
        let value = format!("{ROW}.{column}");
        let otherwise = member.form.comes_back_otherwise(&value, types)?;
        let refers = member.refers(ROW).map(|refers| format!(" AND {refers}")).unwrap_or_default();
        // What is no id stays as it is. Where the map is yet to come from elsewhere, nobody knows.
        let ids = match (self.map.back, self.group.key()) {
            (true, _) => Some((&self.map.name, self.map.sides()[0].to_owned())),
            (false, Some(key)) => Some((&key.table.name, key.column.to_string())),
            (false, None) => None,
        };
        let is_id = ids.map(|(ids, id)| {
            let texts = member.form.texts(&value);
            format!(
                " AND EXISTS (SELECT FROM {ids} AS limosa_ids JOIN {texts} AS limosa_old (id, place) \
                 ON limosa_ids.{id}::text = limosa_old.id)"
            )
        });
        let is_id = is_id.unwrap_or_default();
        let people = object_for_people(table);
        Some(OnlineCheck {
            query: format!(
                "SELECT {ROW}.{column}::text FROM {table} AS {ROW} WHERE {otherwise}{refers}{is_id} LIMIT 1"
            ),
            found: format!(
                "{} of a row of {people} has an id of type {} as a JSON value of another type, and would come back as \
                 what others are",
                column.for_people(),
                types[0]
            ),
            help: "write ids the same in all rows before, or leave such rows out: `-- limosa: follows at … where …`"
                .to_owned(),
        })
    }

    pub(super) fn contract(&self, drop_syncs: &[String], settle: &[String]) -> Vec<String> {
        let group = self.group;
        let tables: Vec<String> = self.tables().into_iter().map(ToString::to_string).collect();
        // Views before their tables, as whoever reads through them takes the locks: otherwise each waits for the other.
        let mut sql = group.before.clone();
        sql.push(format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", ")));
        sql.extend(drop_syncs.iter().cloned());
        let columns = self.members().map(Member::name).collect();
        for foreign in graph::foreign_keys(self.situation.catalog).filter(|foreign| foreign.touches(&columns)) {
            sql.push(format!("ALTER TABLE {} DROP CONSTRAINT {}", foreign.name.relation, foreign.name.name));
        }
        let sequence = group.key().map(|key| owned_sequence(self.situation, &key.table, &key.column, &key.interim));
        sql.extend(sequence.unwrap_or_default());
        for member in self.members() {
            let Member { table, column, interim, final_name, .. } = member;
            sql.push(format!("ALTER TABLE {} DROP COLUMN {column}", table.name));
            if interim != final_name {
                sql.push(format!("ALTER TABLE {} RENAME COLUMN {interim} TO {final_name}", table.name));
            }
        }
        sql.extend(settle.iter().cloned());
        let default = group.key().zip(group.default.as_ref());
        sql.extend(default.map(|(key, action)| format!("ALTER TABLE {} {action}", key.table.name)));
        sql.extend(self.again.0.iter().cloned());
        if self.map.back {
            sql.push(format!("DROP TABLE {}", self.map.name));
        }
        sql
    }

    /// What refers to the key goes before the key.
    pub(super) fn abort(&self, mut sql: Vec<String>) -> Vec<String> {
        for member in self.group.references.iter().rev().chain(self.group.key()) {
            let Member { table, interim, .. } = member;
            sql.push(format!("ALTER TABLE IF EXISTS {} DROP COLUMN IF EXISTS {interim}", table.name));
        }
        if !self.map.back {
            sql.push(format!("DROP TABLE IF EXISTS {}", self.map.name));
        }
        sql
    }
}

/// What is made again behind the key: the statements of contract, and those that are run ahead since they make what
/// holds rows, or what that may read.
pub(super) fn again(situation: &Situation<'_>, group: &Group<'_>) -> Result<(Vec<String>, Vec<Ahead>), Refusal> {
    let commands: Vec<Command> = group.after.iter().map(|text| Command::of(text)).collect();
    if !commands.iter().any(|command| matches!(command, Command::CreateTableAs { .. })) {
        return Ok((group.after.clone(), Vec::new()));
    }
    let needed = read_by_rows(situation, &commands);
    let mut made: BTreeSet<ObjectName> = BTreeSet::new();
    let (mut sql, mut all) = (Vec::new(), Vec::new());
    for (text, command) in group.after.iter().zip(&commands) {
        let resolved = |name: &QualifiedName| situation.resolve(name);
        let (makes, about) = match command {
            Command::CreateTableAs { name, .. } | Command::CreateView { name, .. } => {
                (resolved(name).filter(|name| needed.contains(name)), None)
            }
            Command::CreateIndex { name, table, .. } => {
                let index = resolved(table).zip(name.clone());
                (index.map(|(table, name)| ObjectName { schema: table.schema, name }), resolved(table))
            }
            Command::AlterTable { table, .. } | Command::InTable { table, .. } => (None, resolved(table)),
            Command::AlterIndex { index, .. } => (None, resolved(index)),
            Command::Comment { relation, .. } => (None, resolved(relation)),
            Command::CreateStatistics { tables, .. } | Command::Grant { tables } => {
                (None, tables.first().and_then(resolved))
            }
            _ => (None, None),
        };
        let is_ahead = match about {
            Some(about) => made.contains(&about),
            None => makes.is_some(),
        };
        if !is_ahead {
            sql.push(text.clone());
            continue;
        }
        refuse_calls(situation, group, text)?;
        made.extend(makes);
        let one = ahead(situation, text, Filled::AsSaid)?;
        sql.extend(one.makes.as_ref().map(Made::settle));
        all.push(one);
    }
    Ok((sql, all))
}

/// The materialized views that are made, and the views that those read.
fn read_by_rows(situation: &Situation<'_>, commands: &[Command]) -> BTreeSet<ObjectName> {
    let mut needed = BTreeSet::new();
    // What reads stands behind what it reads.
    for command in commands.iter().rev() {
        let (name, reads, is_rows) = match command {
            Command::CreateTableAs { name, reads, .. } => (name, reads, true),
            Command::CreateView { name, reads, .. } => (name, reads, false),
            _ => continue,
        };
        let Some(name) = situation.resolve(name) else { continue };
        if is_rows || needed.contains(&name) {
            needed.insert(name);
            needed.extend(reads.iter().filter_map(|read| situation.resolve(read)));
        }
    }
    needed
}

/// Refuses what is made ahead and calls a routine that is made with contract.
fn refuse_calls(situation: &Situation<'_>, group: &Group<'_>, text: &str) -> Result<(), Refusal> {
    let tokens = Tokens::of(text);
    let called = |mut here: Words<'_>| here.identifier().filter(|_| here.at_kind(TokenKind::LeftParen));
    let called: BTreeSet<Identifier> = tokens.words().each().filter_map(|(_, here)| called(here)).collect();
    let made = group.after.iter().filter_map(|text| ObjectChange::of(text));
    let made = made.filter(|change| matches!(change.kind, "FUNCTION" | "PROCEDURE"));
    let Some(name) = made.flat_map(|change| change.names).find(|name| called.contains(&name.name)) else {
        return Ok(());
    };
    let is_it = |entry: &Entry<'_>| {
        let is_routine = matches!(entry.id(), ObjectId::Function(_) | ObjectId::Procedure(_));
        is_routine && entry.id().own_name() == Some(&name.name)
    };
    match situation.catalog.iter().find(is_it) {
        Some(entry) => Err(calls(entry.id())),
        None => Ok(()),
    }
}
