//! A trace for people.

use limosa_engine::bytes_for_people;
use limosa_plan::lock::KeptOut;
use limosa_plan::trace::{
    Probe, Seen, Stretch, Timeline, Trace, TracedFailure, TracedKind, TracedLock, TracedMigration, TracedStatement,
    TracedTransaction, TracedWork, WorkKind,
};

use crate::output::duration::Calm;
use crate::output::{Alignment, Cell, Table, display_width, fit, one_line, padding, style};

/// The columns to fill where there is no terminal.
const WIDTH_OFF_TERMINAL: usize = 110;
/// The most columns of one statement in a timeline.
const WIDEST_STATEMENT: usize = 8;
/// Locks on more relations than these are counted.
const MOST_LOCKS: usize = 40;

/// The whole trace of a service.
pub(super) fn render(trace: &Trace, width: Option<usize>) -> String {
    let width = width.unwrap_or(WIDTH_OFF_TERMINAL);
    let mut text = format!("{}  {}, {} rows per table\n", style::heading(&trace.service), trace.server, trace.rows);
    for table in &trace.tables {
        if let Some(why) = &table.shortfall {
            text.push_str(&format!("  {} for {}: {why}\n", style::warning("no rows"), table.name));
        }
    }
    for migration in &trace.migrations {
        text.push_str(&self::migration(migration, width));
    }
    text
}

/// What there was to see, in the end.
pub(super) fn summary(traces: &[Trace]) -> String {
    let statements = || traces.iter().flat_map(Trace::statements);
    let failed = statements().filter(|statement| statement.failure.is_some()).count();
    let differing = statements().filter(|statement| !statement.differences.is_empty()).count();
    let mut text = format!("\n{} statements traced", statements().count());
    if failed > 0 {
        text.push_str(&format!(", {}", style::failed(format!("{failed} failed"))));
    }
    text.push('\n');
    if differing > 0 {
        text.push_str(&format!(
            "{} did something else than limosa's table of locks says, an error in that table; please report it\n",
            style::warning(format!("{differing} of them"))
        ));
    }
    text
}

fn migration(migration: &TracedMigration, width: usize) -> String {
    let title = match &migration.version {
        Some(version) => format!("{version} {}", migration.name),
        None => migration.name.clone(),
    };
    let path = if title == migration.path { String::new() } else { format!("  {}", style::path(&migration.path)) };
    let mut text = format!("\n  {}{path}\n", style::heading(title));
    for transaction in &migration.transactions {
        text.push_str(&self::transaction(transaction, width));
    }
    text
}

fn transaction(transaction: &TracedTransaction, width: usize) -> String {
    let spent: std::time::Duration =
        transaction.statements.iter().map(|statement| statement.duration).sum::<std::time::Duration>()
            + transaction.commit;
    let how = match &transaction.alone {
        Some(reason) => format!("outside a transaction, since {reason}"),
        None => format!("one transaction, {}", Calm(spent)),
    };
    let mut text = format!("    {}\n", style::faint(how));
    for statement in &transaction.statements {
        text.push_str(&self::statement(statement, width));
    }
    if let Some(failure) = &transaction.failure {
        text.push_str(&format!("    {} {}\n", style::failed("the commit fails:"), words(failure)));
    }
    text.push_str(&timeline(transaction, width));
    text
}

fn statement(statement: &TracedStatement, width: usize) -> String {
    let facts = format!("{}, WAL {}", Calm(statement.duration), bytes_for_people(statement.wal_bytes));
    let room = width.saturating_sub(14 + display_width(&facts)).max(20);
    let summary = one_line(&statement.summary).into_owned();
    let summary = fit(&summary, room).into_owned();
    let mut text = format!("    {:>4}  {summary}  {}\n", statement.line, style::faint(facts));
    if let Some(failure) = &statement.failure {
        text.push_str(&format!("          {} {}\n", style::failed("fails:"), words(failure)));
    }
    let notable: Vec<&TracedLock> = statement.locks.iter().filter(|lock| is_notable(lock)).collect();
    let mut table =
        Table::new([Alignment::Left, Alignment::Left, Alignment::Left, Alignment::Left]).indented(10).firm(0).firm(1);
    for lock in notable.iter().take(MOST_LOCKS) {
        let mode = Cell::styled(lock.mode.sql(), look(lock.keeps_out()));
        table.push([lock.relation.name.clone().into(), mode, format!("held {}", Calm(lock.held)).into(), blocks(lock)]);
    }
    text.push_str(&table.render(Some(width)));
    if notable.len() > MOST_LOCKS {
        text.push_str(&format!("          and {} relations more\n", notable.len() - MOST_LOCKS));
    }
    for work in &statement.work {
        text.push_str(&format!("          {}\n", self::work(work)));
    }
    for difference in &statement.differences {
        text.push_str(&format!(
            "          {} {}\n",
            style::warning("not as in limosa's table of locks:"),
            difference.what
        ));
    }
    text
}

/// Who comes to an index comes to its table first.
fn is_notable(lock: &TracedLock) -> bool {
    lock.relation.kind != TracedKind::Index || lock.keeps_out() > KeptOut::Nobody
}

fn words(failure: &TracedFailure) -> String {
    let code = failure.sqlstate.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    format!("{}{code}", failure.message)
}

fn look(kept: KeptOut) -> owo_colors::Style {
    match kept {
        KeptOut::Everybody => style::FAILED,
        KeptOut::Writers => style::WARNING,
        KeptOut::SchemaChanges => style::PLAIN,
        KeptOut::Nobody => style::FAINT,
    }
}

