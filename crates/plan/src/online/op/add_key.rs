//! Keys, and what is built on each partition before it is the whole's.

use limosa_catalog::{Identifier, Literal, ObjectId, ObjectName};
use limosa_syntax::{TableConstraint, TableRule, Tokens};

use super::super::not_null::{Refusing, not_null_name};
use super::super::partitions::{IndexOfParts, Made, parts, refuse_across_partitions, take_over_foreign_keys};
use super::super::phases::{Growth, OnlineCheck, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::way_back::{goes_with, made_again};
use super::add_constraint::Adding;
use super::create_index::concurrent;
use crate::null::is_not_null;

impl Adding<'_> {
    /// Rows that the key would not tell apart.
    pub(super) fn twice(&self, columns: &[Identifier]) -> Option<OnlineCheck> {
        let table = &self.table.name;
        let (rows, _) = self.situation.rows_to_be(self.table, columns)?;
        let list: Vec<String> = columns.iter().map(Identifier::to_string).collect();
        let list = list.join(", ");
        let set: Vec<String> = columns.iter().map(is_not_null).collect();
        Some(OnlineCheck {
            query: format!(
                "SELECT ROW({list})::text FROM {rows} WHERE {} GROUP BY {list} HAVING count(*) > 1 LIMIT 1",
                set.join(" AND ")
            ),
            found: format!("two rows of {} have the same key", table.name.for_people()),
            help: "mend the rows in a migration before".to_owned(),
        })
    }

    pub(super) fn has_primary_key(&self) -> bool {
        !self.table.key().is_empty()
    }

    /// The statements that make a key whose index gets the first name until it has the second.
    pub(super) fn key(
        &self,
        primary: bool,
        columns: &[Identifier],
        (said, interim, name): (&TableRule, &Identifier, &Identifier),
    ) -> Result<Key, Refusal> {
        let table = &self.table.name;
        let before = self.not_null(&self.key_columns(said).unwrap_or_default())?;
        let KeyWords { kind, list, properties, rest } = self.key_words(primary, columns);
        let own = if primary && self.has_primary_key() { name } else { interim };
        Ok(Key {
            before,
            index: format!("CREATE UNIQUE INDEX CONCURRENTLY {interim} ON {table} ({list}){properties}"),
            add: format!("ALTER TABLE {table} ADD CONSTRAINT {own} {kind} USING INDEX {interim}{rest}"),
        })
    }

    /// Lets an index be there again that a constraint takes over, and that would go with it. One that the migration
    /// makes itself goes anyhow.
    pub(super) fn gives_back(&self, phases: &mut Phases, index: &Identifier) {
        let table = &self.table.name;
        let name = ObjectName { schema: table.schema.clone(), name: index.clone() };
        let Some(entry) = self.situation.catalog.entry(&ObjectId::Index(name.clone())) else { return };
        // It comes with the way back of what drops it.
        if self.situation.is_dropped(entry.id()) {
            return;
        }
        let again = made_again(self.situation, &goes_with([entry], false)).unwrap_or_default();
        let Some((make, rest)) = again.split_first() else { return };
        if phases.contract.is_empty() {
            let there = |name: &ObjectName| format!("pg_catalog.to_regclass({})", Literal(&name.to_string()));
            phases.abort.push(format!(
                "DO $limosa$ BEGIN IF {} IS NOT NULL AND {} IS NULL THEN {}; END IF; END $limosa$",
                there(table),
                there(&name),
                again.join("; ")
            ));
            let index = index.for_people();
            phases.remarks.push(format!("an abort makes index {index} again, and writes wait until it is built"));
        }
        // Its name is free when the constraint has gone, and who needs it has it before.
        let interim = self.situation.interim(index, self.work.place + 1);
        phases.reverse.insert(0, format!("{};", concurrent(make, &interim)));
        let interim = ObjectName { schema: table.schema.clone(), name: interim };
        phases.reverse.push(format!("ALTER INDEX {interim} RENAME TO {index};"));
        phases.reverse.extend(rest.iter().map(|sql| format!("-- limosa: phase contract\n{sql};")));
    }

    /// The columns of a primary key, as the statement calls them; `None` where it is none.
    pub(super) fn key_columns(&self, said: &TableRule) -> Option<Vec<Identifier>> {
        match said {
            TableRule::Key { primary: true, columns } => Some(columns.clone()),
            TableRule::KeyUsingIndex { primary: true, index } => {
                let index = ObjectName { schema: self.table.name.schema.clone(), name: index.clone() };
                Some(self.situation.columns_of_index(&index))
            }
            _ => None,
        }
    }

    /// Whether a column allows null so far.
    fn allows_null(&self, column: &Identifier) -> bool {
        let lasting = self.situation.lasting_of(self.table, column).map(|it| it.is);
        let facts = lasting.and_then(|is| self.table.column(&is).ok()).or_else(|| self.table.column(column).ok());
        facts.is_some_and(|(_, facts)| facts.not_null.is_none())
    }

    /// Columns of a primary key that allow null so far, and go back to that with it.
    pub(super) fn nullable(&self, columns: &[Identifier]) -> Vec<Identifier> {
        columns.iter().filter(|column| self.allows_null(column)).cloned().collect()
    }

    /// What makes the columns of a primary key refuse null.
    pub(super) fn not_null(&self, columns: &[Identifier]) -> Result<Vec<String>, Refusal> {
        let table = &self.table.name;
        let mut steps = Vec::new();
        for said in columns {
            let is_new = self.situation.added(table).contains(said);
            if !is_new && self.situation.lasting_of(self.table, said).is_none() {
                self.table.column(said)?;
            }
            if is_new || self.allows_null(said) {
                let lasting = self.situation.lasting_of(self.table, said).map_or_else(|| said.clone(), |it| it.is);
                let column = self.table.column_name(&lasting);
                let proof = self.situation.interim(said, self.work.place + 1);
                let own = not_null_name(&self.table.column_name(said)).unwrap_or_else(|| proof.clone());
                let major = self.situation.catalog.major();
                steps.extend(Refusing { column: &column, major, name: &own, proof: &proof }.steps());
            }
        }
        Ok(steps)
    }

    /// The key in words.
    fn key_words(&self, primary: bool, columns: &[Identifier]) -> KeyWords {
        let text = &self.work.action_text;
        let tokens = Tokens::of(text);
        let mut words = tokens.words();
        while !words.at_any(&["PRIMARY", "UNIQUE"]) && words.peek().is_some() {
            words.next();
        }
        words.take(&["PRIMARY", "KEY"]);
        words.take(&["UNIQUE"]);
        let nulls = if words.take(&["NULLS", "NOT", "DISTINCT"]) { " NULLS NOT DISTINCT" } else { "" };
        words.take(&["NULLS", "DISTINCT"]);
        words.parenthesised();
        let include = match words.take(&["INCLUDE"]) {
            true => words.parenthesised().and_then(|list| list.span()).map(|span| span.of(text)),
            false => None,
        };
        let include = include.map(|list| format!(" INCLUDE ({list})")).unwrap_or_default();
        let with = match words.take(&["WITH"]) {
            true => words.parenthesised().and_then(|list| list.span()).map(|span| span.of(text)),
            false => None,
        };
        let with = with.map(|list| format!(" WITH ({list})")).unwrap_or_default();
        let list: Vec<String> = columns.iter().map(Identifier::to_string).collect();
        KeyWords {
            kind: if primary { "PRIMARY KEY" } else { "UNIQUE" },
            list: list.join(", "),
            properties: format!("{include}{nulls}{with}"),
            rest: words.span().map(|span| format!(" {}", span.of(text))).unwrap_or_default(),
        }
    }

    /// Of each partition, and then of the whole, which takes what it finds.
    pub(super) fn of_parts(
        &self,
        mut phases: Phases,
        constraint: &TableConstraint,
        name: &Identifier,
    ) -> Result<Phases, Refusal> {
        let table = &self.table.name;
        if let TableRule::Key { primary, columns } = &constraint.rule {
            if *primary && self.has_primary_key() {
                return Err(Refusal::new(
                    "the table is partitioned, and its primary key cannot be built beside the old one",
                    "drop the old one in a migration before",
                ));
            }
            refuse_across_partitions(self.table, columns)?;
            phases.checks.extend(self.twice(columns));
            phases.growth.push(Growth::Index { table: table.clone(), columns: columns.clone() });
            let KeyWords { kind, list, properties, rest } = self.key_words(*primary, columns);
            let joined = columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join("_");
            let label = if *primary { (None, "pkey") } else { (Some(joined.as_str()), "key") };
            let index = IndexOfParts { situation: self.situation, table: self.table, name, label };
            let (steps, abort) = index.plan(|table, name| {
                let index = ObjectName { schema: table.schema.clone(), name: name.clone() };
                let add = format!("ADD CONSTRAINT {name} {kind}");
                Made {
                    whole: vec![format!("ALTER TABLE ONLY {table} {add} ({list}){properties}{rest}")],
                    part: vec![
                        format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({list}){properties}"),
                        format!("ALTER TABLE {table} {add} USING INDEX {name}{rest}"),
                    ],
                    undo: vec![
                        format!("ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {name}"),
                        format!("DROP INDEX IF EXISTS {index}"),
                    ],
                }
            });
            let refusing = self.not_null(&self.key_columns(&constraint.rule).unwrap_or_default())?;
            phases.complete = refusing.into_iter().map(OnlineStep::Alone).collect();
            phases.complete.extend(steps);
            // The key goes before its columns allow null again.
            phases.abort.splice(0..0, abort);
            return Ok(phases);
        }
        let definition = self.definition(constraint);
        phases.checks.extend(self.broken(constraint));
        for part in parts(self.table).iter().filter(|part| !part.table.is_partitioned()) {
            let part = &part.table.name;
            phases.complete.extend(
                [
                    format!("ALTER TABLE {part} ADD CONSTRAINT {name} {definition} NOT VALID"),
                    format!("ALTER TABLE {part} VALIDATE CONSTRAINT {name}"),
                ]
                .map(OnlineStep::Alone),
            );
            phases.abort.push(format!("ALTER TABLE IF EXISTS {part} DROP CONSTRAINT IF EXISTS {name}"));
        }
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}");
        phases.complete.push(match &constraint.rule {
            TableRule::ForeignKey { references, .. } => take_over_foreign_keys(references, add),
            _ => OnlineStep::Alone(add),
        });
        Ok(phases)
    }
}

/// A key as it comes about.
pub(super) struct Key {
    /// What comes first.
    pub(super) before: Vec<String>,
    /// Builds its index.
    pub(super) index: String,
    /// Makes the index the key's.
    pub(super) add: String,
}

/// A key in words.
struct KeyWords {
    kind: &'static str,
    /// Its columns.
    list: String,
    /// What the index has of it.
    properties: String,
    /// What only the constraint has.
    rest: String,
}
