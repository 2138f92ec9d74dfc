//! Schemas of views that are there, and what has to be known to make more.
//!
//! Which ones are there follows from the records of online changes: what each made, less what went with a contract or
//! an abort. Nothing else makes or drops them, so they are left out wherever the user's schema is looked at.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, Identifier, ObjectId, ObjectName, Rename, Renames};
use limosa_plan::{Going, OnlineSettings, VersionSchema, VersionView, VersionedSchema, Versioning, current_version};
use limosa_postgres::{ServerError, Session, Type};
use limosa_project::{Script, Version};
use limosa_syntax::{Coexistence, Diagnostic};

use super::record::{OnlineRecord, changes};
use super::wire::TermsJson;
use crate::event::Direction;
use crate::history::HistoryPlace;
use crate::run_error::RunError;
use crate::server_words::{is_forbidden, is_missing};
use crate::target::Target;

/// The schemas of views that are there, oldest first, as records are read in their order.
#[derive(Debug, Default)]
pub(super) struct Standing(Vec<StandingSchema>);

/// A schema of views that is there.
#[derive(Debug)]
struct StandingSchema {
    /// The service whose tables it shows.
    service: String,
    /// The schema; its views are not looked up.
    schema: VersionSchema,
}

impl Standing {
    /// Takes in the next record: its service, its state and its terms.
    pub(super) fn follow(&mut self, service: &str, state: &str, terms: &TermsJson) {
        let Some(versions) = terms.versions.as_ref().filter(|_| state != "aborted") else { return };
        for made in versions.made.iter().filter_map(|made| made.read().ok()) {
            self.0.retain(|it| it.schema.name != made.name);
            self.0.push(StandingSchema { service: service.to_owned(), schema: made });
        }
        if state == "contracted" {
            self.0.retain(|it| !versions.gone.iter().any(|gone| gone == it.schema.name.as_str()));
        }
    }

    /// Their names.
    pub(super) fn names(&self) -> Vec<Identifier> {
        self.0.iter().map(|it| it.schema.name.clone()).collect()
    }
}

/// The schemas of views in a database, whichever service they are of; none where the history is of an older format.
///
/// # Errors
/// What the server says.
pub(super) async fn version_schemas(session: &Session, place: HistoryPlace<'_>) -> Result<Standing, ServerError> {
    let sql = format!(
        "SELECT service, state, terms::text FROM {}.online WHERE terms->>'versions' IS NOT NULL ORDER BY id",
        place.schema
    );
    let mut standing = Standing::default();
    match place.query(session, &sql, &[]).await {
        Ok(rows) => {
            for row in rows {
                let Ok(terms) = serde_json::from_str::<TermsJson>(row.get(2)) else { continue };
                standing.follow(row.get(0), row.get(1), &terms);
            }
            Ok(standing)
        }
        Err(error) if is_missing(&error) || is_forbidden(&error) => Ok(standing),
        Err(error) => Err(error),
    }
}

/// A database as an online change meets it.
pub(super) struct Ground {
    /// Its schema, without the history and without schemas of views.
    pub(super) catalog: Catalog,
    /// What is known of versions, where the change lets each have a schema of views.
    pub(super) versions: Option<Versioning>,
    /// Where names without a schema are looked for.
    pub(super) search_path: Vec<Identifier>,
    /// What goes with the contracts of other changes.
    going: Vec<Going>,
    /// New names of tables, which are views until the contract of a version.
    new_names: Vec<(ObjectName, String)>,
    /// Words of what the contracts of other changes drop or make.
    ending: BTreeSet<String>,
}

/// A catalog with the names that it has when the changes of a number below this one are contracted, as they are before
/// it where versions have schemas of views.
pub(super) fn as_named_then(catalog: Catalog, records: &[OnlineRecord], number: i64) -> Catalog {
    let before = records.iter().filter(|record| record.is_open() && record.is_versioned() && record.id < number);
    let renames = before.flat_map(|record| &record.terms.renames).filter_map(|rename| rename.read().ok());
    let there: Vec<Rename> = renames.filter(|rename| catalog.contains(&rename.holder())).collect();
    let renames = Renames::of(&catalog, there);
    if renames.is_empty() { catalog } else { catalog.renamed(&renames, &catalog) }
}

