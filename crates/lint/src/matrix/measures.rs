//! How much there is to look at.

use limosa_catalog::{Catalog, ObjectKind};

use super::Measure;
use crate::rules::rule;
use crate::settings::Settings;
use crate::step::CatalogView;

/// How many things a service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measures {
    /// Tables, partitions aside.
    pub tables: usize,
    /// Their columns.
    pub columns: usize,
    /// Enum types.
    pub enums: usize,
    /// Indexes, those of constraints aside.
    pub indexes: usize,
    /// Constraints, `NOT NULL` aside.
    pub constraints: usize,
    /// Foreign keys.
    pub foreign_keys: usize,
    /// Columns with the time of the last change, by the names that the project gives them.
    pub times_of_change: usize,
    /// Views, functions and the like.
    pub others: usize,
    /// Migrations.
    pub migrations: usize,
}

impl Measures {
    /// Counts what a catalog has, without what the project leaves out.
    #[must_use]
    pub fn of_catalog(settings: &Settings, catalog: &Catalog, migrations: usize) -> Self {
        let view = CatalogView::new(catalog, settings);
        let times = rule("updated-at-not-kept").map(|rule| settings.parameters(rule).list("columns"));
        let times = times.unwrap_or_default();
        let count = |kinds: &[ObjectKind]| kinds.iter().map(|kind| view.of_kind(*kind).count()).sum();
        let mut measures = Self {
            enums: count(&[ObjectKind::Enum]),
            others: count(&[
                ObjectKind::View,
                ObjectKind::MaterializedView,
                ObjectKind::Function,
                ObjectKind::Procedure,
                ObjectKind::Sequence,
            ]),
            migrations,
            ..Self::default()
        };
        for table in view.tables().iter().filter(|table| !table.is_partition) {
            measures.tables += 1;
            measures.columns += table.columns.len();
            measures.indexes += table.indexes.len();
            measures.constraints += table.constraints.len();
            measures.foreign_keys += table.foreign_keys().count();
            let is_time = |name: &str| times.iter().any(|time| time == name);
            measures.times_of_change += table.columns.iter().filter(|it| is_time(it.name.as_str())).count();
        }
        measures
    }

    /// The number of what is counted for an aspect.
    #[must_use]
    pub fn of(&self, measure: Measure) -> usize {
        match measure {
            Measure::Tables => self.tables,
            Measure::TablesAndColumns => self.tables + self.columns,
            Measure::Columns => self.columns,
            Measure::Enums => self.enums,
            Measure::IndexesAndConstraints => self.indexes + self.constraints,
            Measure::Indexes => self.indexes,
            Measure::ForeignKeys => self.foreign_keys,
            Measure::TimesOfChange => self.times_of_change,
            Measure::Migrations => self.migrations,
            Measure::Objects => self.tables + self.enums + self.others,
        }
    }
}
