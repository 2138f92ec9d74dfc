//! A key that gets other values, with all that refers to it: `-- limosa: rekey` and `-- limosa: follows`.
//!
//! The statements of a group ([`group`]) are one operation. Every column of it ([`member`]) stands beside its copy
//! while both versions live; a map ([`map`]) holds each id as it was and as it is, and triggers ([`trigger`]) translate
//! through it whichever side a client writes. So a client may know old ids or new ones, may write what refers to a row
//! before the row, and finds the same row by either. With contract the copies take the columns' places, and the map
//! stays. Where the key is in another service's database, its map is carried ([`carry`]), and what refers to it here
//! follows.

mod candidate;
mod carry;
mod draft;
mod ends;
mod form;
mod graph;
mod group;
mod limits;
mod make;
mod map;
mod member;
mod readers;
mod reading;
mod routines;
mod rows;
mod statements;
mod trigger;

use std::cell::Cell;
use std::collections::BTreeSet;

use limosa_catalog::kind::column::Column;
use limosa_catalog::{Identifier, ObjectName, QualifiedName};
use limosa_syntax::{Script, SourceFile};

use super::ahead;
use super::copy::{Copied, CopiedColumn, Copy, Extent};
use super::dependents::growth;
use super::family;
use super::op::of_type;
use super::phases::{Ahead, OldName, OnlineCheck, OnlineStep, Phases};
use super::refusal::Refusal;
use super::replication::no_subscriber;
use super::situation::{Situation, object_for_people};
use super::table::Table;
use carry::Carrying;
use form::takes_any;
use group::{Group, Origin};
use map::{Map, Side};
use member::Member;
use trigger::TableSync;

