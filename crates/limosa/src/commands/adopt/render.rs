//! What a take-over shows.

use std::fmt::Write as _;

use limosa_engine::ScriptVerdict;
use limosa_project::{Adopted, AdoptedTarget, AdoptionPlan, EntrySource, OldHistory, OldState, Verdict};

use super::Seen;
use super::record::Recorded;
use super::schema::Comparison;
use crate::output::{Alignment, Cell, Table, Verbosity, count, style, terminal_width};

/// What was found, and what would go on record.
pub(super) fn render(seen: &Seen, plan: &AdoptionPlan<'_>, verbosity: Verbosity) -> String {
    let old = &seen.histories.old;
    let mut text = format!("{}  {}\n", style::heading(&old.service), old.database);
    match seen.histories.scripts.as_slice() {
        [] => text.push_str(&histories(&seen.histories.histories)),
        scripts => text.push_str(&verdicts(scripts)),
    }
    if verbosity == Verbosity::Verbose {
        text.push_str(&in_full(plan));
    }
    text.push_str(&outlook(&seen.comparison, plan));
    text.push_str(&schema(&seen.comparison, plan));
    text
}

/// A line for each script.
fn verdicts(scripts: &[(String, ScriptVerdict)]) -> String {
    let mut table = Table::new([Alignment::Left; 3]).indented(2);
    for (path, verdict) in scripts {
        let (mark, said) = match verdict {
            ScriptVerdict::InEffect => (Cell::styled("✓", style::DONE), "in effect"),
            ScriptVerdict::NotInEffect => (Cell::styled("•", style::WARNING), "not in effect"),
            ScriptVerdict::Partly { .. } => (Cell::styled("✗", style::FAILED), "in effect in part"),
            ScriptVerdict::Untold => (Cell::styled("?", style::FAINT), "changes no schema, so it cannot be told"),
        };
        table.push([mark, path.as_str().into(), said.into()]);
    }
    table.render(terminal_width())
}

/// A line for each table.
fn histories(histories: &[OldHistory]) -> String {
    let mut table = Table::new([
        Alignment::Left,
        Alignment::Left,
        Alignment::Right,
        Alignment::Right,
        Alignment::Left,
        Alignment::Left,
    ])
    .indented(2)
    .named(["tool", "table", "applied", "failed", "newest", "files"])
    .firm(0);
    for history in histories {
        let in_state = |is: fn(&OldState) -> bool| history.entries.iter().filter(|entry| is(&entry.state)).count();
        let applied = in_state(|state| *state == OldState::Applied);
        let failed = in_state(|state| matches!(state, OldState::Failed { .. }));
        let newest = history.entries.iter().rev().find(|entry| entry.state == OldState::Applied);
        let newest = newest.map_or_else(
            || "–".to_owned(),
            |entry| {
                let at = entry.applied_at.map(|at| at.strftime("  %Y-%m-%d").to_string()).unwrap_or_default();
                format!("{}{at}", entry.key)
            },
        );
        let failed = match failed {
            0 => Cell::from("0"),
            _ => Cell::styled(failed.to_string(), style::FAILED),
        };
        let tool = Cell::styled(history.tool.title(), style::HEADING);
        table.push([
            tool,
            history.table.as_str().into(),
            applied.to_string().into(),
            failed,
            newest.into(),
            files(history),
        ]);
    }
    table.render(terminal_width())
}

/// What the checksums say of the files.
fn files(history: &OldHistory) -> Cell {
    let applied = || history.entries.iter().filter(|entry| entry.state == OldState::Applied);
    let with = |verdict: Verdict| applied().filter(|entry| entry.verdict == verdict).count();
    let (same, edited) = (with(Verdict::Same), with(Verdict::Edited));
    let gone = applied().filter(|entry| matches!(entry.source, EntrySource::Gone { .. })).count();
    let mut said = Vec::new();
    if edited > 0 {
        said.push(format!("{edited} edited"));
    }
    if gone > 0 {
        said.push(format!("{gone} missing"));
    }
    if same > 0 {
        said.push(format!("{same} as applied"));
    }
    match (said.is_empty(), edited + gone) {
        (true, _) => Cell::styled("no checksums", style::FAINT),
        (_, 0) => Cell::styled(said.join(", "), style::DONE),
        _ => Cell::styled(said.join(", "), style::WARNING),
    }
}

/// Every row that goes on record, and every migration that does not.
fn in_full(plan: &AdoptionPlan<'_>) -> String {
    let mut table = Table::new([Alignment::Left; 4]).indented(2).firm(0);
    for adopted in &plan.adopted {
        let what = match adopted.target {
            AdoptedTarget::Migration(migration) => format!("{} {}", migration.version, migration.name),
            AdoptedTarget::Repeatable(repeatable) => repeatable.name.to_string(),
            AdoptedTarget::Event => format!("{} (a program)", adopted.entry.key),
        };
        table.push([Cell::styled("✓", style::DONE), what.into(), when(adopted).into(), adopted.tool.as_str().into()]);
    }
    for (tool, entry) in &plan.programs {
        let what = format!("{} (a program)", entry.key);
        table.push([Cell::styled("✓", style::DONE), what.into(), "".into(), tool.as_str().into()]);
    }
    for migration in &plan.pending {
        let what = format!("{} {}", migration.version, migration.name);
        table.push([Cell::styled("•", style::WARNING), what.into(), "pending".into(), "".into()]);
    }
    table.render(terminal_width())
}

fn when(adopted: &Adopted<'_>) -> String {
    let at = adopted.entry.applied_at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    let by = adopted.entry.applied_by.as_deref();
    [at.as_deref(), by].into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// How much goes on record.
fn outlook(comparison: &Comparison, plan: &AdoptionPlan<'_>) -> String {
    let migrations = plan.adopted.iter().filter(|adopted| adopted.target != AdoptedTarget::Event).count();
    let mut text = format!("  to go on record: {}; pending here: {}\n", count(migrations), plan.pending.len());
    if !plan.programs.is_empty() {
        let how = match comparison {
            Comparison::Made { carried, .. } if !carried.is_empty() => "each becomes a file with the SQL that it runs",
            _ => "one new file holds what they made",
        };
        let _ = writeln!(text, "  of programs, which Limosa does not run: {}; {how}", plan.programs.len());
    }
    if !plan.kept.is_empty() {
        let paths: Vec<&str> = plan.kept.iter().map(|kept| kept.path.as_str()).collect();
        let _ = writeln!(text, "  files that the history has kept: {}", paths.join(", "));
    }
    text
}

fn schema(comparison: &Comparison, plan: &AdoptionPlan<'_>) -> String {
    match comparison {
        Comparison::Made { changes, .. } if changes.is_empty() => {
            format!("  {}\n", style::done("✓ the migrations in effect lead to the schema that is there"))
        }
        Comparison::Made { changes, carried, .. } if !plan.programs.is_empty() && carried.is_empty() => {
            format!(
                "  what differs between the SQL in effect and the schema goes into the new file: {}\n",
                changes.len()
            )
        }
        _ => String::new(),
    }
}

/// What was written.
pub(super) fn recorded(recorded: &Recorded, seen: &Seen) -> String {
    let done = &recorded.done;
    let database = &seen.histories.old.database;
    let mut text = format!("{} on record: {}, in {database}\n", style::done("✓"), count(done.migrations));
    for file in &recorded.files {
        let _ = writeln!(text, "  wrote {}", style::path(file));
    }
    for table in &done.guarded {
        let _ = writeln!(text, "  guarded {table}: its tool refuses to run");
    }
    text
}
