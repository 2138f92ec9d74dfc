//! What holds for every online change, whatever it does, while clients of both versions are at work without a pause:
//!
//! - not one of their statements fails, and what was acknowledged is read by both versions;
//! - after `contract` the schema is the one that the plain statements lead to on empty tables, to our eyes and to those
//!   of `pg_dump`;
//! - after `abort` schema and rows are what they were;
//! - after `down`, behind `contract`, the schema is what it was.
//!
//! The order of a table's columns is no part of it. How long a client waited at the longest is said, and not asserted.

mod cases;
mod law;
pub(crate) mod schema;

use limosa_testkit::{Database, Traffic, TrafficReport, thorough};

use self::law::Law;
use self::schema::Schema;
use crate::place::on_servers;
use crate::project::Project;

/// Holds a law on every server that knows what it needs.
fn hold(law: &Law) {
    on_servers(|database| {
        if database.server().major().number() >= law.since {
            Trial::of(database, law).run();
        }
    });
}

/// A law that is tried on a database.
struct Trial<'a> {
    database: &'a Database,
    law: &'a Law,
    project: Project,
}

impl<'a> Trial<'a> {
    /// With all that the law begins with, and its change pending.
    fn of(database: &'a Database, law: &'a Law) -> Self {
        println!("{}", law.change);
        let project = Project::on(database).with("migrations/001_setup.sql", format!("{}{}", law.schema(), law.rows));
        project.limosa("up").exits(0);
        project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{}", law.change));
        Self { database, law, project }
    }

    fn run(&self) {
        let server = self.database.server();
        let start = Schema::of(server, &[&self.law.schema()]);
        let end = Schema::of(server, &[&self.law.schema(), self.law.plain()]);
        self.begun_and_taken_back(&start);
        let mut acknowledged = self.begun_and_contracted(&end);
        if self.law.goes_back {
            self.taken_back_afterwards(&start, &mut acknowledged);
        }
        self.project.limosa("drift").exits(0);
    }

    /// Before the old version is gone.
    fn begun_and_taken_back(&self, start: &Schema) {
        let rows = self.rows();
        let old = self.old_at_work(0);
        self.project.limosa("up").exits(0);
        old.until(self.statements());
        self.take_back();
        let report = ended(old, "old, while it was begun and taken back");
        report.must_be_in(self.database.url(), &self.law.old);
        start.must_be(&self.project, self.database, "after the abort");
        if !self.law.replaces_values {
            assert_eq!(self.rows(), rows, "rows are others after the abort of\n{}", self.law.change);
        }
    }

    /// All of it, with clients of both versions.
    fn begun_and_contracted(&self, end: &Schema) -> Vec<TrafficReport> {
        let (url, law) = (self.database.url(), self.law);
        let old = self.old_at_work(1);
        self.project.limosa("up").exits(0);
        let new = (!law.takes_turns).then(|| self.new_at_work(2));
        let neighbours = self.old_at_work(3);
        neighbours.until(self.statements());
        let mut acknowledged = vec![ended(old, "old, through expand"), ended(neighbours, "old, beside the new ones")];
        for report in &acknowledged {
            report.must_be_in(url, &law.old);
            if !law.takes_turns {
                report.must_be_in(url, &law.new);
            }
        }
        self.contract();
        let new = new.unwrap_or_else(|| self.new_at_work(2));
        new.until(self.statements());
        acknowledged.push(ended(new, "new, through contract"));
        for report in &acknowledged {
            report.must_be_in(url, &law.new);
        }
        end.must_be(&self.project, self.database, "after the contract");
        let left = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'limosa'::regnamespace";
        assert_eq!(self.database.execute(left)[0][0].as_deref(), Some("0"), "functions are left of\n{}", law.change);
        self.project.limosa("drift").exits(0);
        acknowledged
    }

    /// By an online change of its own.
    fn taken_back_afterwards(&self, start: &Schema, acknowledged: &mut Vec<TrafficReport>) {
        let new = self.new_at_work(4);
        self.project.limosa("down").exits(0);
        let old = (!self.law.takes_turns).then(|| self.old_at_work(5));
        acknowledged.push(ended(new, "new, while it was taken back"));
        self.contract();
        let old = old.unwrap_or_else(|| self.old_at_work(5));
        old.until(self.statements());
        acknowledged.push(ended(old, "old, through the contract of the way back"));
        for report in acknowledged {
            report.must_be_in(self.database.url(), &self.law.old);
        }
        start.must_be(&self.project, self.database, "after the way back");
    }

    /// Aborts the change; where nothing of the old version was to go, there is nothing to abort, but a way back.
    fn take_back(&self) {
        let waits = "SELECT FROM limosa.online WHERE state = 'open' AND contract_sql <> ''";
        if self.database.execute(waits).is_empty() {
            self.project.limosa("abort 002").fails().says("no online change");
            self.project.limosa("down").exits(0);
            self.contract();
        } else {
            self.project.limosa("abort 002").exits(0);
        }
    }

    fn contract(&self) {
        self.project.limosa("contract --quiet-window 50ms").exits(0);
    }

    fn old_at_work(&self, round: u64) -> Traffic {
        Traffic::start(self.database.url(), &self.law.old, clients(), keys(round))
    }

    fn new_at_work(&self, round: u64) -> Traffic {
        Traffic::start(self.database.url(), &self.law.new, clients(), keys(round))
    }

    /// How many statements say that clients were at work.
    fn statements(&self) -> u64 {
        if thorough() { 300 } else { 60 }
    }

    /// The rows that were there before any client, to the last byte.
    fn rows(&self) -> String {
        let tables = self.law.tables.iter();
        let rows = tables.map(|table| {
            let sql = format!("SELECT t::text FROM {table} AS t WHERE id < {} ORDER BY id", keys(0));
            format!("{table}: {:?}\n", self.database.execute(&sql))
        });
        rows.collect()
    }
}

fn ended(traffic: Traffic, what: &str) -> TrafficReport {
    let report = traffic.stop();
    println!("{what}: {} statements, the longest took {:?}", report.statements, report.longest);
    report
}

fn clients() -> u64 {
    if thorough() { 2 } else { 1 }
}

/// Where the keys of the next clients begin; those of the rows that were there are below.
fn keys(round: u64) -> u64 {
    100_000_000 * (round + 1)
}
