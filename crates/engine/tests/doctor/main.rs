//! Targets are examined on real servers, each in the state that a check is there for.
#![expect(clippy::unwrap_used, reason = "what a test unwraps is what it expects")]

mod connecting;
mod found;
mod rights;
mod server;

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use limosa_catalog::Identifier;
use limosa_engine::{
    Event, Examination, Extent, Finding, FindingState, Observer, Target, TargetReport, UpOptions, doctor, stop_switch,
    up,
};
use limosa_plan::RetryPolicy;
use limosa_postgres::{ClientContext, ConnectionSettings};
use limosa_project::{MigrationSet, OrderPolicy, load, read_migrations};
use limosa_testkit::{Database, Server, query};

/// A target as limosa.toml describes one that leaves everything to its defaults.
fn target(url: &str) -> Target {
    Target {
        service: "clinic".to_owned(),
        settings: ConnectionSettings::resolve(url, &ClientContext::default()).unwrap(),
        history_schema: name("limosa"),
        owner_role: None,
        search_path: None,
        retry: RetryPolicy::default(),
        statement_timeout: None,
        set_aside: None,
        backfills: limosa_engine::Backfills::InBatches,
        manner: limosa_syntax::BackfillManner::default(),
        coexistence: limosa_project::CoexistenceSettings::default(),
        ids_schema: name("ids"),
        single_connection: false,
    }
}

fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

/// Migrations of these texts, with the versions 1, 2 …
fn migrations(texts: &[&str]) -> MigrationSet {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("migrations")).unwrap();
    for (index, text) in texts.iter().enumerate() {
        fs::write(folder.path().join(format!("migrations/{}_step.sql", index + 1)), text).unwrap();
    }
    let project = load(folder.path()).unwrap().project;
    read_migrations(&project, &project.services[0]).unwrap()
}

struct Deaf;

impl Observer for Deaf {
    fn on(&mut self, _: &Event) {}
}

async fn apply(target: &Target, set: &MigrationSet) -> TargetReport {
    let options = UpOptions {
        extent: Extent::All,
        order: OrderPolicy::Linear,
        reason: None,
        actor: "ada@nest",
        wait: Duration::ZERO,
        interrupted: None,
        values: &|_| None,
        drift: limosa_engine::DriftPolicy::Unwatched,
        old_history: limosa_engine::OldHistoryPolicy::Refuse,
        loss: limosa_engine::LossPolicy::Allow,
        approved: None,
        backup: None,
        checks: None,
        owners: limosa_engine::Owners::Known(&[]),
    };
    let (_switch, stop) = stop_switch();
    up(target, set, &options, &mut Deaf, &stop).await
}

/// Examines a target. Whatever state it is in, every check has to get an answer from the server.
async fn examine(target: &Target, set: Option<&MigrationSet>) -> Examination {
    let examination = doctor(target, set).await;
    for finding in &examination.findings {
        assert!(!finding.says.starts_with("could not be looked at"), "{finding:#?}");
        assert!(finding.state < FindingState::Warning || finding.hint.is_some(), "without a hint: {finding:#?}");
    }
    examination
}

/// What a check found.
fn of<'a>(examination: &'a Examination, check: &str) -> &'a Finding {
    let found = examination.findings.iter().find(|finding| finding.check.as_str() == check);
    found.unwrap_or_else(|| panic!("nothing of {check}: {examination:#?}"))
}

fn state(examination: &Examination, check: &str) -> FindingState {
    of(examination, check).state
}

/// The SQL that a hint gives to somebody who may run it.
fn statement(finding: &Finding) -> &str {
    let hint = finding.hint.as_deref().unwrap();
    hint.split_once("run: ").map_or(hint, |(_, sql)| sql)
}

/// A role with a password, dropped at the end; to be made before the database in which it will own things.
struct Role {
    name: Identifier,
    server: Server,
}

impl Role {
    fn create(server: &Server, options: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = name(&format!("Doctor_{}_{number}", std::process::id()));
        let role = Self { name, server: server.clone() };
        let sql = format!("DROP ROLE IF EXISTS {0}; CREATE ROLE {0} PASSWORD 'secret' {options}", role.name);
        limosa_testkit::execute(server.url(), &sql);
        role
    }

    /// The URL of a database for this role.
    fn url(&self, database: &Database) -> String {
        let (scheme, rest) = database.url().split_once("://").unwrap();
        let (_, place) = rest.split_once('@').unwrap();
        format!("{scheme}://{}:secret@{place}", self.name.as_str())
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = query(self.server.url(), &format!("DROP ROLE IF EXISTS {}", self.name));
    }
}