pub use draft::{RekeyAsk, RekeyDraft, RekeyEdge, RekeySource, SoftReference, draft_rekey};
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
    Some(reading::read(situation, source, script)?.and_then(|group| {
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
    /// How the map comes from the database of the key, where that is another service's.
    carrying: Option<Carrying>,
    /// Numbers given to names so far.
    named: Cell<usize>,
    /// Partitions of tables that refer to the key, each with the place of its table's column.
    partitions: Vec<(usize, Table<'a>, Column)>,
    /// What is made again, and of that what is made ahead.
    again: (Vec<String>, Vec<Ahead>),
}

impl<'a> Rekey<'a> {
    fn new(situation: &'a Situation<'a>, group: &'a Group<'a>) -> Result<Self, Refusal> {
        for member in group.members() {
            situation.changes(member.name())?;
        }
        let [old_type, new_type] = group.origin.types();
        let schema = &situation.settings.history_schema;
        let function = |name: &str| -> Result<ObjectName, Refusal> {
            let name = Identifier::new(name).map_err(|error| Refusal::new(error.to_string(), "this cannot be"))?;
            Ok(ObjectName { schema: (*schema).clone(), name: situation.interim(&name, NUMBERS) })
        };
        let [make_old, make_new] = group.make.clone();
        let by_text = group.references.iter().any(|it| it.asks_for_texts(old_type) || it.asks_for_new_texts(new_type));
        let (name, about) = match &group.origin {
            Origin::Here(key) => {
                let table = &key.table.name.name;
                (group.directive.map.as_ref().unwrap_or(table), table.for_people().to_string())
            }
            Origin::Elsewhere(elsewhere) => (&elsewhere.map, elsewhere.service.clone()),
        };
        let name = Identifier::new(format!("map_{}", name.as_str()))
            .map_err(|error| Refusal::new(error.to_string(), "give the map a shorter name: `rekey map NAME`"))?;
        let map = Map {
            name: ObjectName { schema: (*schema).clone(), name },
            back: group.directive.back,
            from: Side {
                data_type: old_type.to_owned(),
                make: make_old,
                functions: [function("old_id")?, function("old_id_text")?],
            },
            to: Side {
                data_type: new_type.to_owned(),
                make: make_new,
                functions: [function("new_id")?, function("new_id_text")?],
            },
            by_text,
            about,
            key: group.key().map(|key| (key.table.name.clone(), [key.column.to_string(), key.interim.to_string()])),
            search_path: situation.search_path.clone(),
            major: situation.catalog.major(),
        };
        let carrying = match &group.origin {
            Origin::Elsewhere(elsewhere) => Some(Carrying::new(elsewhere, &map, function)?),
            Origin::Here(_) => None,
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
        let again = ends::again(situation, group)?;
        Ok(Self { situation, group, map, carrying, named: Cell::new(0), partitions, again })
    }

    fn members(&self) -> impl Iterator<Item = &Member<'a>> {
        self.group.members()
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
            key: self.group.key().filter(|key| key.table.name == *table),
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
        let copy = self.copy()?;
        let names = self.trigger_names();
        let syncs = self.syncs(&names);
        let together = |sql: Vec<String>| OnlineStep::Together(sql);
        let mut expand = vec![together(self.map.create())];
        expand.extend(self.carrying.iter().flat_map(Carrying::first));
        expand.push(together(self.map.create_functions()));
        expand.extend(copy.add.into_iter().map(OnlineStep::Alone));
        expand.extend(syncs.iter().map(|sync| together(sync.create())));
        let drop_syncs = syncs.iter().flat_map(TableSync::drop).chain(self.map.drop_functions());
        let drop_syncs: Vec<String> = drop_syncs.chain(self.carrying.iter().flat_map(Carrying::drop)).collect();
        let mut checks: Vec<OnlineCheck> = self.tables().into_iter().map(no_subscriber).collect();
        checks.extend(self.map_is_free());
        checks.extend(self.members().filter_map(|member| self.comes_back(member)));
        checks.extend(self.can_be_made());
        Ok(Phases {
            about: self.about(),
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
            remarks: self.remarks(),
            growth: growth(&self.again.1),
            ahead: self.again.1.clone(),
            maps: vec![self.map.name.clone()],
            carries: self.carrying.iter().map(|carrying| carrying.carry(self)).collect(),
            ..Phases::default()
        })
    }

    fn about(&self) -> String {
        let references = columns_in_words(self.group.references.len());
        match &self.group.origin {
            Origin::Here(key) => {
                let people = object_for_people(&key.table.name);
                format!("re-key {people}.{} and {references} that refer to it", key.column.for_people())
            }
            Origin::Elsewhere(elsewhere) => format!("re-key {references} that refer to a key of {}", elsewhere.service),
        }
    }

    fn remarks(&self) -> Vec<String> {
        let (people, what) = (object_for_people(&self.map.name), "the map of old and new ids");
        let mut remarks = vec![match &self.group.origin {
            Origin::Elsewhere(elsewhere) if !self.map.back => {
                format!("{what} is carried from {} into the table {people}", elsewhere.service)
            }
            _ => format!("{what} is the table {people}"),
        }];
        remarks.extend(self.members().next().map(|head| {
            let people = object_for_people(&head.table.name);
            format!("until contract the new id stands in the column {} of {people}", head.interim.for_people())
        }));
        remarks.extend(ahead::remark(&self.again.1));
        remarks
    }

    /// That the expressions which make ids are known to the server, and give ids of their types. What the migration
    /// makes may be needed for that.
    fn can_be_made(&self) -> Vec<OnlineCheck> {
        if self.situation.makes_more() {
            return Vec::new();
        }
        let one = |side: &Side| OnlineCheck {
            query: format!("SELECT 1 WHERE false AND ({})::{} IS NULL", side.make, side.data_type),
            found: "no id is made".to_owned(),
            help: "say an expression that makes an id of the type: the default behind the type of the key, \
                   `-- limosa: forward EXPRESSION`, `-- limosa: back EXPRESSION`"
                .to_owned(),
        };
        [&self.map.from, &self.map.to].map(one).into()
    }

    /// A map that leads to new ids is made; one that leads back is there, or knows of no row.
    fn map_is_free(&self) -> Option<OnlineCheck> {
        let name = limosa_catalog::Literal(&self.map.name.to_string()).to_string();
        let found = "there is a map of that name, of an earlier re-key".to_owned();
        let help = match &self.group.origin {
            Origin::Here(_) => "give this one another name, `-- limosa: rekey map NAME`, or drop that one".to_owned(),
            Origin::Elsewhere(elsewhere) => format!(
                "drop that one when nobody needs it any more; where {} has the same database, its own re-key changes \
                 these columns, too: name them there by `--soft`",
                elsewhere.service
            ),
        };
        (!self.map.back).then(|| OnlineCheck {
            query: format!("SELECT {name} WHERE pg_catalog.to_regclass({name}) IS NOT NULL"),
            found,
            help,
        })
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
