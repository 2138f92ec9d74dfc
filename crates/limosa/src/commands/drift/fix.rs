//! `drift --fix`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use limosa_engine::Compared;
use limosa_plan::{DiffOptions, Fix, FixStep, fix};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::moment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, CandidateJson, candidate_hints, candidates_json};

/// A script for other programs.
#[derive(Serialize)]
pub(crate) struct FixJson<'a> {
    file: Option<String>,
    steps: Vec<StepJson<'a>>,
    rename_candidates: Vec<CandidateJson>,
}

#[derive(Serialize)]
struct StepJson<'a> {
    about: &'a str,
    sql: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    held_back: Option<&'a str>,
}

/// Writes the script.
pub(super) fn write(
    invocation: &Invocation,
    file: &Path,
    database: &str,
    compared: &Compared,
    options: &DiffOptions,
) -> Result<Exit, Failure> {
    let script = fix(&compared.live, &compared.expected, options)
        .map_err(|error| Failure::from(Diagnostic::error("no-plan", error.to_string())))?;
    let text = format!("{}\n{}", header(database, compared, &script), script.to_sql());
    let to_stdout = file == Path::new("-");
    if !to_stdout {
        let refused = |error: std::io::Error| {
            Failure::usage(
                "not-written",
                format!("`{}` cannot be written: {error}", file.display()),
                "an existing file is never overwritten; name another, or `-` for standard output",
            )
        };
        let mut new = OpenOptions::new().write(true).create_new(true).open(file).map_err(refused)?;
        new.write_all(text.as_bytes()).map_err(refused)?;
    }
    if invocation.global.json {
        output::print_json(&fix_json(&script, (!to_stdout).then_some(file)));
        return Ok(Exit::Done);
    }
    invocation.warn(&candidate_hints(&script.candidates));
    let taken_over = "take over what was added with `limosa drift --adopt NAME`, or run them by hand";
    invocation.warn(held_back(&script).map(|it| it.with_help(taken_over)).as_slice());
    if to_stdout {
        output::print(&text);
    } else {
        output::print(&format!("{}\n", file.display()));
    }
    Ok(Exit::Done)
}

/// The script, which stands in this file, as data.
pub(crate) fn fix_json<'a>(script: &'a Fix, file: Option<&Path>) -> FixJson<'a> {
    let step =
        |step: &'a FixStep| StepJson { about: &step.about, sql: &step.sql, held_back: step.held_back.as_deref() };
    FixJson {
        file: file.map(|file| file.display().to_string()),
        steps: script.steps.iter().map(step).collect(),
        rename_candidates: candidates_json(&script.candidates),
    }
}

/// What is to be said of steps that would lose data.
pub(crate) fn held_back(script: &Fix) -> Option<Diagnostic> {
    let message = || format!("{} of {} steps are held back", script.held_back(), script.steps.len());
    (script.held_back() > 0).then(|| {
        Diagnostic::warning("held-back", message())
            .with_note("they would lose data, or have to wait for one that would; they stand in the script as comments")
    })
}

fn header(database: &str, compared: &Compared, script: &Fix) -> String {
    let now = Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC");
    let (differences, steps, held) = (compared.changes.len(), script.steps.len(), script.held_back());
    let held = match held {
        0 => "none is held back".to_owned(),
        held => format!("{held} of them held back as comments, with their reasons"),
    };
    format!(
        "-- Takes {database} back to what the last run of limosa left there on {}.\n\
         -- Written by `limosa drift --fix` on {now}, from PostgreSQL {}.\n\
         -- {differences} difference(s), {steps} step(s); {held}.\n\
         -- Each step looks first whether it is done, so the script can be run again, also after an error:\n\
         --   psql -v ON_ERROR_STOP=1 -f FILE\n\
         -- or as a migration. It drops nothing that holds data.\n",
        moment(compared),
        compared.live.major()
    )
}
