//! The rows with which migrations are proven: put into each table once, and living on through all that follow.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Catalog, Hash, ObjectId, ObjectName};
use limosa_postgres::Session;
use limosa_project::{Migration, MigrationSet, Seed};

use super::proof::ProofRows;
use super::rows::TableRows;
use super::seeding::Seeding;
use super::state::State;
use crate::desired::{DesiredError, Question};
use crate::executor::Lookup;
use crate::filling::{FilledTable, fill_some};
use crate::sample::{Sample, load_sample};
use crate::seeds::of_seeds;
use crate::stop::StopSignal;
use crate::target::Target;

/// Changes with the values that are made.
const VERSION: &str = "generated rows 1";

/// So many rows a table is given, and again when it changes.
const ROWS: u64 = 20;

/// A table with so many is given no more.
const ENOUGH: usize = 200;

/// The number of the first row: migrations that insert rows with keys of their own count from 1.
const FIRST: u64 = 1_000;

/// Where the rows of a proof come from.
#[derive(Debug, Clone, Copy)]
pub enum RowSource<'a> {
    /// They are made, so that all constraints hold.
    Generated,
    /// They are those of the project's seeds, as far as these go; the rest is made.
    Seeds(&'a [Seed]),
    /// They are those of an environment. Only what is not applied there is proven.
    Sample(&'a Sample),
}

impl RowSource<'_> {
    /// The question with what its answer depends on here.
    pub(super) fn question(self, question: Question, values: &Lookup<'_>) -> Question {
        let generated = |question: Question| question.and(VERSION).and(&ROWS.to_string());
        match self {
            Self::Generated => generated(question),
            Self::Seeds(seeds) => of_seeds(generated(question).and("seeds"), seeds, values),
            Self::Sample(_) => question,
        }
    }

    /// How many of a set's migrations the rows have behind them already.
    pub(super) fn behind(self, set: &MigrationSet) -> usize {
        match self {
            Self::Generated | Self::Seeds(_) => 0,
            Self::Sample(sample) => {
                let is_applied = |migration: &&Migration| sample.applied.contains(&migration.version.to_string());
                set.migrations.iter().take_while(is_applied).count()
            }
        }
    }

    /// Whether rows that a migration refuses are its fault.
    pub(super) fn are_real(self) -> bool {
        matches!(self, Self::Sample(_))
    }
}

/// What was done for the tables of a shadow so far.
#[derive(Debug)]
pub(super) struct Filling<'a> {
    source: RowSource<'a>,
    seeding: Seeding,
    /// How often rows were put in.
    rounds: u64,
    /// The tables as they were when they were filled, with the reason where nothing was.
    tables: BTreeMap<ObjectName, (Hash, Option<String>)>,
}

impl<'a> Filling<'a> {
    pub(super) fn from(source: RowSource<'a>) -> Self {
        let seeding = match source {
            RowSource::Seeds(seeds) => Seeding::of(seeds),
            RowSource::Generated | RowSource::Sample(_) => Seeding::default(),
        };
        Self { source, seeding, rounds: 0, tables: BTreeMap::new() }
    }

    /// Gives rows to tables that are new, changed or empty; those that could not be filled are tried again with them. A
    /// sample goes in once. Seeds go in first, and tables of which they leave a column empty are given made rows, too.
    pub(super) async fn fill(
        &mut self,
        target: &Target,
        mut state: State,
        values: &Lookup<'_>,
        stop: &StopSignal,
    ) -> Result<State, DesiredError> {
        let mut wanted = self.wanted(&state);
        if wanted.is_empty() {
            return Ok(state);
        }
        if self.seeding.put_in(target, &wanted, values, stop).await? {
            state = State::read(target).await?;
            wanted.retain(|table| {
                let is_filled = state.rows.tables.get(table).is_some_and(TableRows::fill_all_columns);
                if let Some(hash) = hash(&state.catalog, table).filter(|_| is_filled) {
                    self.tables.insert(table.clone(), (hash, None));
                }
                !is_filled
            });
        }
        let session = Session::connect(&target.settings).await?;
        let filled = match self.source {
            RowSource::Generated | RowSource::Seeds(_) => {
                let from = FIRST + self.rounds * ROWS;
                fill_some(&session, &state.catalog, from..from + ROWS, &|table| wanted.contains(table)).await
            }
            RowSource::Sample(sample) => load_sample(&session, &state.catalog, sample).await,
        };
        let rows = match &filled {
            Ok(_) => super::rows::read_rows(&session, &state.catalog).await,
            Err(_) => Ok(state.rows),
        };
        session.close().await;
        let (filled, rows) = (filled?, rows?);
        self.rounds += 1;
        for FilledTable { table, shortfall, .. } in filled {
            if let Some(hash) = hash(&state.catalog, &table) {
                self.tables.insert(table, (hash, shortfall));
            }
        }
        Ok(State { rows, ..state })
    }

    fn wanted(&self, state: &State) -> BTreeSet<ObjectName> {
        if self.source.are_real() {
            let all = || state.rows.tables.keys().cloned().collect();
            return if self.rounds == 0 { all() } else { BTreeSet::new() };
        }
        let is_wanted = |name: &ObjectName, rows: usize| match (self.tables.get(name), hash(&state.catalog, name)) {
            (Some((known, shortfall)), Some(hash)) if *known == hash => shortfall.is_none() && rows == 0,
            _ => rows < ENOUGH,
        };
        let tables = state.rows.tables.iter().filter(|(name, table)| is_wanted(name, table.rows.len()));
        let mut wanted: BTreeSet<ObjectName> = tables.map(|(name, _)| name.clone()).collect();
        if !wanted.is_empty() {
            let short = self
                .tables
                .iter()
                .filter(|(name, (_, shortfall))| shortfall.is_some() && state.rows.tables.contains_key(*name));
            wanted.extend(short.map(|(name, _)| name.clone()));
        }
        wanted
    }

    /// The rows that there are, and why some are not.
    pub(super) fn told(&self, state: &State) -> ProofRows {
        ProofRows { tables: self.tables(state), left_out: self.seeding.left_out(), refused: None }
    }

    fn tables(&self, state: &State) -> Vec<FilledTable> {
        let read = state.rows.tables.iter().map(|(name, table)| {
            let rows = u64::try_from(table.rows.len()).unwrap_or(u64::MAX);
            let reason = self.tables.get(name).and_then(|(_, shortfall)| shortfall.clone());
            let shortfall =
                (rows == 0).then(|| reason.unwrap_or_else(|| "it is made or emptied by a migration".to_owned()));
            FilledTable { table: name.clone(), rows, shortfall }
        });
        let unread = state.rows.unread.iter().map(|(name, reason)| FilledTable {
            table: name.clone(),
            rows: 0,
            shortfall: Some(reason.clone()),
        });
        read.chain(unread).collect()
    }
}

/// What a table is: its columns, constraints and what else belongs to it.
fn hash(catalog: &Catalog, table: &ObjectName) -> Option<Hash> {
    Some(catalog.entry(&ObjectId::Table(table.clone()))?.tree_hash())
}
