//! A plan for people.

use limosa_engine::bytes_for_people;
use std::time::Duration;

use limosa_plan::lock::KeptOut;
use limosa_plan::trace::WorkKind;
use limosa_plan::{PlanDocument, PlannedLock, PlannedStatement, PlannedTrace};

use crate::output::duration::Calm;
use crate::output::{Alignment, Cell, Table, fit, one_line, several_lines, style};

/// The columns that a statement may take where there is no terminal to fill.
const WIDTH_OFF_TERMINAL: usize = 80;

/// The whole plan; with `verbose`, each statement with its text and all of its locks.
pub(super) fn render(document: &PlanDocument, verbose: bool, width: Option<usize>) -> String {
    let mut text = String::new();
    for target in &document.targets {
        if target.migrations.is_empty() {
            text.push_str(&format!("{}  {}  up to date\n", style::heading(&target.service), target.database));
            continue;
        }
        text.push_str(&format!(
            "{}  {}  {} to apply\n",
            style::heading(&target.service),
            target.database,
            target.migrations.len()
        ));
        for migration in &target.migrations {
            let name = match migration.kind {
                "repeatable" => migration.name.clone(),
                _ => format!("{} {}", migration.version, migration.name),
            };
            let how = if migration.one_transaction { "one transaction" } else { "in stages, each recorded" };
            let how = if migration.online { format!("online, {how}") } else { how.to_owned() };
            let how = match migration.verify {
                0 => how,
                1 => format!("{how}, verified by 1 query"),
                many => format!("{how}, verified by {many} queries"),
            };
            text.push_str(&format!(
                "  {}  {}  {}\n",
                style::heading(name),
                style::path(&migration.path),
                style::faint(how)
            ));
            text.push_str(&statements(&migration.statements, verbose, width));
            if !migration.contract.is_empty() {
                let contract = format!("with `limosa contract {}`", migration.version);
                if !migration.ready.is_empty() {
                    let first = format!("then, {contract}, before it locks anything for longer than a moment");
                    text.push_str(&format!("    {}\n", style::faint(first)));
                    text.push_str(&statements(&migration.ready, verbose, width));
                }
                let then = format!("then, {contract}, in one transaction");
                text.push_str(&format!("    {}\n", style::faint(then)));
                text.push_str(&statements(&migration.contract, verbose, width));
            }
        }
        text.push('\n');
    }
    text
}

fn statements(all: &[PlannedStatement], verbose: bool, width: Option<usize>) -> String {
    if verbose {
        return all.iter().map(|statement| whole(statement, width)).collect();
    }
    let alignments = [Alignment::Right, Alignment::Left, Alignment::Left, Alignment::Left, Alignment::Left];
    let mut table = Table::new(alignments).indented(4).firm(0);
    for statement in all {
        let summary = one_line(&statement.summary);
        let summary = if width.is_some() { summary } else { fit(&summary, WIDTH_OFF_TERMINAL).into_owned().into() };
        let summary = summary.into_owned().into();
        table.push([line(statement), summary, lock(statement), work(statement), note(statement)]);
    }
    table.render(width)
}

/// A statement with its whole text, and all of its locks.
fn whole(statement: &PlannedStatement, width: Option<usize>) -> String {
    let mut table = Table::new([Alignment::Right, Alignment::Left, Alignment::Left]).indented(4).firm(0);
    table.push([line(statement), statement.tag.clone().into(), note(statement)]);
    let mut text = table.render(width);
    let mut locks = Table::new([Alignment::Left, Alignment::Left, Alignment::Left]).indented(6);
    for lock in &statement.locks {
        let words = format!("{}, keeps out {}", lock.mode, lock.keeps_out);
        let style = if keeps_users_out(lock) { style::WARNING } else { style::FAINT };
        locks.push([lock.relation.clone().into(), Cell::styled(words, style), amount(lock).into()]);
    }
    for part in &statement.unnamed {
        locks.push([format!("its {part}").into(), Cell::styled("if there are any", style::FAINT), "".into()]);
    }
    text.push_str(&locks.render(width));
    for hazard in &statement.hazards {
        text.push_str(&format!("      {} {}\n", style::warning(hazard.name), hazard.about));
    }
    if let Some(duration) = &statement.duration {
        let words = format!("takes {} ({})", range(duration.from_ms, duration.to_ms), duration.basis);
        text.push_str(&format!("      {}\n", style::faint(words)));
    }
    if let Some(trace) = &statement.traced {
        text.push_str(&format!("      {}\n", style::faint(traced(trace))));
    }
    for line in several_lines(&statement.sql).lines() {
        text.push_str(format!("      {line}").trim_end());
        text.push('\n');
    }
    text
}

fn line(statement: &PlannedStatement) -> Cell {
    Cell::styled(statement.line.to_string(), style::FAINT)
}

