//! What refers to a key, with what its change is likely to cost.

use std::collections::BTreeMap;

use limosa_catalog::ObjectName;
use limosa_engine::{TableSize, bytes_for_people};
use limosa_plan::{RekeyAsk, RekeyDraft, RekeyEdge, RekeySource};
use serde::Serialize;

use crate::output::{Alignment, Table, terminal_width};

/// Rows that a backfill changes in a second, indexes included, where the server has little else to do.
const ROWS_PER_SECOND: u64 = 40_000;

/// The WAL of a row that is changed, and of its new places in two indexes: 446 MB were written for a million.
const WAL_PER_ROW: u64 = 450;

/// A key with what refers to it.
pub(super) struct Graph<'a> {
    ask: &'a RekeyAsk,
    draft: &'a RekeyDraft,
    sizes: BTreeMap<ObjectName, TableSize>,
    /// How many ids the map has, where that of another service is carried.
    carried: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct EdgeJson<'a> {
    column: String,
    from: &'a str,
    to: &'a str,
    how: &'a [String],
    rows: u64,
    bytes: u64,
}

impl<'a> Graph<'a> {
    pub(super) fn new(
        ask: &'a RekeyAsk,
        draft: &'a RekeyDraft,
        sizes: BTreeMap<ObjectName, TableSize>,
        carried: Option<u64>,
    ) -> Self {
        Self { ask, draft, sizes, carried }
    }

    fn size(&self, table: &ObjectName) -> TableSize {
        self.sizes.get(table).copied().unwrap_or_default()
    }

    /// Rows that are written: those of the column, the map's, and those of each column that refers to it.
    fn rows(&self) -> u64 {
        let edges = self.draft.edges.iter().map(|edge| self.size(&edge.column.relation).rows);
        let own = self.size(&self.ask.key.relation).rows;
        own + self.carried.unwrap_or(own) + edges.sum::<u64>()
    }

    /// How long rows are filled, by the size of the tables.
    pub(super) fn seconds(&self) -> u64 {
        self.rows() / ROWS_PER_SECOND
    }

    /// How much WAL that writes.
    pub(super) fn wal_bytes(&self) -> u64 {
        self.rows() * WAL_PER_ROW
    }

    pub(super) fn edges_json(&self) -> Vec<EdgeJson<'a>> {
        let edge = |edge: &'a RekeyEdge| {
            let TableSize { rows, bytes } = self.size(&edge.column.relation);
            let [from, to] = &edge.types;
            EdgeJson { column: people(&edge.column.relation, &edge.column.name), from, to, how: &edge.how, rows, bytes }
        };
        self.draft.edges.iter().map(edge).collect()
    }

    /// For the head of the file.
    pub(super) fn heading(&self) -> String {
        let key = people(&self.ask.key.relation, &self.ask.key.name);
        let follows = if self.draft.edges.is_empty() { "." } else { ", and so does what refers to it:" };
        let mut text = match &self.ask.source {
            RekeySource::Made { .. } => format!("-- {key} becomes {}{follows}\n", self.ask.data_type),
            RekeySource::Carried { service, .. } => format!("-- {key} gets the new ids of {service}{follows}\n"),
        };
        for edge in &self.draft.edges {
            let column = people(&edge.column.relation, &edge.column.name);
            text.push_str(&format!("--   {column} ({})\n", edge.how.join("; ").replace('\n', " ")));
        }
        for name in &self.draft.mentions {
            text.push_str(&format!("-- {name} names a table and a column of these: look into it.\n"));
        }
        text.push_str("-- Both ids work from `limosa up` on until `limosa contract`.\n");
        text
    }

    /// For people.
    pub(super) fn render(&self) -> String {
        let columns = [Alignment::Left, Alignment::Left, Alignment::Right, Alignment::Right, Alignment::Left];
        let mut table = Table::new(columns).named(["column", "type", "rows", "size", "how it refers"]);
        let mut push = |relation: &ObjectName, name: String, types: String, how: String| {
            let TableSize { rows, bytes } = self.size(relation);
            table.push([
                name.into(),
                types.into(),
                rows.to_string().into(),
                bytes_for_people(bytes).into(),
                how.into(),
            ]);
        };
        let key = &self.ask.key;
        let change = |[from, to]: &[String; 2]| if from == to { from.clone() } else { format!("{from} → {to}") };
        let how = match &self.ask.source {
            RekeySource::Made { .. } => "the key".to_owned(),
            RekeySource::Carried { service, .. } => format!("to a key of {service}"),
        };
        push(&key.relation, people(&key.relation, &key.name), change(&self.draft.types), how);
        for edge in &self.draft.edges {
            let types = change(&edge.types);
            let name = people(&edge.column.relation, &edge.column.name);
            push(&edge.column.relation, name, types, edge.how.join("; "));
        }
        let mut text = table.render(terminal_width());
        for reader in &self.draft.readers {
            text.push_str(&format!("{reader} reads it, and is made again\n"));
        }
        for name in &self.draft.mentions {
            text.push_str(&format!("{name} names a table and a column of these: look into it\n"));
        }
        for it in &self.draft.undecided {
            text.push_str(&format!("{it} may be one of the ids, which its text does not tell: look at its type\n"));
        }
        let (rows, seconds) = (self.rows(), self.seconds());
        text.push_str(&format!(
            "about {rows} rows are written: {}, {} of WAL, and a while for indexes",
            if seconds < 60 { format!("{} s", seconds.max(1)) } else { format!("{} min", seconds.div_ceil(60)) },
            bytes_for_people(self.wal_bytes())
        ));
        text
    }
}

fn people(table: &ObjectName, column: &limosa_catalog::Identifier) -> String {
    format!("{}.{}.{}", table.schema.for_people(), table.name.for_people(), column.for_people())
}
