//! A key that gets other values, with all that refers to it: `-- limosa: rekey` and `-- limosa: follows`.
//!
//! The statements of a group ([`group`]) are one operation. Every column of it ([`member`]) stands beside its copy
//! while both versions live; a map ([`map`]) holds each id as it was and as it is, and triggers ([`trigger`]) translate
//! through it whichever side a client writes. So a client may know old ids or new ones, may write what refers to a row
//! before the row, and finds the same row by either. With contract the copies take the columns' places, and the map
//! stays.

mod draft;
mod form;
mod graph;
mod group;
mod limits;
mod map;
mod member;
mod statements;
mod trigger;

use std::cell::Cell;
use std::collections::BTreeSet;

use limosa_catalog::kind::column::Column;
use limosa_catalog::{Identifier, ObjectName, QualifiedName};
use limosa_syntax::{Script, SourceFile};

use super::copy::{Copied, CopiedColumn, Copy, Extent};
use super::family;
use super::numbering::owned_sequence;
use super::op::of_type;
use super::phases::{OldName, OnlineCheck, OnlineStep, Phases};
use super::refusal::Refusal;
use super::replication::no_subscriber;
use super::situation::{Situation, object_for_people};
use super::sync::unequal;
use super::table::Table;
use form::{Form, takes_any};
use group::Group;
use map::{Map, Side};
use member::Member;
use trigger::TableSync;

pub use draft::{RekeyAsk, RekeyDraft, RekeyEdge, SoftReference, draft_rekey};
pub(super) use group::Refused;

/// Numbers in the names of what it makes begin here; those of other operations are smaller.
const NUMBERS: usize = 1_000;

/// What the table is called in queries over its rows.
const ROW: &str = "limosa_row";

/// The statements of a script that change a key together.
pub(super) struct Together {
    pub(super) phases: Phases,
    /// Their numbers in the script.
    pub(super) statements: BTreeSet<usize>,
}

/// The statements of a script that change a key; `None` where there are none.
pub(super) fn phases(
    situation: &Situation<'_>,
    source: &SourceFile,
    script: &Script,
) -> Option<Result<Together, Vec<Refused>>> {
    Some(group::read(situation, source, script)?.and_then(|group| {
        let rekey = Rekey::new(situation, &group);
        let phases = rekey.and_then(|rekey| rekey.phases()).map_err(|refusal| vec![(group.span, refusal)])?;
        Ok(Together { phases, statements: group.statements.clone() })
    }))
}

/// One change of a key.
struct Rekey<'a> {
    situation: &'a Situation<'a>,
    group: &'a Group<'a>,
    map: Map,
    /// Numbers given to names so far.
    named: Cell<usize>,
    /// Partitions of tables that refer to the key, each with the place of its table's column.
    partitions: Vec<(usize, Table<'a>, Column)>,
}

impl<'a> Rekey<'a> {
    fn new(situation: &'a Situation<'a>, group: &'a Group<'a>) -> Result<Self, Refusal> {
        let key = &group.key;
        situation.changes(key.name())?;
        for member in &group.references {
            situation.changes(member.name())?;
        }
        let schema = &situation.settings.history_schema;
        let function = |name: &str| -> Result<ObjectName, Refusal> {
            let name = Identifier::new(name).map_err(|error| Refusal::new(error.to_string(), "this cannot be"))?;
            Ok(ObjectName { schema: (*schema).clone(), name: situation.interim(&name, NUMBERS) })
        };
        let [make_old, make_new] = group.make.clone();
        let by_text = group.references.iter().any(|it| {
            it.asks_for_texts(key.old_type()) || it.form.asks_for_texts(&it.new_type, &key.new_type, it.is_loose)
        });
        let name = match &group.directive.map {
            Some(name) => name.as_str().to_owned(),
            None => key.table.name.name.as_str().to_owned(),
        };
        let name = Identifier::new(format!("map_{name}"))
            .map_err(|error| Refusal::new(error.to_string(), "give the map a shorter name: `rekey map NAME`"))?;
        let map = Map {
            name: ObjectName { schema: (*schema).clone(), name },
            back: group.directive.back,
            from: Side {
                data_type: key.old_type().to_owned(),
                make: make_old,
                functions: [function("old_id")?, function("old_id_text")?],
            },
            to: Side {
                data_type: key.new_type.clone(),
                make: make_new,
                functions: [function("new_id")?, function("new_id_text")?],
            },
            by_text,
            table: key.table.name.clone(),
            columns: [key.column.to_string(), key.interim.to_string()],
            search_path: situation.search_path.clone(),
        };
        let mut partitions = Vec::new();
        for (at, member) in group.references.iter().enumerate() {
            for (name, _) in family::partitions(member.table.entry) {
                let table = situation.table(&QualifiedName { schema: Some(name.schema), name: name.name })?;
                let (_, facts) = table.column(&member.column)?;
                let facts = of_type(facts, &member.new_type);
                partitions.push((at, table, facts));
            }
        }
        Ok(Self { situation, group, map, named: Cell::new(0), partitions })
    }