/// The change that is asked about.
pub(super) struct Asked<'a> {
    /// The migration's version.
    pub(super) version: &'a str,
    /// Whether it is applied or taken back.
    pub(super) direction: Direction,
    /// What the migration says of how both versions live.
    pub(super) coexistence: Option<Coexistence>,
    /// The migration, for messages.
    pub(super) script: &'a Script,
}

impl Ground {
    /// What the compiler is told.
    pub(super) fn settings<'a>(&'a self, target: &'a Target, number: i64) -> OnlineSettings<'a> {
        OnlineSettings {
            history_schema: &target.history_schema,
            number,
            search_path: &self.search_path,
            versions: self.versions.as_ref(),
            going: &self.going,
            new_names: &self.new_names,
            ending: &self.ending,
        }
    }

    /// Looks at a database.
    ///
    /// # Errors
    /// Dual columns, where versions have schemas of views already; a name that PostgreSQL cannot take.
    pub(super) async fn of(
        session: &Session,
        target: &Target,
        records: &[OnlineRecord],
        asked: &Asked<'_>,
    ) -> Result<Self, RunError> {
        let standing = version_schemas(session, target.history()).await?;
        let names = standing.names();
        let catalog = session.catalog(&[&[target.history_schema.clone()][..], &names].concat()).await?;
        let mut search_path = crate::plan::schemas(session, target).await?;
        search_path.retain(|schema| !names.contains(schema));
        let there: Vec<VersionSchema> =
            standing.0.into_iter().filter(|it| it.service == target.service).map(|it| it.schema).collect();
        let there = with_views(session, there).await?;
        let said = asked.coexistence.or(target.coexistence.way);
        let usual = if there.is_empty() { Coexistence::DualColumns } else { Coexistence::VersionedSchemas };
        let versions = match said.unwrap_or(usual) {
            Coexistence::DualColumns if there.is_empty() => None,
            Coexistence::DualColumns => return Err(RunError::Refused(Box::new(mixed(asked, &there)))),
            Coexistence::VersionedSchemas => {
                Some(versioning(session, target, records, asked, there, &search_path).await?)
            }
        };
        let others = || records.iter().filter(|record| record.is_open() && record.version != asked.version);
        let going = |record: &OnlineRecord| {
            let columns: Vec<_> = record.terms.watched.iter().filter_map(|column| column.read().ok()).collect();
            let version = record.version.clone();
            columns.into_iter().map(move |column| Going { column, version: version.clone() })
        };
        let going = others().flat_map(going).collect();
        let new_name = |record: &OnlineRecord| {
            let renames = record.terms.renames.iter().filter_map(|rename| rename.read().ok());
            let version = record.version.clone();
            let names = renames.filter_map(move |rename| match rename {
                Rename::Object { from: ObjectId::Table(table), to } => {
                    Some((ObjectName { schema: table.schema, name: to }, version.clone()))
                }
                _ => None,
            });
            names.collect::<Vec<_>>()
        };
        let new_names = others().filter(|record| !record.is_versioned()).flat_map(new_name).collect();
        let ending = others().flat_map(|record| ended_by(&record.contract)).collect();
        Ok(Self { catalog, versions, search_path, going, new_names, ending })
    }
}

