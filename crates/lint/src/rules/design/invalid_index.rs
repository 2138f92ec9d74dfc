//! An index is not used, since its build was broken off.
//!
//! A `CREATE INDEX CONCURRENTLY` that fails or is killed leaves an index that costs every write and helps no query; a
//! unique one may even refuse rows. Limosa drops what its own runs left; this one is older, or was made by hand. Of a
//! partitioned table, an index is not used until each partition has its part.
//!
//! ```sql,bad
//! CREATE TABLE reading (day date) PARTITION BY RANGE (day);
//! CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
//! CREATE INDEX reading_day ON ONLY reading (day);
//! ```
//! ```sql,good
//! CREATE TABLE reading (day date) PARTITION BY RANGE (day);
//! CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
//! CREATE INDEX reading_day ON reading (day);
//! ```

use limosa_catalog::Object;
use limosa_catalog::ObjectKind;

use crate::found::{Findings, shown, table_of};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::shape::qualified;
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for entry in view.of_kind(ObjectKind::Index) {
        let (Object::Index(index), Some(name)) = (entry.object(), table_of(entry.id())) else { continue };
        if !index.invalid || index.partition_of.is_some() {
            continue;
        }
        let table = qualified(&index.table);
        let message = format!("the index {} of {} is not used: it is invalid", shown(&name), shown(&table));
        let finding = found.whole(message).object(entry.id()).of_table(&table);
        if index.partitioned {
            finding.help("build the missing parts on the partitions, and attach them");
        } else {
            finding.help("`REINDEX INDEX CONCURRENTLY` it, or drop it");
        }
    }
}