/// Whom the lock kept waiting, and how that is known.
fn blocks(lock: &TracedLock) -> Cell {
    let probed = &lock.probed;
    let mut words = match lock.keeps_out() {
        KeptOut::Nobody => "blocks nothing".to_owned(),
        KeptOut::SchemaChanges => "blocks schema changes".to_owned(),
        KeptOut::Writers => "blocks writes, schema changes".to_owned(),
        KeptOut::Everybody if !matches!(probed.writes, Probe::Impossible(_)) => {
            "blocks reads, writes, schema changes".to_owned()
        }
        KeptOut::Everybody => "blocks reads, schema changes".to_owned(),
    };
    match lock.seen {
        Seen::Expected => words.push_str(" (too short to be seen; as measured before)"),
        Seen::InTransaction | Seen::HeldUp | Seen::Passing if !lock.is_proven() => {
            words.push_str(" (by its mode, untried)");
        }
        _ => {}
    }
    if let (Probe::Impossible(why), true) = (&probed.writes, lock.relation.kind != TracedKind::Index) {
        words.push_str(&format!("; cannot be written to: {why}"));
    }
    Cell::styled(words, look(lock.keeps_out()))
}

fn work(work: &TracedWork) -> String {
    let name = &work.relation.name;
    let bytes = bytes_for_people(work.bytes);
    match work.kind {
        WorkKind::Rewritten => {
            let why = if work.reasons.is_empty() { String::new() } else { format!(": {}", work.reasons.join(", ")) };
            format!("{} {name}, {} rows, {bytes}{why}", style::failed("rewrites"), work.rows)
        }
        WorkKind::Rebuilt => format!("{} index {name}, {bytes}", style::warning("rebuilds")),
        WorkKind::Built => {
            let table = work.relation.table.as_ref().map(|table| format!(" of {table}")).unwrap_or_default();
            format!("{} index {name}{table}, {bytes}", style::warning("builds"))
        }
        WorkKind::Emptied => format!("{} {name}", style::warning("empties")),
        WorkKind::Scanned => format!("{} {name}, {} rows", style::warning("reads all of"), work.rows),
        WorkKind::Read => format!("reads {} rows of {name}", work.rows),
    }
}

/// The locks over the statements: a line for each relation, a column for each statement.
fn timeline(transaction: &TracedTransaction, width: usize) -> String {
    let timeline = Timeline::of(transaction);
    // One statement's locks stand above.
    if timeline.columns < 2 || timeline.lines.is_empty() {
        return String::new();
    }
    let lines = || timeline.lines.iter().take(MOST_LOCKS);
    let names = lines().map(|line| display_width(&line.relation.name)).max().unwrap_or(0);
    let room = width.saturating_sub(6 + names + 2) / timeline.columns;
    let column = room.clamp(1, WIDEST_STATEMENT);
    let mut text = String::from("\n");
    let mut head = format!("    {}", " ".repeat(names + 2));
    for statement in &transaction.statements {
        let line = statement.line.to_string();
        let label = if line.len() < column { line } else { String::new() };
        head.push_str(&format!("{label:<column$}"));
    }
    text.push_str(&format!("{}\n", style::faint(head.trim_end())));
    for line in lines() {
        let name = &line.relation.name;
        text.push_str(&format!("    {name}{}  ", padding(name, names)));
        let mut at = 0;
        for stretch in &line.stretches {
            text.push_str(&" ".repeat(stretch.from.saturating_sub(at) * column));
            text.push_str(&bar(stretch, column));
            at = stretch.to;
        }
        text.push('\n');
    }
    if timeline.lines.len() > MOST_LOCKS {
        text.push_str(&format!("    and {} relations more\n", timeline.lines.len() - MOST_LOCKS));
    }
    let mut seen: Vec<KeptOut> = lines().flat_map(|line| &line.stretches).map(|stretch| stretch.keeps_out).collect();
    seen.sort_unstable();
    seen.dedup();
    let legend: Vec<String> = seen.iter().rev().map(|kept| format!("{} {}", sign(*kept), legend(*kept))).collect();
    text.push_str(&format!("    {}\n", style::faint(legend.join("   "))));
    text
}

/// The letters of the mode, then a sign for whom it keeps waiting.
fn bar(stretch: &Stretch, column: usize) -> String {
    let width = (stretch.to - stretch.from) * column;
    let letters = stretch.mode.initials();
    let letters = if letters.len() < width { letters } else { "" };
    let signs: String = std::iter::repeat_n(sign(stretch.keeps_out), width.saturating_sub(letters.len())).collect();
    look(stretch.keeps_out).style(format!("{letters}{signs}")).to_string()
}

fn sign(kept: KeptOut) -> char {
    match kept {
        KeptOut::Everybody => '█',
        KeptOut::Writers => '▓',
        KeptOut::SchemaChanges => '░',
        KeptOut::Nobody => '·',
    }
}

fn legend(kept: KeptOut) -> &'static str {
    match kept {
        KeptOut::Everybody => "blocks reads and writes",
        KeptOut::Writers => "blocks writes",
        KeptOut::SchemaChanges => "blocks schema changes",
        KeptOut::Nobody => "blocks nothing",
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::super::sample::sample;
    use super::*;

    #[test]
    fn a_trace_reads_without_colour() {
        let text = format!("{}{}", render(&sample(), Some(100)), summary(&[sample()]));
        insta::assert_snapshot!(strip_str(&text).to_string());
    }

    #[test]
    fn a_narrow_terminal_gets_narrow_columns() {
        let text = strip_str(&render(&sample(), Some(40))).to_string();
        assert!(text.contains("    public.visit  S▓▓▓▓▓▓▓▓▓▓▓AE████\n"), "{text}");
    }
}
