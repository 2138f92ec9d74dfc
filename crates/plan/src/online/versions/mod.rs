//! Versioned schemas: each version of the application finds its tables in a schema of views, which it chooses by
//! `search_path`.
//!
//! The views are plain (`SELECT` of columns under the version's names), so PostgreSQL writes through them, and they are
//! bound to columns by number, so a rename of a table or column does not touch them. They show what outlives contract:
//! an interim column by the name that it will have, a renamed column by its new name, and nothing that goes. Rows are
//! read and written with the rights of whoever asks (`security_invoker`), so row security holds as on the table.

mod picture;
mod plain;
mod rights;
mod schema;
mod view;

use limosa_catalog::{Identifier, Object, ObjectId, ObjectName};

use super::phases::{OnlineCheck, OnlineStep, Phases, Shown};
use super::refusal::Refusal;
use super::situation::Situation;
pub use plain::taken_from_versions;

use picture::{Picture, shown_table};
use schema::{drop_schema, make_schema};

/// A schema of views in which clients of a version find their tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionSchema {
    /// The schema of views.
    pub name: Identifier,
    /// The schema that holds the tables.
    pub base: Identifier,
    /// Whose names it shows.
    pub version: SchemaVersion,
    /// The views in it.
    pub views: Vec<VersionView>,
}

/// A view through which a version reads and writes a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    /// What the version calls the table.
    pub name: Identifier,
    /// What it calls the columns, in their order.
    pub columns: Vec<Identifier>,
}

/// Whose names a schema of views shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaVersion {
    /// Those of the version with this migration as its newest.
    Of(String),
    /// Those of the newest version, whichever that is.
    Current,
}

/// A schema with tables, and what the schemas are called in which two versions find them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedSchema {
    /// The schema that holds the tables.
    pub base: Identifier,
    /// Where the old version finds them; `None` where no migration was applied before.
    pub old: Option<Identifier>,
    /// Where the new version finds them; `None` where it is the one before the first migration.
    pub new: Option<Identifier>,
    /// Where whoever wants the newest finds them.
    pub current: Identifier,
}

/// What has to be known to let two versions live in schemas of views.
#[derive(Debug, Clone)]
pub struct Versioning {
    /// The schemas in which names without a schema are found.
    pub schemas: Vec<VersionedSchema>,
    /// The old version, where a migration was applied before.
    pub old: Option<String>,
    /// The new one, where one is left.
    pub new: Option<String>,
    /// The schemas of views that are there.
    pub there: Vec<VersionSchema>,
    /// What the old version sees otherwise than the tables are: what open changes show, oldest first.
    pub earlier: Vec<Shown>,
    /// The role that makes the views.
    pub role: Identifier,
}

/// What becomes of schemas of views in an online change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionChange {
    /// What is done in which phase.
    pub phases: Phases,
    /// The schemas that are made.
    pub made: Vec<VersionSchema>,
    /// The schemas that go with contract.
    pub gone: Vec<Identifier>,
    /// What the old version does not have: columns and tables that an abort takes away.
    pub added: Vec<Shown>,
}