/// The words of statements that drop or make something, in small letters.
fn ended_by(contract: &str) -> BTreeSet<String> {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    let words = |text: &str| -> Vec<String> {
        text.split(|sign| !is_part(sign)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let statements = limosa_syntax::Script::parse(contract).statements;
    let said = statements.iter().map(|statement| words(statement.span.of(contract)));
    said.filter(|words| matches!(words.first().map(String::as_str), Some("drop" | "create"))).flatten().collect()
}

fn mixed(asked: &Asked<'_>, there: &[VersionSchema]) -> Diagnostic {
    let names: Vec<&str> = there.iter().map(|it| it.name.as_str()).collect();
    Diagnostic::error(
        "not-online",
        "versions of the application have schemas of views, which dual columns would not show",
    )
    .in_file(&asked.script.source)
    .with_note(format!("there are {}", names.join(", ")))
    .with_help("write `-- limosa: online versioned-schemas`, or let clients leave those schemas and drop them first")
}

/// The same schemas with their views, without those that somebody has dropped.
async fn with_views(session: &Session, mut there: Vec<VersionSchema>) -> Result<Vec<VersionSchema>, ServerError> {
    if there.is_empty() {
        return Ok(there);
    }
    let names: Vec<String> = there.iter().map(|it| it.name.as_str().to_owned()).collect();
    let sql = "SELECT n.nspname::text, c.relname::text, ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a \
               WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum) FROM pg_catalog.pg_namespace n \
               LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind = 'v' \
               WHERE n.nspname = ANY ($1)";
    let rows = session.query(sql, &[(&names, Type::TEXT_ARRAY)]).await?;
    there.retain(|it| rows.iter().any(|row| row.get::<_, String>(0) == it.name.as_str()));
    for row in rows {
        let (schema, view): (String, Option<String>) = (row.get(0), row.get(1));
        let Some(name) = view.and_then(|view| Identifier::new(view).ok()) else { continue };
        let columns: Vec<String> = row.get(2);
        let columns = columns.into_iter().filter_map(|column| Identifier::new(column).ok()).collect();
        if let Some(standing) = there.iter_mut().find(|it| it.name.as_str() == schema) {
            standing.views.push(VersionView { name, columns });
        }
    }
    for it in &mut there {
        it.views.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Ok(there)
}

async fn versioning(
    session: &Session,
    target: &Target,
    records: &[OnlineRecord],
    asked: &Asked<'_>,
    there: Vec<VersionSchema>,
    search_path: &[Identifier],
) -> Result<Versioning, RunError> {
    let before = version_before(session, target, asked.version).await?;
    let own = Some(asked.version.to_owned());
    let (old, new) = match asked.direction {
        Direction::Up => (before, own),
        Direction::Down => (own, before),
    };
    let template = &target.coexistence.version_schema;
    let too_long = |error: limosa_catalog::InvalidIdentifier| {
        RunError::Refused(Box::new(
            Diagnostic::error("not-online", format!("the schema of a version cannot be named: {error}"))
                .in_file(&asked.script.source)
                .with_help("give the schemas of versions shorter names with `version_schema` in limosa.toml"),
        ))
    };
    let named = |base: &Identifier, version: &Option<String>| {
        version.as_ref().map(|version| template.name(base, version)).transpose().map_err(too_long)
    };
    let schemas = search_path.iter().map(|base| {
        Ok::<_, RunError>(VersionedSchema {
            base: base.clone(),
            old: named(base, &old)?,
            new: named(base, &new)?,
            current: template.current(base).map_err(too_long)?,
        })
    });
    let role = session.query("SELECT current_user::text", &[]).await?;
    let role = match &target.owner_role {
        Some(role) => Some(role.clone()),
        None => role.first().and_then(|row| Identifier::new(row.get::<_, String>(0)).ok()),
    };
    let shows = records.iter().filter(|record| record.is_open() && record.version != asked.version);
    Ok(Versioning {
        schemas: schemas.collect::<Result<_, _>>()?,
        old,
        new,
        there,
        earlier: shows.flat_map(|record| &record.terms.shows).filter_map(|it| it.read().ok()).collect(),
        role: role.unwrap_or_else(|| target.history_schema.clone()),
    })
}

/// The newest version that is applied besides this one.
async fn version_before(session: &Session, target: &Target, version: &str) -> Result<Option<String>, RunError> {
    let sql = format!(
        "SELECT version FROM {}.migration WHERE service = $1 AND kind <> 'repeatable' AND state = 'applied'",
        target.history_schema
    );
    let rows = target.history().query(session, &sql, &[(&target.service, Type::TEXT)]).await?;
    let others = rows.iter().map(|row| row.get::<_, String>(0)).filter(|other| other != version);
    Ok(others.filter_map(|other| other.parse::<Version>().ok()).max().map(|newest| newest.to_string()))
}

/// The statements that make the newest version's schemas again once a change has been taken back.
///
/// # Errors
/// What the server says.
pub(super) async fn after_abort(
    session: &Session,
    target: &Target,
    records: &[OnlineRecord],
    record: &OnlineRecord,
) -> Result<Vec<String>, RunError> {
    let Some(own) = &record.terms.versions else { return Ok(Vec::new()) };
    let script = Script::of_text("abort", "");
    let asked = Asked {
        version: &record.version,
        direction: record.direction,
        coexistence: Some(Coexistence::VersionedSchemas),
        script: &script,
    };
    let mut ground = Ground::of(session, target, records, &asked).await?;
    if let Some(versions) = &mut ground.versions {
        // What this change made goes with it.
        versions.there.retain(|it| !own.made.iter().any(|made| made.name == it.name.as_str()));
        versions.earlier.extend(own.added.iter().filter_map(|it| it.read().ok()));
    }
    Ok(current_version(&ground.catalog, ground.settings(target, record.id)).unwrap_or_default())
}

/// The schemas of all versions with their views: one query where there are none.
///
/// # Errors
/// What the server says.
pub(super) async fn shown(session: &Session, target: &Target) -> Result<Vec<VersionSchema>, RunError> {
    let standing = version_schemas(session, target.history()).await?;
    let there: Vec<VersionSchema> = standing.0.into_iter().map(|it| it.schema).collect();
    if there.is_empty() { Ok(there) } else { Ok(with_views(session, there).await?) }
}

/// Lets the newest version's schemas show the tables as they are now, where a run has changed them, and the schemas of
/// all versions have the privileges and comments that their tables have. Gives what is worth knowing where that did not
/// succeed: the next run tries again.
pub(crate) async fn refresh_current(session: &Session, target: &Target) -> Option<Diagnostic> {
    let error = match refresh(session, target).await {
        Ok(()) => return None,
        Err(error) => error,
    };
    Some(
        Diagnostic::warning("current-version", "the schemas of the newest version do not show what was changed")
            .with_note(error.to_string())
            .with_help("the next run tries again"),
    )
}

async fn refresh(session: &Session, target: &Target) -> Result<(), RunError> {
    if version_schemas(session, target.history()).await?.0.is_empty() {
        return Ok(());
    }
    let records = changes(session, target.history()).await?;
    let script = Script::of_text("current", "");
    let asked = Asked {
        version: "",
        direction: Direction::Up,
        coexistence: Some(Coexistence::VersionedSchemas),
        script: &script,
    };
    let ground = Ground::of(session, target, &records, &asked).await?;
    let statements = current_version(&ground.catalog, ground.settings(target, 0)).unwrap_or_default();
    run_at_once(session, target, &statements).await?;
    let Some(versions) = &ground.versions else { return Ok(()) };
    let all = session.catalog(std::slice::from_ref(&target.history_schema)).await?;
    run_at_once(session, target, &versions.kept_in_step(&all, &target.history_schema)).await
}

/// Runs statements that nobody is to wait for, all or none.
async fn run_at_once(session: &Session, target: &Target, statements: &[String]) -> Result<(), RunError> {
    if statements.is_empty() {
        return Ok(());
    }
    let role = target.owner_role.as_ref().map(|role| format!("SET LOCAL ROLE {role};\n")).unwrap_or_default();
    let sql = format!("BEGIN;\nSET LOCAL lock_timeout = '1s';\n{role}{};\nCOMMIT", statements.join(";\n"));
    match session.flight(&sql).await {
        Ok(_) => Ok(()),
        Err(failure) => {
            if !failure.error.is_connection_lost() {
                let _ = session.flight("ROLLBACK").await;
            }
            Err(failure.error.into())
        }
    }
}
