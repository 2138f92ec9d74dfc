//! Proofs for people.

use std::fmt::Display;

use limosa_catalog::ObjectName;
use limosa_engine::{CheckOutcome, LeftOutSeed, Loss, Proof, ProofStep, ProofVerdict, RowCount, change_line};
use limosa_syntax::Diagnostic;

use crate::output::style;

/// So many characters of a value are shown.
const SHOWN: usize = 40;
/// And so many of the reason why rows are missing, which may hold a long constraint.
const LONGEST: usize = 200;

pub(super) fn line(proof: &Proof, require_down: bool) -> String {
    let (mark, what) = match &proof.verdict {
        ProofVerdict::Proven if !proof.losses.is_empty() => {
            let what = format!("it loses {}, as is allowed", listed(&proof.losses));
            return told(proof, style::done("✓"), &what);
        }
        ProofVerdict::Proven => (style::done("✓"), ""),
        ProofVerdict::NoDown if !require_down => (style::faint("–"), "no way back"),
        ProofVerdict::NoDown => (style::failed("✗"), "no way back"),
        ProofVerdict::UpFails(_) => (style::failed("✗"), "it fails on these rows"),
        ProofVerdict::OnlineFails(step, _) => match step {
            ProofStep::Contract => (style::failed("✗"), "online, its contract fails"),
            ProofStep::BothVersions => (style::failed("✗"), "online, both versions do not read the same"),
            ProofStep::Down => (style::failed("✗"), "online, its way back fails"),
            _ => (style::failed("✗"), "it cannot be run online"),
        },
        ProofVerdict::DownFails(_) => (style::failed("✗"), "the way back fails"),
        ProofVerdict::UpFailsAgain(ProofStep::UpTwice, _) => (style::failed("✗"), "it fails on top of itself"),
        ProofVerdict::UpFailsAgain(..) => (style::failed("✗"), "it cannot be applied again"),
        ProofVerdict::Differs(difference) => match difference.after {
            ProofStep::UpTwice => (style::failed("✗"), "on top of itself it makes something else"),
            ProofStep::Down => (style::failed("✗"), "the way back leaves something else"),
            ProofStep::UpAgain => (style::failed("✗"), "the second time makes something else"),
            ProofStep::Expand | ProofStep::BothVersions | ProofStep::Contract => {
                (style::failed("✗"), "online it makes something else than its plain statements")
            }
        },
        ProofVerdict::RowsDiffer { after: ProofStep::UpTwice, .. } => {
            (style::failed("✗"), "on top of itself it changes rows")
        }
        ProofVerdict::RowsDiffer { .. } => (style::failed("✗"), "the second time it makes other rows"),
        ProofVerdict::LosesData => {
            return told(proof, style::failed("✗"), &format!("it loses {}", listed(&proof.losses)));
        }
    };
    told(proof, mark, what)
}

fn told(proof: &Proof, mark: impl Display, what: &str) -> String {
    let refused = proof.rows.refused.iter().map(|said| format!("proven without rows, with which it fails: {said}"));
    let notes = proof.notes.iter().cloned().chain(refused);
    let notes: String = notes.map(|note| format!("      {}\n", style::faint(&note))).collect();
    format!("  {mark} {} {}  {}\n{notes}", proof.version, proof.name, style::faint(what))
}