/// Decides on the schemas of views for a change that has been compiled.
///
/// # Errors
/// A table that cannot be shown, at the place of its operation; or `None`, where it is the change as a whole.
pub(super) fn versions(
    situation: &Situation<'_>,
    versioning: &Versioning,
    operations: &[Phases],
) -> Result<VersionChange, (Option<usize>, Refusal)> {
    for (place, phases) in operations.iter().enumerate() {
        may_be_shown(situation, versioning, phases).map_err(|refusal| (Some(place), refusal))?;
    }
    let whole = |refusal: Refusal| (None, refusal);
    let mut change = VersionChange::default();
    let mut planned = Vec::new();
    let shows: Vec<&Shown> = operations.iter().flat_map(|phases| &phases.shows).collect();
    let (earlier, later): (Vec<&Shown>, Vec<&Shown>) =
        (versioning.earlier.iter().collect(), versioning.earlier.iter().chain(shows.iter().copied()).collect());
    for schema in &versioning.schemas {
        let before = Picture::of(situation, &schema.base, &earlier, &[]);
        let after = Picture::of(situation, &schema.base, &later, &situation.new_tables(&schema.base));
        if before.is_empty() && after.is_empty() {
            continue;
        }
        planned.push((schema, before, after));
    }
    let mut drops = Vec::new();
    for (schema, before, after) in &planned {
        let is_there = |name: &Identifier| versioning.there(name).is_some();
        let make = |name: &Identifier, picture: &Picture<'_>| make_schema(situation, versioning, schema, name, picture);
        if let (Some(old), Some(version)) = (&schema.old, &versioning.old)
            && !is_there(old)
        {
            refuse_taken(situation, versioning, old).map_err(whole)?;
            change.phases.expand.push(OnlineStep::Together(make(old, before)));
            drops.extend(drop_schema(old, before.names()));
            change.made.push(made(schema, old, SchemaVersion::Of(version.clone()), before));
            change.gone.push(old.clone());
            change.phases.contract.extend(drop_schema(old, before.names()));
        }
        if let (Some(new), Some(version)) = (&schema.new, &versioning.new) {
            refuse_taken(situation, versioning, new).map_err(whole)?;
            change.phases.complete.push(OnlineStep::Together(make(new, after)));
            drops.extend(drop_schema(new, after.names()));
            change.made.push(made(schema, new, SchemaVersion::Of(version.clone()), after));
        }
        let current = &schema.current;
        let standing = versioning.there(current);
        if let Some(standing) = standing {
            let mut again = drop_schema(current, standing.view_names());
            again.extend(make(current, after));
            change.phases.complete.push(OnlineStep::Together(again));
        } else {
            refuse_taken(situation, versioning, current).map_err(whole)?;
            change.phases.complete.push(OnlineStep::Together(make(current, after)));
            change.made.push(made(schema, current, SchemaVersion::Current, after));
        }
        let views = standing.into_iter().flat_map(VersionSchema::view_names);
        drops.extend(drop_schema(current, after.names().chain(views)));
    }
    for it in &versioning.there {
        let goes = it.version != SchemaVersion::Current && planned.iter().any(|(schema, ..)| schema.base == it.base);
        if goes {
            change.phases.contract.extend(drop_schema(&it.name, it.view_names()));
            change.gone.push(it.name.clone());
        }
    }
    change.phases.abort = drops;
    let columns = shows.iter().filter_map(|shown| match shown {
        Shown::Column { column, name } if column.name == *name => Some(Shown::Hidden(column.clone())),
        _ => None,
    });
    let tables = versioning.schemas.iter().flat_map(|schema| situation.new_tables(&schema.base));
    change.added = columns.chain(tables.map(Shown::HiddenTable)).collect();
    if !change.made.is_empty() {
        change.phases.checks.push(may_make_schemas());
    }
    change.phases.about = about(&change);
    change.phases.remarks = remarks(versioning, &change);
    Ok(change)
}

/// The statements that make the schemas of the newest version again where they do not show the tables as they are now.
pub(super) fn current_again(situation: &Situation<'_>, versioning: &Versioning) -> Vec<String> {
    let earlier: Vec<&Shown> = versioning.earlier.iter().collect();
    let mut statements = Vec::new();
    for schema in &versioning.schemas {
        let Some(standing) = versioning.there(&schema.current) else { continue };
        let picture = Picture::of(situation, &schema.base, &earlier, &[]);
        if picture.views().eq(standing.views.iter().cloned()) {
            continue;
        }
        statements.extend(drop_schema(&schema.current, standing.view_names()));
        statements.extend(make_schema(situation, versioning, schema, &schema.current, &picture));
    }
    statements
}

fn made(schema: &VersionedSchema, name: &Identifier, version: SchemaVersion, picture: &Picture<'_>) -> VersionSchema {
    VersionSchema { name: name.clone(), base: schema.base.clone(), version, views: picture.views().collect() }
}

impl VersionSchema {
    fn view_names(&self) -> impl Iterator<Item = &Identifier> {
        self.views.iter().map(|view| &view.name)
    }
}

impl Versioning {
    /// The schema of views of this name, where it is there.
    fn there(&self, name: &Identifier) -> Option<&VersionSchema> {
        self.there.iter().find(|it| it.name == *name)
    }
}

