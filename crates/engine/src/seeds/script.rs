//! A seed that is a script: its statements run in the transaction of all seeds.

use limosa_plan::{Execution, Step};
use limosa_postgres::ServerError;
use limosa_project::{Script, Seed, Separator, TransactionMode};
use limosa_syntax::{Diagnostic, Span, substitute};

use super::error::SeedError;
use super::prepare::ChosenSeed;
use super::report::SeedCounts;
use super::transaction::{Transaction, number};
use crate::executor::{FlightText, Origin};
use crate::prepare::{Backfills, prepare};
use crate::server_words::position;

/// Rows that the transaction has written so far, in all tables.
const WRITTEN: &str = "SELECT COALESCE(sum(n_tup_ins), 0), COALESCE(sum(n_tup_upd), 0), COALESCE(sum(n_tup_del), 0) \
                       FROM pg_catalog.pg_stat_xact_user_tables";

/// The statements of a script.
///
/// # Errors
/// Text that cannot be split, statements that cannot run in a transaction.
pub(super) fn steps(seed: &Seed) -> Result<Vec<Step>, Vec<Diagnostic>> {
    let script = Script::whole(&seed.source, Separator::Semicolon);
    let prepared = prepare(&script, TransactionMode::Whole, Backfills::AtOnce)?;
    if !prepared.verify.is_empty() {
        let error = Diagnostic::error("not-for-seeds", "a seed has no verify section").in_file(&seed.source);
        return Err(vec![error.with_help("put queries that must return no rows into `checks`")]);
    }
    match prepared.execution {
        Execution::Whole { steps, .. } => Ok(steps),
        Execution::Staged(_) => {
            let error = Diagnostic::error("not-in-a-transaction", "all seeds of a service are one transaction");
            Err(vec![error.in_file(&seed.source).with_help("put what cannot run in one into a migration")])
        }
    }
}

/// Runs a script, and says how many rows it wrote.
pub(super) async fn run(
    transaction: &Transaction<'_>,
    chosen: &ChosenSeed<'_>,
    steps: &[Step],
) -> Result<SeedCounts, SeedError> {
    let seed = chosen.seed;
    let before = transaction.ask(WRITTEN).await?;
    transaction.unpin().await?;
    let mut flight = FlightText::default();
    for (at, step) in steps.iter().enumerate() {
        let text = fill(chosen, step.span)?;
        match step.copy_data {
            None => flight.push(&text, Origin::Step(at)),
            Some(data) => {
                send(transaction, chosen, steps, std::mem::take(&mut flight)).await?;
                let data = data.of(&seed.source.text).as_bytes();
                let copied = transaction.session.copy_in(&text, data).await;
                copied.map_err(|error| refused(chosen, Some(step.span), error))?;
            }
        }
    }
    send(transaction, chosen, steps, flight).await?;
    transaction.put_back_settings().await?;
    let after = transaction.ask(WRITTEN).await?;
    let written = |column| number(&after, column).saturating_sub(number(&before, column));
    Ok(SeedCounts { inserted: written(0), updated: written(1), deleted: written(2) })
}

async fn send(
    transaction: &Transaction<'_>,
    chosen: &ChosenSeed<'_>,
    steps: &[Step],
    flight: FlightText,
) -> Result<(), SeedError> {
    if flight.text.is_empty() {
        return Ok(());
    }
    let Err(failure) = transaction.session.flight(&flight.text).await else { return Ok(()) };
    let span = match flight.failed_part(failure.completed) {
        Origin::Frame => None,
        Origin::Step(at) => {
            let span = steps.get(at).map(|step| step.span);
            let point = position(&failure.error).and_then(|position| flight.locate(position));
            match (span, point) {
                // What variables filled has moved the places behind it.
                (Some(span), Some((_, byte))) if chosen.variables.is_empty() => {
                    let text = &chosen.seed.source.text;
                    let start = text.floor_char_boundary(span.start + byte);
                    let rest = text.get(start..span.end).unwrap_or_default();
                    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').filter(|length| *length > 0);
                    Some(Span::new(
                        start,
                        start + word.unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8)),
                    ))
                }
                (span, _) => span,
            }
        }
    };
    Err(refused(chosen, span, failure.error))
}

fn refused(chosen: &ChosenSeed<'_>, span: Option<Span>, error: ServerError) -> SeedError {
    let seed = chosen.seed;
    SeedError::refused(seed.name.as_str(), &seed.source, span, error, &|text| chosen.mask(text))
}

/// A statement with its variables filled, where the seed has any.
fn fill(chosen: &ChosenSeed<'_>, span: Span) -> Result<String, SeedError> {
    let source = &chosen.seed.source;
    let text = span.of(&source.text);
    if chosen.variables.is_empty() {
        return Ok(text.to_owned());
    }
    let lookup = |name: &str| chosen.variables.get(name.strip_prefix("env:")?).cloned();
    match substitute(text, &lookup) {
        Ok(filled) => Ok(filled.into_owned()),
        Err(errors) => Err(crate::RunError::placeholders(source, span, errors).into()),
    }
}
