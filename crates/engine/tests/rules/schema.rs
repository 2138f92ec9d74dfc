//! A database with a schema, and what the rules find in it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use limosa_catalog::{Catalog, Identifier};
use limosa_lint::{Finding, Level, Linter, Rule, Settings, Sizes};
use limosa_plan::lock::Known;
use limosa_postgres::{ClientContext, ConnectionSettings, Session};
use limosa_testkit::{Database, Server, query};

/// The values of lines `-- word: value`.
pub(crate) fn marks<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    text.lines().filter_map(move |line| Some(line.strip_prefix("-- ")?.strip_prefix(word)?.strip_prefix(": ")?.trim()))
}

/// What the rules find in a database that a text has made. A rule that is named is asked as if the project wanted it.
pub(crate) fn found(server: &Server, text: &str, rule: Option<&Rule>) -> Result<Vec<Finding>, String> {
    let mut settings = Settings::default();
    for line in marks(text, "policy") {
        settings.read_policy(&line.parse().unwrap()).map_err(|errors| format!("{line}: {errors:?}"))?;
    }
    for line in marks(text, "limosa.toml") {
        settings.read(&line.parse().unwrap()).map_err(|errors| format!("{line}: {errors:?}"))?;
    }
    if let Some(rule) = rule {
        settings.set_level(rule, Level::Error);
    }
    for role in marks(text, "role") {
        make_role(server, role);
    }
    let database = server.fresh_database();
    query(database.url(), text).map_err(|error| format!("{error}\n{text}"))?;
    let public = Identifier::new("public").unwrap();
    let linter = Linter {
        settings: &settings,
        sizes: &Sizes::default(),
        major: server.major(),
        search_path: vec![public.clone()],
        start: Known::nothing(vec![public]),
    };
    Ok(linter.lint_catalog(&catalog(&database)?))
}

fn catalog(database: &Database) -> Result<Catalog, String> {
    let settings = ConnectionSettings::resolve(database.url(), &ClientContext::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let session = Session::connect(&settings).await.map_err(|error| error.to_string())?;
        let catalog = session.catalog(&[]).await;
        session.close().await;
        catalog.map_err(|error| error.to_string())
    })
}

/// Roles belong to the whole server, and stay.
fn make_role(server: &Server, role: &str) {
    let sql = format!(
        "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    query(server.url(), &sql).unwrap_or_else(|error| panic!("role {role}: {error}"));
}

/// Does something for each job, a few at a time, and gives what was wrong.
pub(crate) fn each<J: Sync>(jobs: &[J], law: impl Fn(&J) -> Option<String> + Sync) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    wrong.lock().unwrap().extend(law(job));
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    wrong
}