    fn members(&self) -> impl Iterator<Item = &Member<'a>> {
        [&self.group.key].into_iter().chain(&self.group.references)
    }

    /// The tables, that of the key first.
    fn tables(&self) -> Vec<&ObjectName> {
        let mut seen = BTreeSet::new();
        self.members().map(|member| &member.table.name).filter(|name| seen.insert(*name)).collect()
    }

    fn copy(&self) -> Result<Copy, Refusal> {
        let interim = |name: &Identifier| {
            self.named.set(self.named.get() + 1);
            self.situation.interim(name, NUMBERS + self.named.get())
        };
        let mut columns: Vec<CopiedColumn<'_>> = self
            .members()
            .map(|member| CopiedColumn {
                table: &member.table,
                column: &member.column,
                name: &member.interim,
                facts: Column { identity: None, ..of_type(member.facts, &member.new_type) },
            })
            .collect();
        columns.extend(self.partitions.iter().filter_map(|(at, table, facts)| {
            let member = self.group.references.get(*at)?;
            Some(CopiedColumn { table, column: &member.column, name: &member.interim, facts: facts.clone() })
        }));
        Copied { columns, extent: Extent::All, interim: &interim, without: &self.group.without }.plan(self.situation)
    }

    /// The triggers of each table. `functions` has a name for each.
    fn syncs<'s>(&'s self, functions: &'s [(ObjectName, [Identifier; 2])]) -> Vec<TableSync<'s>> {
        let sync = |(table, (function, triggers)): (&'s ObjectName, &'s (ObjectName, [Identifier; 2]))| TableSync {
            table,
            key: Some(&self.group.key).filter(|key| key.table.name == *table),
            references: self.group.references.iter().filter(|it| it.table.name == *table).collect(),
            map: &self.map,
            function,
            triggers: triggers.clone(),
        };
        self.tables().into_iter().zip(functions).map(sync).collect()
    }

    fn trigger_names(&self) -> Vec<(ObjectName, [Identifier; 2])> {
        let names = self.tables().into_iter().map(|table| {
            let next = || {
                self.named.set(self.named.get() + 1);
                self.situation.trigger(&table.name, NUMBERS + self.named.get())
            };
            let ((on_insert, function), (on_update, _)) = (next(), next());
            (function, [on_insert, on_update])
        });
        names.collect()
    }

    fn phases(&self) -> Result<Phases, Refusal> {
        let group = self.group;
        let key = &group.key;
        let copy = self.copy()?;
        let names = self.trigger_names();
        let syncs = self.syncs(&names);
        let together = |sql: Vec<String>| OnlineStep::Together(sql);
        let mut expand = vec![together(self.map.create()), together(self.map.create_functions())];
        expand.extend(copy.add.into_iter().map(OnlineStep::Alone));
        expand.extend(syncs.iter().map(|sync| together(sync.create())));
        let drop_syncs: Vec<String> = syncs.iter().flat_map(TableSync::drop).chain(self.map.drop_functions()).collect();
        let mut checks: Vec<OnlineCheck> = self.tables().into_iter().map(no_subscriber).collect();
        checks.extend(self.map_is_free());
        let people = object_for_people(&key.table.name);
        let remarks = vec![
            format!("the map of old and new ids is the table {}", object_for_people(&self.map.name)),
            format!("until contract the new id stands in the column {} of {people}", key.interim.for_people()),
        ];
        Ok(Phases {
            about: format!(
                "re-key {people}.{} and {} that refer to it",
                key.column.for_people(),
                columns_in_words(group.references.len())
            ),
            checks,
            expand,
            backfill: self.backfill(),
            complete: copy.complete,
            remaining: self.members().map(|member| self.agrees(member)).collect(),
            contract: self.contract(&drop_syncs, &copy.settle),
            abort: self.abort(drop_syncs),
            reverse: statements::reverse(self.situation, group, &self.map)?,
            watched: self.members().map(Member::name).collect(),
            passing: self.members().map(|member| member.table.column_name(&member.interim)).collect(),
            shows: self.members().flat_map(Member::shown).collect(),
            old_names: self
                .members()
                .filter(|member| member.final_name != member.column)
                .map(|member| OldName { table: member.table.name.name.clone(), column: Some(member.column.clone()) })
                .collect(),
            remarks,
            ..Phases::default()
        })
    }

    /// A map that leads to new ids is made; one that leads back is there, or knows of no row.
    fn map_is_free(&self) -> Option<OnlineCheck> {
        let name = limosa_catalog::Literal(&self.map.name.to_string()).to_string();
        (!self.map.back).then(|| OnlineCheck {
            query: format!("SELECT {name} WHERE pg_catalog.to_regclass({name}) IS NOT NULL"),
            found: "there is a map of that name, of an earlier re-key".to_owned(),
            help: "give this one another name, `-- limosa: rekey map NAME`, or drop that one".to_owned(),
        })
    }

    fn backfill(&self) -> Vec<OnlineStep> {
        let (map, key) = (&self.map, &self.group.key);
        let (name, [by, gives]) = (&map.name, map.sides());
        let (table, column, interim) = (&key.table.name, &key.column, &key.interim);
        let batches = |sql: String| OnlineStep::Batches { sql, words: String::new() };
        let mut steps = Vec::new();
        if map.back {
            steps.push(batches(format!(
                "UPDATE {table} AS {ROW} SET {interim} = limosa_map.{gives} FROM {name} AS limosa_map \
                 WHERE limosa_map.{by} = {ROW}.{column} AND {ROW}.{interim} IS NULL"
            )));
        }
        steps.push(match &self.group.directive.generate {
            Some(generator) => OnlineStep::Batches {
                sql: format!("UPDATE {table} SET {interim} = DEFAULT WHERE {interim} IS NULL"),
                words: format!("generate {interim}={generator}"),
            },
            None => batches(format!("UPDATE {table} SET {interim} = {} WHERE {interim} IS NULL", map.to.make)),
        });
        steps.push(batches(format!(
            "INSERT INTO {name} ({by}, {gives}) SELECT {ROW}.{column}, {ROW}.{interim} FROM {table} AS {ROW} \
             WHERE {ROW}.{interim} IS NOT NULL ON CONFLICT DO NOTHING"
        )));
        // Never looked at, it would be thought to be small.
        steps.push(OnlineStep::Alone(format!("ANALYZE {name}")));
        for member in &self.group.references {
            // A partitioned table has no order of its own pages.
            let leaves: Vec<ObjectName> = family::leaves(member.table.entry).map(|(name, _)| name).collect();
            let tables = if member.table.is_partitioned() { leaves } else { vec![member.table.name.clone()] };
            for table in tables {
                if self.may_be_unknown(member) {
                    // Whoever wrote here before the map knew all ids has come to an end.
                    steps.push(OnlineStep::Together(vec![format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")]));
                }
                steps.extend(self.fill(member, &table).into_iter().map(batches));
                steps.extend(self.late(member, &table).into_iter().map(batches));
            }
        }
        steps
    }

    /// Whether a client may have written an id that the map did not know yet, as a text that could be anything else.
    fn may_be_unknown(&self, member: &Member<'_>) -> bool {
        let key_type = self.group.key.old_type();
        member.is_loose && takes_any(key_type) && member.asks_for_texts(key_type)
    }

    /// What gives rows their values that clients wrote before the map knew the ids in them: those stand as they are on
    /// both sides.
    fn late(&self, member: &Member<'_>, table: &ObjectName) -> Vec<String> {
        let (map, [from, to]) = (&self.map, self.map.sides());
        let Member { column, interim, .. } = member;
        let late = |set: &Identifier, value: String, [by, gives]: [&str; 2]| {
            let refers = member.refers(ROW).map(|refers| format!("{refers} AND ")).unwrap_or_default();
            format!(
                "UPDATE {table} AS {ROW} SET {set} = {value} WHERE {refers}EXISTS (SELECT FROM {} AS limosa_old (id, \
                 place) JOIN {} AS limosa_new (id, place) ON limosa_new.place = limosa_old.place \
                 AND limosa_new.id = limosa_old.id JOIN {} AS limosa_map ON limosa_map.{by}::text = limosa_old.id \
                 WHERE limosa_map.{gives}::text <> limosa_old.id)",
                member.form.texts(&format!("{ROW}.{column}")),
                member.form.texts(&format!("{ROW}.{interim}")),
                map.name
            )
        };
        let forward = self.may_be_unknown(member).then(|| late(interim, member.forward(map, ROW), [from, to]));
        let knows_texts = takes_any(&self.group.key.new_type) && self.may_be_unknown(member);
        let back = knows_texts.then(|| late(column, member.back(map, ROW), [to, from]));
        forward.into_iter().chain(back).collect()
    }

    /// What gives rows of a table that refers to the key their new values.
    fn fill(&self, member: &Member<'_>, table: &ObjectName) -> Vec<String> {
        let (map, [by, gives]) = (&self.map, self.map.sides());
        let Member { column, interim, .. } = member;
        let mut sql = Vec::new();
        let is_text = member.asks_for_texts(self.group.key.old_type());
        if member.form == Form::Value {
            let cast = if is_text { "::text" } else { "" };
            let to = if is_text { format!("::text::{}", member.new_type) } else { String::new() };
            let refers = member.refers(ROW).map(|refers| format!(" AND {refers}")).unwrap_or_default();
            sql.push(format!(
                "UPDATE {table} AS {ROW} SET {interim} = limosa_map.{gives}{to} FROM {} AS limosa_map \
                 WHERE limosa_map.{by}{cast} = {ROW}.{column}{cast} AND {ROW}.{interim} IS NULL{refers}",
                map.name
            ));
        }
        if !self.is_held(member) {
            sql.push(format!(
                "UPDATE {table} AS {ROW} SET {interim} = {} WHERE {ROW}.{interim} IS NULL \
                 AND {ROW}.{column} IS NOT NULL",
                member.forward(map, ROW)
            ));
        }
        sql
    }

    /// Whether a foreign key has seen to it that each of its values is an id.
    fn is_held(&self, member: &Member<'_>) -> bool {
        let name = member.name();
        member.condition.is_none()
            && graph::foreign_keys(self.situation.catalog)
                .filter(|foreign| !foreign.constraint.not_valid && !foreign.constraint.not_enforced)
                .any(|foreign| foreign.pairs().any(|(own, _)| own == name))
    }

    /// That both values of a column mean the same in every row.
    fn agrees(&self, member: &Member<'_>) -> OnlineCheck {
        let (map, [by, gives]) = (&self.map, self.map.sides());
        let Member { table, column, interim, .. } = member;
        let is_key = std::ptr::eq(member, &self.group.key);
        let is_text = member.asks_for_texts(self.group.key.old_type());
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

    fn contract(&self, drop_syncs: &[String], settle: &[String]) -> Vec<String> {
        let group = self.group;
        let key = &group.key;
        let tables: Vec<String> = self.tables().into_iter().map(ToString::to_string).collect();
        // Views before their tables, as whoever reads through them takes the locks: otherwise each waits for the other.
        let mut sql = group.before.clone();
        sql.push(format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", ")));
        sql.extend(drop_syncs.iter().cloned());
        let columns = self.members().map(Member::name).collect();
        for foreign in graph::foreign_keys(self.situation.catalog).filter(|foreign| foreign.touches(&columns)) {
            sql.push(format!("ALTER TABLE {} DROP CONSTRAINT {}", foreign.name.relation, foreign.name.name));
        }
        sql.extend(owned_sequence(&key.table, &key.column, &key.interim));
        for member in self.members() {
            let Member { table, column, interim, final_name, .. } = member;
            sql.push(format!("ALTER TABLE {} DROP COLUMN {column}", table.name));
            if interim != final_name {
                sql.push(format!("ALTER TABLE {} RENAME COLUMN {interim} TO {final_name}", table.name));
            }
        }
        sql.extend(settle.iter().cloned());
        sql.extend(group.default.iter().map(|action| format!("ALTER TABLE {} {action}", key.table.name)));
        sql.extend(group.after.iter().cloned());
        if self.map.back {
            sql.push(format!("DROP TABLE {}", self.map.name));
        }
        sql
    }

    /// What refers to the key goes before the key.
    fn abort(&self, mut sql: Vec<String>) -> Vec<String> {
        for member in self.group.references.iter().rev().chain([&self.group.key]) {
            let Member { table, interim, .. } = member;
            sql.push(format!("ALTER TABLE IF EXISTS {} DROP COLUMN IF EXISTS {interim}", table.name));
        }
        if !self.map.back {
            sql.push(format!("DROP TABLE IF EXISTS {}", self.map.name));
        }
        sql
    }
}

fn columns_in_words(count: usize) -> String {
    match count {
        1 => "1 column".to_owned(),
        more => format!("{more} columns"),
    }
}

/// How a plain statement changes a type: an assignment fails where a value does not fit, a cast would cut it.
fn plain_type_change(column: &Identifier, [old, new]: [&str; 2]) -> String {
    match takes_any(new) || old == new {
        true => format!("ALTER COLUMN {column} TYPE {new}"),
        false => format!("ALTER COLUMN {column} TYPE {new} USING {column}::text::{new}"),
    }
}
