//! Sending the rows of a file, and finding the row that the server refuses.

use limosa_postgres::ServerError;
use limosa_project::did_you_mean;
use limosa_syntax::{Diagnostic, Span};

use super::copy_context;
use super::encode::Encoder;
use super::error::SeedError;
use super::prepare::ChosenSeed;
use super::statement::{FileRows, Statements};
use super::transaction::Transaction;
use super::work::{TableWork, spelled};
use crate::server_words::code;

/// Rows from which on statistics of the temporary table are worth their time.
const ANALYZED_FROM: usize = 1_000;

/// Rows up to which the one that a statement fails on is looked for.
const SEARCHED_UP_TO: usize = 100_000;

/// A seed on its way into its table.
pub(super) struct Loading<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) work: &'a TableWork<'a>,
    pub(super) statements: &'a Statements<'a>,
    pub(super) chosen: &'a ChosenSeed<'a>,
}

impl Loading<'_> {
    /// Takes the rows straight into an empty table; `None` where they have to be compared first.
    pub(super) async fn fill_empty(&self) -> Result<Option<u64>, SeedError> {
        let work = self.work;
        if work.has_lookups() || work.has_late() || work.columns.is_empty() || !work.relation.is_unique(&work.key()) {
            return Ok(None);
        }
        let empty = format!("SELECT CASE WHEN EXISTS (SELECT FROM {}) THEN 1 ELSE 0 END", work.relation.name);
        if self.transaction.count(&empty).await.map_err(|error| self.refused(None, error))? > 0 {
            return Ok(None);
        }
        self.transaction.ask("SAVEPOINT limosa_seed").await?;
        let columns = work.encoded();
        let mut encoder = Encoder::new(&work.rows, &columns, &self.chosen.variables, false);
        let copied = self.transaction.session.copy_pieces(&self.statements.copy_table(), &mut encoder).await;
        self.encoded(encoder)?;
        match copied {
            Ok(rows) => {
                self.transaction.ask("RELEASE SAVEPOINT limosa_seed").await?;
                Ok(Some(rows))
            }
            // Which two rows collide, or which refers to nothing, is found with all rows at hand.
            Err(error) if matches!(code(&error), Some("23505" | "23503")) && !error.is_connection_lost() => {
                self.transaction.ask("ROLLBACK TO SAVEPOINT limosa_seed").await?;
                Ok(None)
            }
            Err(error) => Err(self.copy_refused(error)),
        }
    }

    /// Takes the rows into a temporary table, and looks whether each can be told from the others.
    pub(super) async fn stage(&self) -> Result<(), SeedError> {
        let refused = |error| self.refused(None, error);
        self.transaction.ask(&self.statements.create_staging()).await.map_err(refused)?;
        let columns = self.work.encoded();
        let mut encoder = Encoder::new(&self.work.rows, &columns, &self.chosen.variables, true);
        let copied = self.transaction.session.copy_pieces(&self.statements.copy_staging(), &mut encoder).await;
        self.encoded(encoder)?;
        copied.map_err(|error| self.copy_refused(error))?;
        if self.work.rows.len() >= ANALYZED_FROM {
            self.transaction.ask(&format!("ANALYZE {}", self.statements.staging())).await?;
        }
        let duplicates = self.transaction.ask(&self.statements.duplicates()).await.map_err(refused)?;
        let pairs = duplicates.iter().filter_map(|row| Some((row_number(row.first())?, row_number(row.get(1))?)));
        let findings: Vec<Diagnostic> = pairs.map(|(first, second)| self.duplicate(first, second)).collect();
        if findings.is_empty() { Ok(()) } else { Err(SeedError::Findings(findings)) }
    }

    /// Looks whether the values of a column that is looked up are all there.
    pub(super) async fn resolve(&self, late: bool) -> Result<(), SeedError> {
        let mut findings = Vec::new();
        for (at, column) in self.work.columns.iter().enumerate().filter(|(_, column)| column.late == late) {
            let (Some(sql), Some(lookup)) = (self.statements.not_found(at), &column.lookup) else { continue };
            let missing = self.transaction.ask(&sql).await.map_err(|error| self.refused(None, error))?;
            if missing.is_empty() {
                continue;
            }
            let known = self.transaction.ask(&self.statements.values_of(at).unwrap_or_default()).await?;
            let known: Vec<&str> = known.iter().filter_map(|row| row.first()?.as_deref()).collect();
            for row in &missing {
                let value = row.get(1).and_then(Option::as_deref).unwrap_or_default();
                let message = format!("{} has no row with {} `{value}`", spelled(&lookup.table), lookup.by.as_str());
                let error = Diagnostic::error("missing-reference", self.chosen.mask(&message));
                let error = match row_number(row.first()).and_then(|row| self.work.rows.place(row, Some(at))) {
                    Some(span) => error.at(self.work.source(), span),
                    None => error.in_file(self.work.source()),
                };
                findings.push(match nearest(value, &known) {
                    Some(help) => error.with_help(help),
                    None => error.with_help("put it into a seed of that table, or leave the value empty for NULL"),
                });
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(SeedError::Findings(findings)) }
    }

    /// Runs a statement over the rows of the file. Where it fails, looks for the first row that makes it fail.
    pub(super) async fn write(&self, statement: impl Fn(FileRows) -> String, rows: FileRows) -> Result<u64, SeedError> {
        match self.attempt(&statement(rows)).await {
            Ok(count) => Ok(count),
            Err(error) => Err(self.blame(error, statement, rows).await),
        }
    }

    /// Runs a statement behind a savepoint, which stays where it fails.
    pub(super) async fn attempt(&self, sql: &str) -> Result<u64, ServerError> {
        let rows = self.transaction.ask(&format!("SAVEPOINT limosa_seed;\n{sql}")).await?;
        self.transaction.ask("RELEASE SAVEPOINT limosa_seed").await?;
        Ok(super::transaction::number(&rows, 0))
    }

    /// Looks for the row that made a statement fail.
    pub(super) async fn blame(
        &self,
        error: ServerError,
        statement: impl Fn(FileRows) -> String,
        rows: FileRows,
    ) -> SeedError {
        let own = self.work.relation.foreign_keys.iter().any(|key| key.to == self.work.relation.oid);
        let of_a_row = code(&error).is_some_and(|code| {
            // Data, integrity, and what functions raise; rows of one statement may refer to later ones.
            code.starts_with("22") || code.starts_with("23") && !(own && code == "23503") || code == "P0001"
        });
        let count = self.work.rows.len();
        if !of_a_row || error.is_connection_lost() || count > SEARCHED_UP_TO || rows != FileRows::All {
            return self.refused(None, error);
        }
        if code(&error) == Some("23505")
            && let Some((one, other)) = self.handed_over().await
        {
            return self.refused_hand_over(one, other, error);
        }
        let (mut good, mut bad) = (0, count);
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            let again = format!("ROLLBACK TO SAVEPOINT limosa_seed;\n{}", statement(FileRows::UpTo(middle)));
            match self.transaction.ask(&again).await {
                Ok(_) => good = middle,
                Err(error) if error.is_connection_lost() => return error.into(),
                Err(_) => bad = middle,
            }
        }
        self.refused(self.work.rows.place(bad - 1, None), error)
    }

    /// Two rows of the file of which one takes a unique value that the other gives up.
    async fn handed_over(&self) -> Option<(usize, usize)> {
        for sql in self.statements.handed_over() {
            let asked = self.transaction.ask(&format!("ROLLBACK TO SAVEPOINT limosa_seed;\n{sql}")).await;
            // What cannot be compared is not found.
            let pair = asked.ok().and_then(|rows| {
                let row = rows.first()?;
                Some((row_number(row.first())?, row_number(row.get(1))?))
            });
            if pair.is_some() {
                return pair;
            }
        }
        None
    }

    /// The server looks at unique values row by row, unless a constraint says that it may wait.
    fn refused_hand_over(&self, one: usize, other: usize, error: ServerError) -> SeedError {
        let place = |row| self.work.rows.place(row, None);
        let line =
            place(other).map_or_else(|| format!("row {}", other + 1), |span| format!("line {}", self.line(span)));
        let note = format!("the row on {line} has this value until it is changed in the same run");
        let help = "make the constraint `DEFERRABLE`: it is looked at when all rows are changed then; or give one of \
                    the rows another value in a run before";
        let tell = |finding: Diagnostic| finding.with_note(note.clone()).with_help(help);
        match self.refused(place(one), error) {
            SeedError::Findings(findings) => SeedError::Findings(findings.into_iter().map(tell).collect()),
            other => other,
        }
    }

    fn line(&self, span: Span) -> usize {
        let text = &self.work.source().text;
        limosa_syntax::LineIndex::new(text).locate(text, span.start).line
    }

    /// What the server refused of this seed.
    pub(super) fn refused(&self, span: Option<Span>, error: ServerError) -> SeedError {
        let seed = self.work.seed.name.as_str();
        SeedError::refused(seed, self.work.source(), span, error, &|text| self.chosen.mask(text))
    }

    fn copy_refused(&self, error: ServerError) -> SeedError {
        let staged: Vec<String> = (0..self.work.columns.len()).map(|at| format!("c{at}")).collect();
        let named = self.work.columns.iter().map(|column| column.name.as_str());
        let names: Vec<&str> = staged.iter().map(String::as_str).chain(named).collect();
        let context = error.database().and_then(|database| database.where_context.as_deref()).unwrap_or_default();
        let place = copy_context::place(context, &names).and_then(|(line, column)| {
            let at = column.and_then(|column| names.iter().position(|name| *name == column));
            let at = at.map(|at| at % self.work.columns.len().max(1));
            self.work.rows.place(line.checked_sub(1)?, at)
        });
        self.refused(place, error)
    }

    fn encoded(&self, encoder: Encoder<'_>) -> Result<(), SeedError> {
        let problems = encoder.problems();
        if problems.is_empty() { Ok(()) } else { Err(SeedError::Findings(problems)) }
    }

    fn duplicate(&self, first: usize, second: usize) -> Diagnostic {
        let key = self.work.key();
        let key: Vec<&str> = key.iter().map(|column| column.as_str()).collect();
        let at = self.work.columns.iter().position(|column| column.in_key);
        let rows = &self.work.rows;
        let message = format!("two rows have the same `{}`", key.join("`, `"));
        let error = Diagnostic::error("duplicate-row", message);
        let error = match rows.place(second, at) {
            Some(span) => error.at(self.work.source(), span),
            None => error.in_file(self.work.source()),
        };
        match rows.place(first, at).map(|span| self.line(span)) {
            Some(line) => error.with_note(format!("the other is on line {line}")),
            None => error,
        }
    }
}

/// The number of a row, from 0.
fn row_number(text: Option<&Option<String>>) -> Option<usize> {
    text?.as_deref()?.parse::<usize>().ok()?.checked_sub(1)
}

/// The value that was probably meant; all of them only where they are few.
fn nearest(value: &str, known: &[&str]) -> Option<String> {
    let help = did_you_mean(value, known.iter().copied());
    (help.starts_with("did you mean") || (1..=10).contains(&known.len())).then_some(help)
}
