//! Applications whose queries name what goes with the contract of an online change.
//!
//! By their texts, as `contract` looks for signs of the old version: this costs nothing. What really breaks is said by
//! `check --consumers`, which prepares each query in each phase in a shadow.

use limosa_engine::{PendingJob, PlannedOnline};
use limosa_plan::OldName;
use limosa_project::{Consumer, ConsumerQuery, Version};
use limosa_syntax::Diagnostic;

/// A warning for each query that names what only the old version has. Applications that limosa.toml says are of the new
/// one are left out.
pub(super) fn of_old_version(consumers: &[Consumer], job: &PendingJob<'_>, online: &PlannedOnline) -> Vec<Diagnostic> {
    let version = job.version.parse::<Version>().ok();
    let is_new = |consumer: &&Consumer| match (&consumer.version, &version) {
        (Some(of), Some(version)) => of >= version,
        _ => false,
    };
    let mut warnings = Vec::new();
    for consumer in consumers.iter().filter(|consumer| !is_new(consumer)) {
        for query in &consumer.queries {
            let text = query.span.of(&query.source.text);
            let Some(old) = online.old_names.iter().find(|old| is_named(text, old)) else { continue };
            warnings.push(
                Diagnostic::warning(
                    "consumer-of-old-version",
                    format!(
                        "{}: {} of `{}` names {}, which goes with contract",
                        job.version,
                        called(query),
                        consumer.app,
                        for_people(old)
                    ),
                )
                .at(&query.source, query.span)
                .with_help(
                    "let the application name the new one before `limosa contract`; `limosa check --consumers` \
                            prepares its queries in each phase",
                ),
            );
        }
    }
    warnings
}

fn called(query: &ConsumerQuery) -> String {
    query.name.as_ref().map_or_else(|| "a query".to_owned(), |name| format!("the query `{name}`"))
}

fn for_people(old: &OldName) -> String {
    match &old.column {
        Some(column) => format!("{} of {}", column.for_people(), old.table.for_people()),
        None => old.table.for_people().to_string(),
    }
}

/// Whether a query holds the words.
fn is_named(query: &str, old: &OldName) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    let has = |word: &str| query.split(|sign| !is_part(sign)).any(|found| found.eq_ignore_ascii_case(word));
    has(old.table.as_str()) && old.column.as_ref().is_none_or(|column| has(column.as_str()))
}
