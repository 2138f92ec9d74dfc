//! A trace for the tests of its readers.

use std::time::Duration;

use limosa_plan::lock::LockMode;
use limosa_plan::trace::{
    Probe, Probed, Seen, Trace, TraceDifference, TracedFailure, TracedKind, TracedLock, TracedMigration,
    TracedRelation, TracedStatement, TracedTable, TracedTransaction, TracedWork, WorkKind,
};

fn relation(name: &str, kind: TracedKind) -> TracedRelation {
    let table = (kind == TracedKind::Index).then(|| "public.visit".to_owned());
    TracedRelation { name: name.to_owned(), kind, table }
}

fn lock(relation: TracedRelation, mode: LockMode, held: u64) -> TracedLock {
    let probe = |needs: LockMode| if mode.conflicts_with().contains(&needs) { Probe::Blocked } else { Probe::Passes };
    let probed = Probed {
        reads: probe(LockMode::AccessShare),
        writes: probe(LockMode::RowExclusive),
        schema_changes: probe(LockMode::ShareUpdateExclusive),
    };
    TracedLock { relation, mode, held: Duration::from_millis(held), seen: Seen::InTransaction, probed }
}

fn statement(line: usize, summary: &str, milliseconds: u64) -> TracedStatement {
    TracedStatement {
        line,
        tag: "ALTER TABLE".to_owned(),
        summary: summary.to_owned(),
        duration: Duration::from_millis(milliseconds),
        wal_bytes: milliseconds * 10_000,
        locks: Vec::new(),
        work: Vec::new(),
        failure: None,
        differences: Vec::new(),
    }
}

/// A transaction of three statements, one of which fails, and a statement outside one.
pub(super) fn sample() -> Trace {
    let table = |name: &str| relation(name, TracedKind::Table);
    let mut index = statement(1, "CREATE INDEX ON visit (at)", 20);
    index.locks = vec![lock(table("public.visit"), LockMode::Share, 90)];
    index.work = vec![TracedWork {
        relation: relation("public.visit_at_idx", TracedKind::Index),
        kind: WorkKind::Built,
        rows: 0,
        bytes: 40_960,
        reasons: Vec::new(),
    }];
    let mut failing = statement(2, "ALTER TABLE nobody ADD \"a<b\" int", 1);
    failing.failure = Some(TracedFailure {
        message: "relation \"nobody\" does not exist".to_owned(),
        sqlstate: Some("42P01".to_owned()),
        line: None,
    });
    let mut rewriting = statement(3, "ALTER TABLE visit ALTER id TYPE bigint, ADD FOREIGN KEY (p) REFERENCES p", 60);
    rewriting.locks = vec![
        lock(table("public.visit"), LockMode::AccessExclusive, 69),
        lock(relation("public.visit_pkey", TracedKind::Index), LockMode::AccessShare, 69),
        lock(table("public.p"), LockMode::ShareRowExclusive, 69),
    ];
    rewriting.work = vec![TracedWork {
        relation: table("public.visit"),
        kind: WorkKind::Rewritten,
        rows: 1000,
        bytes: 81_920,
        reasons: vec!["a column's type is stored differently".to_owned()],
    }];
    rewriting.differences = vec![TraceDifference {
        relation: "public.p".to_owned(),
        expected: Some(LockMode::AccessShare),
        traced: Some(LockMode::ShareRowExclusive),
        what: "public.p was locked SHARE ROW EXCLUSIVE, not ACCESS SHARE as expected".to_owned(),
    }];
    let transaction = TracedTransaction {
        alone: None,
        statements: vec![index, failing, rewriting],
        commit: Duration::from_millis(9),
        failure: None,
    };
    let mut vacuum = statement(5, "VACUUM visit", 4);
    vacuum.locks = vec![TracedLock {
        seen: Seen::HeldUp,
        probed: Probed { schema_changes: Probe::Untried, ..lock(table("x"), LockMode::AccessShare, 0).probed },
        ..lock(table("public.visit"), LockMode::ShareUpdateExclusive, 3)
    }];
    let alone = TracedTransaction {
        alone: Some("it commits after each table".to_owned()),
        statements: vec![vacuum],
        commit: Duration::ZERO,
        failure: None,
    };
    let table = |name: &str, shortfall: Option<&str>| TracedTable {
        name: name.to_owned(),
        rows: if shortfall.is_some() { 0 } else { 1000 },
        shortfall: shortfall.map(str::to_owned),
    };
    Trace {
        format: Trace::FORMAT,
        service: "clinic".to_owned(),
        server: "PostgreSQL 18.1".to_owned(),
        rows: 1000,
        tables: vec![table("public.visit", None), table("public.odd", Some("it has no partitions"))],
        migrations: vec![TracedMigration {
            version: Some("007".to_owned()),
            name: "widen_visit".to_owned(),
            path: "migrations/007_widen_visit.sql".to_owned(),
            transactions: vec![transaction, alone],
        }],
    }
}
