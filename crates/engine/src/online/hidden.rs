//! Catalogs as they are when open online changes have come to their end.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, ObjectId, Rename, Renames};
use limosa_postgres::{ServerError, Session};

use super::expand::own_names;
use super::versions::Standing;
use super::wire::{ColumnJson, RenameJson, TermsJson};

/// What is in the database only until contract, and what is called otherwise then.
#[derive(Debug, Default)]
pub(crate) struct Hidden {
    /// What the names of objects begin with that online changes made for themselves.
    prefixes: Vec<String>,
    columns: BTreeSet<ColumnName>,
    renames: Vec<Rename>,
    /// Schemas of views in which versions find their tables.
    schemas: Vec<Identifier>,
}

impl Hidden {
    /// Reads what any service has open in the database.
    ///
    /// # Errors
    /// What the server says: a history of an older format has no such table.
    pub(crate) async fn read(session: &Session, schema: &Identifier) -> Result<Self, ServerError> {
        let sql = format!(
            "SELECT id, terms::text, service, state, state = 'open' AND contract_sql <> '' FROM {schema}.online \
             WHERE state = 'open' AND contract_sql <> '' OR terms->>'versions' IS NOT NULL ORDER BY id"
        );
        let (mut hidden, mut standing) = (Self::default(), Standing::default());
        for row in session.query(&sql, &[]).await? {
            let Ok(terms) = serde_json::from_str::<TermsJson>(row.get(1)) else { continue };
            standing.follow(row.get(2), row.get(3), &terms);
            if !row.get::<_, bool>(4) {
                continue;
            }
            hidden.prefixes.push(own_names(schema, row.get(0)));
            hidden.columns.extend(terms.passing.iter().map(ColumnJson::read).filter_map(Result::ok));
            hidden.renames.extend(terms.renames.iter().map(RenameJson::read).filter_map(Result::ok));
        }
        hidden.schemas = standing.names();
        Ok(hidden)
    }

    /// Schemas that are Limosa's own.
    pub(crate) fn schemas(&self) -> &[Identifier] {
        &self.schemas
    }

    /// The catalog without it.
    pub(crate) fn from(&self, catalog: Catalog) -> Catalog {
        if self.prefixes.is_empty() {
            return catalog;
        }
        let renamed_to: BTreeSet<ObjectId> = self.renames.iter().filter_map(new_table).collect();
        let is_own = |entry: &Entry<'_>| {
            let name = entry.id().own_name().map_or("", Identifier::as_str).trim_start_matches('~');
            self.prefixes.iter().any(|prefix| name.starts_with(prefix))
                || matches!(entry.id(), ObjectId::Column(column) if self.columns.contains(column))
                || renamed_to.contains(entry.id())
        };
        let catalog = catalog.without(is_own);
        let there: Vec<Rename> =
            self.renames.iter().filter(|rename| catalog.contains(&rename.holder())).cloned().collect();
        let renames = Renames::of(&catalog, there);
        if renames.is_empty() { catalog } else { catalog.renamed(&renames, &catalog) }
    }
}

/// The view that stands in for a table's new name.
fn new_table(rename: &Rename) -> Option<ObjectId> {
    match rename {
        Rename::Object { from: ObjectId::Table(table), to } => {
            let name = limosa_catalog::ObjectName { schema: table.schema.clone(), name: to.clone() };
            Some(ObjectId::View(name))
        }
        _ => None,
    }
}