/// `20 values of public.patient.ssn and 1 more`
fn listed(losses: &[Loss]) -> String {
    match losses {
        [] => String::new(),
        [only] => only.to_string(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
    }
}

/// The line of a table that has no rows, or lacks some.
pub(super) fn short(table: &str, rows: u64, reason: &str) -> String {
    let what = if rows == 0 { "has no rows" } else { "lacks rows" };
    missing(&format!("{table} {what}"), reason)
}

/// The line of a seed whose rows are not there.
pub(super) fn left_out(it: &LeftOutSeed) -> String {
    missing(&format!("the rows of seed {} are not there", it.seed), &it.reason)
}

fn missing(what: &str, reason: &str) -> String {
    let words: Vec<&str> = reason.split_whitespace().collect();
    let reason = cut(&words.join(" "), LONGEST);
    format!("  {} {}\n", style::faint("–"), style::faint(&format!("{what}: {reason}")))
}

pub(super) fn people(table: &ObjectName) -> String {
    format!("{}.{}", table.schema.for_people(), table.name.for_people())
}

pub(in crate::commands) fn explain(proof: &Proof, require_down: bool) -> Vec<Diagnostic> {
    let name = format!("{} {}", proof.version, proof.name);
    match &proof.verdict {
        ProofVerdict::Proven => Vec::new(),
        ProofVerdict::NoDown if !require_down => Vec::new(),
        ProofVerdict::NoDown => {
            vec![
                Diagnostic::error("no-down", format!("{name} has no way back"))
                    .with_help(format!("write one beside `{}`", proof.path)),
            ]
        }
        ProofVerdict::UpFails(error) | ProofVerdict::DownFails(error) | ProofVerdict::OnlineFails(_, error) => {
            error.diagnostics()
        }
        ProofVerdict::UpFailsAgain(step, error) => {
            let mut diagnostics = error.diagnostics();
            if let (ProofStep::UpTwice, Some(first)) = (step, diagnostics.first_mut()) {
                first.notes.push(format!("{name} was applied a second time, on top of itself"));
            }
            diagnostics
        }
        ProofVerdict::RowsDiffer { after, counts, values } => {
            let (message, help) = match after {
                ProofStep::UpTwice => (
                    format!("applied on top of itself, {name} changes rows"),
                    "let it write only what is missing, as with `ON CONFLICT DO NOTHING`".to_owned(),
                ),
                _ => (
                    format!("applied again after its way back, {name} makes other rows"),
                    format!("let the way back of `{}` remove the rows that it makes", proof.path),
                ),
            };
            let mut diagnostic = Diagnostic::error("not-proven", message);
            let line = |it: &RowCount| format!("{}: {} rows, then {}", people(&it.table), it.before, it.after);
            diagnostic.notes = counts.iter().map(line).chain(values.iter().map(loss_line)).take(8).collect();
            vec![diagnostic.with_help(help)]
        }
        ProofVerdict::LosesData => {
            let losses = listed(&proof.losses);
            let message = format!("{name} loses {losses}, and its way back does not bring them back");
            let mut diagnostic = Diagnostic::error("loses-data", message);
            diagnostic.notes = proof.losses.iter().take(8).map(loss_line).collect();
            let help = format!(
                "keep what it takes away with `-- limosa: set-aside 30d`, or accept the loss with \
                 `-- limosa: allow deletes-data`, in `{}`",
                proof.path
            );
            vec![diagnostic.with_help(help)]
        }
        ProofVerdict::Differs(difference) => {
            let message = match difference.after {
                ProofStep::UpTwice => format!("applied on top of itself, {name} makes something else"),
                ProofStep::Down => format!("after its way back, {name} is not undone"),
                ProofStep::UpAgain => format!("applied again after its way back, {name} makes something else"),
                ProofStep::Expand | ProofStep::BothVersions | ProofStep::Contract => {
                    format!("run online, {name} makes something else than its plain statements")
                }
            };
            let mut diagnostic = Diagnostic::error("not-proven", message);
            diagnostic.notes = difference.changes.iter().take(8).map(change_line).collect();
            if !difference.sql.is_empty() {
                diagnostic.notes.push(format!("this would put it right:\n{}", difference.sql.trim_end()));
            }
            let help = match difference.after {
                ProofStep::UpTwice => format!("mend `{}`, so that it changes nothing the second time", proof.path),
                ProofStep::Down | ProofStep::UpAgain => format!("mend the way back of `{}`", proof.path),
                ProofStep::Expand | ProofStep::BothVersions | ProofStep::Contract => {
                    "say with `-- limosa: phase …` when its statements are to run".to_owned()
                }
            };
            vec![diagnostic.with_help(help)]
        }
    }
}

/// `20 values of public.patient.ssn: 'ssn 1', then null`
fn loss_line(loss: &Loss) -> String {
    match &loss.example {
        Some(example) => {
            format!("{loss}: {}, then {}", shown(example.before.as_deref()), shown(example.after.as_deref()))
        }
        None => loss.to_string(),
    }
}

fn shown(value: Option<&str>) -> String {
    match value {
        None => "null".to_owned(),
        Some(text) => format!("'{}'", cut(text, SHOWN)),
    }
}

/// The text, or its first characters and a mark.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most).chain(['…']).collect() }
}

pub(super) fn check_line(outcome: &CheckOutcome) -> String {
    let (mark, what) = match outcome.is_failed() {
        false => (style::done("✓"), ""),
        true => (style::failed("✗"), "it does not hold"),
    };
    format!("  {mark} check {}  {}\n", outcome.name, style::faint(what))
}