/// Refuses a table that no client could choose by `search_path`, and one that a change before shows otherwise already.
fn may_be_shown(situation: &Situation<'_>, versioning: &Versioning, phases: &Phases) -> Result<(), Refusal> {
    for shown in &phases.shows {
        let table = shown_table(shown);
        if !versioning.schemas.iter().any(|schema| schema.base == table.schema) {
            return Err(Refusal::new(
                format!("names without a schema are not looked for in {}", table.schema.for_people()),
                "name the schema in `schemas` of limosa.toml, or write `-- limosa: online dual-columns`",
            ));
        }
        let is_same = |earlier: &&Shown| match (earlier, shown) {
            (Shown::Column { column, name }, Shown::Column { column: own, name: new }) => {
                column.relation == own.relation && (column.name == own.name || name == new)
            }
            (Shown::Column { column, .. } | Shown::Hidden(column), Shown::Hidden(own))
            | (Shown::Hidden(column), Shown::Column { column: own, .. }) => column == own,
            // All scripts of a change call the table as it was called when the change began.
            (Shown::Table { .. } | Shown::HiddenTable(_), _) | (_, Shown::Table { .. } | Shown::HiddenTable(_)) => {
                shown_table(earlier) == table
            }
        };
        if versioning.earlier.iter().any(|earlier| is_same(&earlier)) {
            return Err(Refusal::new(
                format!("an online change of {} is open that it would meet", table.name.for_people()),
                "contract that one first: `limosa contract`",
            ));
        }
        rows_are_named(situation, table)?;
        columns_are_granted(situation, table)?;
    }
    Ok(())
}

/// Refuses a table whose rows are passed to functions as they are: through a view they are of another type.
fn rows_are_named(situation: &Situation<'_>, table: &ObjectName) -> Result<(), Refusal> {
    let names_rows = |text: &str| {
        let text = text.to_lowercase();
        let own = table.name.as_str().to_lowercase();
        text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| word == own)
    };
    let routine = situation.catalog.iter().find(|entry| match entry.object() {
        Object::Function(function) => names_rows(&function.arguments) || names_rows(&function.result),
        Object::Procedure(procedure) => names_rows(&procedure.arguments),
        _ => false,
    });
    match routine.filter(|entry| entry.depends_on().any(|(other, _)| *other.id() == ObjectId::Table(table.clone()))) {
        Some(routine) => Err(Refusal::new(
            format!(
                "{} takes or gives whole rows of {}, which no view can stand in for",
                routine.id(),
                table.name.for_people()
            ),
            "let it name the columns in a migration before, or write `-- limosa: online dual-columns`",
        )),
        None => Ok(()),
    }
}

/// Refuses a table of which somebody may read some columns only: a view that holds to the rights of whoever asks needs
/// those on all of its columns.
fn columns_are_granted(situation: &Situation<'_>, table: &ObjectName) -> Result<(), Refusal> {
    let entry = situation.catalog.entry(&ObjectId::Table(table.clone()));
    match entry.is_some_and(picture::is_granted_by_columns) {
        true => Err(Refusal::new(
            format!(
                "there are privileges on columns of {}, with which PostgreSQL lets nobody read through a view",
                table.name.for_people()
            ),
            "grant them on the table in a migration before, or write `-- limosa: online dual-columns`",
        )),
        false => Ok(()),
    }
}

fn refuse_taken(situation: &Situation<'_>, versioning: &Versioning, name: &Identifier) -> Result<(), Refusal> {
    if versioning.there(name).is_some() {
        return Err(Refusal::new(
            format!("the schema {} of an online change before is still there", name.for_people()),
            "contract that one first: `limosa contract`",
        ));
    }
    if situation.catalog.contains(&ObjectId::Schema(name.clone())) {
        return Err(Refusal::new(
            format!("there is a schema {} already, which Limosa did not make", name.for_people()),
            "rename it, or give the schemas of versions another name with `version_schema` in limosa.toml",
        ));
    }
    Ok(())
}

/// That the role that runs the change may make schemas.
fn may_make_schemas() -> OnlineCheck {
    OnlineCheck {
        query: "SELECT pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), \
                current_user) \
                WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')"
            .to_owned(),
        found: "the schemas of versions cannot be made, since the role that runs it may make none".to_owned(),
        help: "let the database's owner type `{row}`, or write `-- limosa: online dual-columns`".to_owned(),
    }
}

fn about(change: &VersionChange) -> String {
    let names: Vec<String> = change.made.iter().map(|made| made.name.for_people().to_string()).collect();
    match names.is_empty() {
        true => "show the newest version in its schemas".to_owned(),
        false => format!("show each version in a schema of its own: {}", names.join(", ")),
    }
}

fn remarks(versioning: &Versioning, change: &VersionChange) -> Vec<String> {
    let paths = change.made.iter().filter(|made| made.version != SchemaVersion::Current).map(|made| {
        let version = match &made.version {
            SchemaVersion::Of(version) => version.as_str(),
            SchemaVersion::Current => "",
        };
        let side = if versioning.new.as_deref() == Some(version) { "new" } else { "old" };
        format!("clients of the {side} version, {version}: search_path = {}, {}", made.name, made.base)
    });
    paths.collect()
}
