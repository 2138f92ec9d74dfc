//! A schema of views: made with the privileges of the one whose tables it shows, and taken away.

use limosa_catalog::{Identifier, Literal, ObjectId, ObjectName};

use super::super::privileges::hand_on;
use super::super::situation::Situation;
use super::picture::Picture;
use super::view::make_view;
use super::{VersionedSchema, Versioning};

/// The statements that make it with its views.
pub(super) fn make_schema(
    situation: &Situation<'_>,
    versioning: &Versioning,
    schema: &VersionedSchema,
    name: &Identifier,
    picture: &Picture<'_>,
) -> Vec<String> {
    let mut statements = vec![
        format!("CREATE SCHEMA {name}"),
        format!(
            "COMMENT ON SCHEMA {name} IS {}",
            Literal(&format!("Limosa's: the tables of {} as a version sees them", schema.base.for_people()))
        ),
    ];
    if let Some(entry) = situation.catalog.entry(&ObjectId::Schema(schema.base.clone())) {
        // Nobody but Limosa makes anything in it.
        let usage = |word: &str| (word == "USAGE").then(|| word.to_owned());
        statements.extend(hand_on(entry, &format!("SCHEMA {name}"), usage));
    }
    let mut owners: Vec<&Identifier> = picture
        .tables()
        .filter_map(|table| table.entry)
        .filter_map(|table| super::view::owner(table))
        .filter(|owner| **owner != versioning.role)
        .collect();
    owners.sort();
    owners.dedup();
    statements.extend(owners.into_iter().map(|owner| format!("GRANT USAGE ON SCHEMA {name} TO {owner}")));
    for table in picture.tables() {
        let view = ObjectName { schema: name.clone(), name: table.name.clone() };
        statements.extend(make_view(&view, table, &versioning.role));
    }
    statements
}

/// The statements that take it away with these views, whether they are there or not. What somebody else has made in it,
/// or on top of it, is in the way.
pub(super) fn drop_schema<'a>(name: &Identifier, views: impl Iterator<Item = &'a Identifier>) -> Vec<String> {
    let mut views: Vec<&Identifier> = views.collect();
    views.sort();
    views.dedup();
    let listed: Vec<String> =
        views.into_iter().map(|view| ObjectName { schema: name.clone(), name: view.clone() }.to_string()).collect();
    let drop_views = (!listed.is_empty()).then(|| format!("DROP VIEW IF EXISTS {}", listed.join(", ")));
    drop_views.into_iter().chain([format!("DROP SCHEMA IF EXISTS {name}")]).collect()
}
