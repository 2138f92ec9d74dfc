//! What is told of a run.

use limosa_engine::{NamedValue, RowDifference, SeedCounts, SeedOutcome, SeedReport, SeedRun, SeedState};
use limosa_project::Environment;
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::lost;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Alignment, Cell, DiagnosticJson, Table, diagnostics_json, one_line, style, terminal_width};

/// What came of a service's seeds.
pub(super) struct Seeded<'a> {
    pub(super) service: &'a str,
    pub(super) result: Result<SeedReport, Failure>,
    pub(super) left_out: Vec<String>,
}

#[derive(Serialize)]
struct ResultJson<'a> {
    environment: &'a str,
    run: &'static str,
    exit: u8,
    services: Vec<ServiceJson<'a>>,
}

#[derive(Serialize)]
struct ServiceJson<'a> {
    service: &'a str,
    #[serde(flatten)]
    report: Option<&'a SeedReport>,
    left_out: &'a [String],
    diagnostics: Vec<DiagnosticJson<'a>>,
}

/// Prints it all, and says how the program ends.
pub(super) fn print(invocation: &Invocation, environment: &Environment, run: SeedRun, told: &[Seeded<'_>]) -> Exit {
    let exit = told.iter().fold(Exit::Done, |exit, seeded| exit.and(exit_of(seeded, run)));
    let warnings: Vec<_> = told.iter().map(|seeded| seeded.result.as_ref().map(warnings).unwrap_or_default()).collect();
    if invocation.global.json {
        let diagnostics: Vec<_> =
            told.iter().zip(&warnings).map(|(seeded, warnings)| diagnostics_of(seeded, warnings)).collect();
        let services = told.iter().zip(&diagnostics).map(|(seeded, diagnostics)| ServiceJson {
            service: seeded.service,
            report: seeded.result.as_ref().ok(),
            left_out: &seeded.left_out,
            diagnostics: diagnostics_json(diagnostics),
        });
        output::print_json(&ResultJson {
            environment: environment.name.as_str(),
            run: word(run),
            exit: exit.code(),
            services: services.collect(),
        });
        return exit;
    }
    for (seeded, warnings) in told.iter().zip(&warnings) {
        match &seeded.result {
            Ok(report) => {
                output::print(&text(seeded.service, report, run));
                invocation.warn(warnings);
            }
            Err(failure) => failure.print(false),
        }
        if !seeded.left_out.is_empty() {
            let names = seeded.left_out.join(", ");
            invocation.say(&format!("left out, since not for {}: {names}", environment.name));
        }
    }
    exit
}

/// What does not stop a run: seeds whose files are gone, and what a dry run foresees.
fn warnings(report: &SeedReport) -> Vec<Diagnostic> {
    let foreseen = report.seeds.iter().flat_map(|seed| seed.warnings.iter().cloned());
    lost(report).into_iter().chain(foreseen).collect()
}

fn diagnostics_of(seeded: &Seeded<'_>, warnings: &[Diagnostic]) -> Vec<Diagnostic> {
    match &seeded.result {
        Ok(_) => warnings.to_vec(),
        Err(failure) => failure.diagnostics.clone(),
    }
}

fn exit_of(seeded: &Seeded<'_>, run: SeedRun) -> Exit {
    match &seeded.result {
        Err(failure) => failure.exit,
        Ok(report) if run == SeedRun::Verify && report.seeds.iter().any(|it| !is_same(it)) => Exit::Findings,
        Ok(_) => Exit::Done,
    }
}

/// Whether rows and file are the same.
fn is_same(outcome: &SeedOutcome) -> bool {
    outcome.counts.is_none_or(SeedCounts::is_none)
}

fn word(run: SeedRun) -> &'static str {
    match run {
        SeedRun::Write => "write",
        SeedRun::DryRun => "dry-run",
        SeedRun::Verify => "verify",
    }
}

