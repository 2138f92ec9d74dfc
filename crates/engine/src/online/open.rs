//! What online changes that are open stand against, in later migrations.

use limosa_catalog::{ColumnName, Identifier};
use limosa_plan::{InHand, VersionSchema, Way, held_up_by_open, taken_from_versions};
use limosa_postgres::{Session, Type};
use limosa_project::Script;
use limosa_syntax::Diagnostic;

use super::record::{OnlineRecord, changes};
use super::versions::shown;
use super::wire::{ColumnJson, RenameJson};
use crate::run_error::RunError;
use crate::target::Target;

/// Those of the columns that are of a primary key, by their places in the lists.
const KEYS: &str = "\
SELECT w.place::int8 FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]))
  WITH ORDINALITY AS w (relation, name, place)
WHERE EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
              WHERE i.indrelid = pg_catalog.to_regclass(w.relation) AND i.indisprimary
                AND a.attnum = ANY (i.indkey) AND a.attname = w.name)";

/// What open changes have in hand, and what versions find in their schemas of views.
#[derive(Debug, Default)]
pub(crate) struct OpenChanges {
    there: Vec<VersionSchema>,
    in_hand: Vec<InHand>,
    search_path: Vec<Identifier>,
}

impl OpenChanges {
    /// Looks at a database: two queries where there are none.
    ///
    /// # Errors
    /// What the server says.
    pub(crate) async fn read(session: &Session, target: &Target) -> Result<Self, RunError> {
        let there = shown(session, target).await?;
        let mut in_hand = Vec::new();
        for record in changes(session, target.history()).await?.iter().filter(|record| record.is_open()) {
            in_hand.push(of_record(session, record).await?);
        }
        if there.is_empty() && in_hand.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self { there, in_hand, search_path: crate::plan::schemas(session, target).await? })
    }

    /// Refuses a migration that is not run online and takes something away which a version is shown, or lets something
    /// rest on what goes with a contract.
    ///
    /// # Errors
    /// Its statements that do.
    pub(crate) fn keep(&self, script: &Script) -> Result<(), RunError> {
        let mut problems = self.taken(script);
        if problems.is_empty() {
            problems = held_up(script, (Way::Plain, &self.in_hand), &self.search_path);
        }
        found(problems)
    }

    /// Refuses a migration that is run online, too, and says what a contract that is still to come says otherwise.
    ///
    /// # Errors
    /// Its statements that do.
    pub(crate) fn keep_online(&self, script: &Script) -> Result<(), RunError> {
        found(held_up(script, (Way::Online, &self.in_hand), &self.search_path))
    }

    fn taken(&self, script: &Script) -> Vec<Diagnostic> {
        if self.there.is_empty() {
            return Vec::new();
        }
        let statements = limosa_syntax::Script::parse_section(&script.source.text, script.section);
        taken_from_versions(&script.source, &statements, &self.there, &self.search_path)
    }
}

/// What these changes would stand against in a migration.
pub(crate) fn held_up(
    script: &Script,
    (way, in_hand): (Way, &[InHand]),
    search_path: &[Identifier],
) -> Vec<Diagnostic> {
    if in_hand.is_empty() {
        return Vec::new();
    }
    let statements = limosa_syntax::Script::parse_section(&script.source.text, script.section);
    held_up_by_open(&script.source, &statements, (way, in_hand), search_path)
}

fn found(problems: Vec<Diagnostic>) -> Result<(), RunError> {
    if problems.is_empty() { Ok(()) } else { Err(RunError::Problems(problems)) }
}

async fn of_record(session: &Session, record: &OnlineRecord) -> Result<InHand, RunError> {
    let terms = &record.terms;
    let tables: Vec<String> = terms.watched.iter().map(ColumnJson::table).collect();
    let columns: Vec<Option<ColumnName>> = terms.watched.iter().map(|column| column.read().ok()).collect();
    let renames = terms.renames.iter().map(RenameJson::read).filter_map(Result::ok).collect();
    let goes = columns.iter().flatten().cloned().collect();
    let own = InHand::new(&record.version, goes, renames, !record.is_versioned());
    let mut own = own.with_contract(&record.contract, terms.reliance.keys().cloned());
    if !tables.is_empty() {
        let names = columns.iter().map(|it| it.as_ref().map_or("", |it| it.name.as_str()).to_owned());
        let names: Vec<String> = names.collect();
        let rows = session.query(KEYS, &[(&tables, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)]).await?;
        let places = rows.iter().filter_map(|row| usize::try_from(row.get::<_, i64>(0) - 1).ok());
        own.keys = places.filter_map(|place| columns.get(place).cloned().flatten()).collect();
    }
    Ok(own)
}
