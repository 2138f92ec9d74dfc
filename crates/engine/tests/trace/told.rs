//! A trace as text, without anything that differs from run to run.

use std::fmt::Write as _;

use limosa_plan::trace::{Probe, Seen, Trace, TracedLock, TracedStatement, TracedTransaction};

pub(crate) fn told(trace: &Trace) -> String {
    let mut text = String::new();
    for table in &trace.tables {
        let shortfall = table.shortfall.as_ref().map(|why| format!(", {why}")).unwrap_or_default();
        writeln!(text, "{}: {} rows{shortfall}", table.name, table.rows).unwrap();
    }
    for transaction in trace.migrations.iter().flat_map(|migration| &migration.transactions) {
        text.push_str(&transaction_told(transaction));
    }
    text
}

fn transaction_told(transaction: &TracedTransaction) -> String {
    let mut text = match &transaction.alone {
        Some(reason) => format!("alone, since {reason}\n"),
        None => "transaction\n".to_owned(),
    };
    for statement in &transaction.statements {
        text.push_str(&statement_told(statement));
    }
    if let Some(failure) = &transaction.failure {
        writeln!(text, "  the commit fails: {}", failure.message).unwrap();
    }
    text
}

fn statement_told(statement: &TracedStatement) -> String {
    let mut text = format!("  {}\n", statement.summary);
    if let Some(failure) = &statement.failure {
        writeln!(text, "    fails: {}", failure.message).unwrap();
    }
    for lock in statement.locks.iter().filter(|lock| is_certain(lock)) {
        writeln!(text, "    {} {}{}", lock.mode, lock.relation.name, probes(lock)).unwrap();
    }
    for work in &statement.work {
        let rows = if work.rows > 0 { format!(" {} rows", work.rows) } else { String::new() };
        let reasons = if work.reasons.is_empty() { String::new() } else { format!(", {}", work.reasons.join(", ")) };
        writeln!(text, "    {:?} {}{rows}{reasons}", work.kind, work.relation.name).unwrap();
    }
    text
}

/// What passes by is seen at one time and missed at another.
fn is_certain(lock: &TracedLock) -> bool {
    matches!(lock.seen, Seen::InTransaction | Seen::HeldUp)
}

fn probes(lock: &TracedLock) -> String {
    let probed = &lock.probed;
    let words = |name: &str, probe: &Probe| match probe {
        Probe::Blocked => format!(" {name}: blocked"),
        Probe::Passes => String::new(),
        Probe::Impossible(why) => format!(" {name}: {why}"),
        Probe::Untried => format!(" {name}: untried"),
    };
    [words("reads", &probed.reads), words("writes", &probed.writes), words("schema changes", &probed.schema_changes)]
        .concat()
}