fn text(service: &str, report: &SeedReport, run: SeedRun) -> String {
    if report.seeds.is_empty() {
        return format!("{}  no seeds\n", style::heading(service));
    }
    let mut text = format!("{}\n", style::heading(service));
    let empty = || Table::new([Alignment::Left; 4]).indented(2).firm(0);
    let (mut table, width) = (empty(), terminal_width());
    for outcome in report.seeds.iter().filter(|outcome| outcome.counts.is_some()) {
        let counts = outcome.counts.unwrap_or_default();
        let mark = match run {
            SeedRun::Write => Cell::styled("✓", style::DONE),
            SeedRun::DryRun => Cell::styled("•", style::WARNING),
            SeedRun::Verify if counts.is_none() => Cell::styled("✓", style::DONE),
            SeedRun::Verify => Cell::styled("✗", style::FAILED),
        };
        let state = match (run, outcome.state) {
            (SeedRun::Verify, SeedState::New) => "not run yet",
            (SeedRun::Verify, SeedState::Changed) => "the file changed since it was run",
            (SeedRun::Verify, _) => "",
            (_, SeedState::New) => "new",
            (_, SeedState::Changed) => "changed",
            (_, SeedState::TableAnew) => "its table is new",
            (_, SeedState::Unchanged) => "unchanged, forced",
        };
        table.push([
            mark,
            outcome.name.as_str().into(),
            written(outcome, counts, run).into(),
            Cell::styled(state, style::FAINT),
        ]);
        if !outcome.differences.is_empty() {
            text.push_str(&std::mem::replace(&mut table, empty()).render(width));
            outcome.differences.iter().for_each(|difference| text.push_str(&line(difference)));
        }
    }
    text.push_str(&table.render(width));
    let (unchanged, others): (Vec<&SeedOutcome>, Vec<&SeedOutcome>) = report
        .seeds
        .iter()
        .filter(|outcome| outcome.counts.is_none())
        .partition(|outcome| outcome.state == SeedState::Unchanged);
    let counted = [(unchanged.len(), "unchanged"), (others.len(), "not asked for")];
    let words: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if !words.is_empty() {
        text.push_str(&format!("  {}\n", style::faint(words.join(", "))));
    }
    text
}

/// What was written, in a few words.
pub(super) fn written(outcome: &SeedOutcome, counts: SeedCounts, run: SeedRun) -> String {
    let SeedCounts { inserted, updated, deleted } = counts;
    if run == SeedRun::Verify && outcome.table.is_none() {
        return "a script, which cannot be compared".to_owned();
    }
    let words = match run {
        SeedRun::Verify => ["missing", "edited", "surplus"],
        _ => ["added", "changed", "deleted"],
    };
    let parts: Vec<String> = words
        .iter()
        .zip([inserted, updated, deleted])
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    match (parts.is_empty(), run) {
        (false, _) => parts.join(", "),
        (true, SeedRun::Verify) => "as in the file".to_owned(),
        (true, _) => "nothing differs".to_owned(),
    }
}

fn line(difference: &RowDifference) -> String {
    let values = |values: &[NamedValue]| {
        let shown: Vec<String> =
            values.iter().map(|it| format!("{} = {}", one_line(&it.column), value(it.value.as_deref()))).collect();
        shown.join(", ")
    };
    match difference {
        RowDifference::Added { values: all } => format!("    {} {}\n", style::done("+"), values(all)),
        RowDifference::Surplus { key } => format!("    {} {}\n", style::failed("-"), values(key)),
        RowDifference::Changed { key, columns } => {
            let changed: Vec<String> = columns
                .iter()
                .map(|it| {
                    let (table, file) = (value(it.table.as_deref()), value(it.file.as_deref()));
                    format!("{} {table} → {file}", one_line(&it.column))
                })
                .collect();
            format!("    {} {}: {}\n", style::warning("~"), values(key), changed.join(", "))
        }
        RowDifference::More { rows } => format!("      and {rows} more\n"),
    }
}

fn value(text: Option<&str>) -> String {
    match text {
        None => "NULL".to_owned(),
        Some("") => "''".to_owned(),
        Some(text) => one_line(text).into_owned(),
    }
}