/// What an earlier trace saw: how long it took, and how long what it kept out had to wait there.
fn traced(trace: &PlannedTrace) -> String {
    let held = trace.locks.iter().filter(|lock| lock.keeps_out() >= KeptOut::Writers).map(|lock| lock.held).max();
    let held = held.map(|held| format!(", its locks held {}", Calm(held))).unwrap_or_default();
    let work = trace.work.iter().filter_map(|work| match work.kind {
        WorkKind::Rewritten => Some(format!(", rewrites {}", work.relation.name)),
        WorkKind::Scanned => Some(format!(", reads all of {}", work.relation.name)),
        WorkKind::Rebuilt | WorkKind::Built => Some(format!(", builds {}", work.relation.name)),
        WorkKind::Emptied | WorkKind::Read => None,
    });
    let (server, rows) = (&trace.server, trace.rows);
    format!(
        "traced on {server} with {rows} rows per table: {}{held}{}, WAL {}",
        Calm(trace.duration),
        work.collect::<String>(),
        bytes_for_people(trace.wal_bytes)
    )
}

/// The strongest lock that readers or writers would notice; faint where it is needed for a moment only.
fn lock(statement: &PlannedStatement) -> Cell {
    let noticed: Vec<&PlannedLock> = statement.locks.iter().filter(|lock| keeps_users_out(lock)).collect();
    match noticed.as_slice() {
        [] if statement.more => match &statement.traced {
            Some(trace) => traced_lock(trace),
            None => Cell::styled("locks unknown", style::WARNING),
        },
        [] => "".into(),
        [strongest, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" +{}", rest.len()) };
            let whom = if strongest.keeps_out == "writers" { "writers" } else { "all" };
            let relation = strongest.relation.strip_prefix("public.").unwrap_or(&strongest.relation);
            let words = format!("blocks {whom}: {relation}{more}");
            let is_long = noticed.iter().any(|lock| lock.reads_rows || lock.writes_rows);
            Cell::styled(words, if is_long { style::WARNING } else { style::FAINT })
        }
    }
}

/// The strongest lock that a trace saw, where the text does not show it.
fn traced_lock(trace: &PlannedTrace) -> Cell {
    let noticed = trace.locks.iter().filter(|lock| lock.keeps_out() >= KeptOut::Writers);
    let Some(strongest) = noticed.max_by_key(|lock| (lock.keeps_out(), lock.mode)) else { return "".into() };
    let whom = if strongest.keeps_out() == KeptOut::Writers { "writers" } else { "all" };
    let name = &strongest.relation.name;
    let relation = name.strip_prefix("public.").unwrap_or(name);
    Cell::styled(format!("blocks {whom}: {relation} (traced)"), style::WARNING)
}

fn keeps_users_out(lock: &PlannedLock) -> bool {
    lock.keeps_out.contains("writers")
}

/// How much is read or written under the locks, and how long that takes.
fn work(statement: &PlannedStatement) -> Cell {
    let worked = statement.locks.iter().filter(|lock| lock.reads_rows || lock.writes_rows);
    let Some(largest) = worked.max_by_key(|lock| lock.bytes) else { return "".into() };
    match &statement.duration {
        Some(duration) => format!("{}, {}", amount(largest), range(duration.from_ms, duration.to_ms)).into(),
        None => amount(largest).into(),
    }
}

/// `rewrites 1200000 rows, 340 MB`
fn amount(lock: &PlannedLock) -> String {
    let verb = match (lock.writes_rows, lock.reads_rows) {
        (true, _) => "rewrites ",
        (false, true) => "reads ",
        (false, false) => "",
    };
    let rows = lock.rows.map(|rows| format!("{rows} rows, ")).unwrap_or_default();
    match lock.bytes {
        Some(bytes) => format!("{verb}{rows}{}", bytes_for_people(bytes)),
        None if verb.is_empty() => String::new(),
        None => format!("{verb}every row"),
    }
}

fn range(from_ms: u64, to_ms: u64) -> String {
    let calm = |ms: u64| Calm(Duration::from_millis(ms)).to_string();
    let (from, to) = (calm(from_ms), calm(to_ms));
    if from == to { from } else { format!("{from} to {to}") }
}

fn note(statement: &PlannedStatement) -> Cell {
    let loses = statement.hazards.iter().find(|hazard| hazard.name == "deletes-data");
    if let Some(hours) = statement.kept_hours {
        let keep = if hours % 24 == 0 { format!("{} d", hours / 24) } else { format!("{hours} h") };
        return Cell::styled(format!("set aside for {keep}"), style::FAINT);
    }
    let batches = statement.backfill.as_ref().map(|backfill| match backfill.batch_time_ms {
        Some(time) => format!("in batches of about {time} ms"),
        None => "in batches".to_owned(),
    });
    if let (None, Some(batches)) = (loses, batches) {
        return Cell::styled(batches, style::FAINT);
    }
    match (loses, &statement.alone, statement.waits) {
        (Some(hazard), ..) => Cell::styled(format!("{}: {}", hazard.name, hazard.about), style::FAILED),
        (None, Some(reason), _) => Cell::styled(format!("alone: {reason}"), style::WARNING),
        (None, None, "patiently") => Cell::styled("may wait long for rows", style::FAINT),
        _ => "".into(),
    }
}
