//! A view shows rows that the policies of its tables would hide.
//!
//! A view reads its tables with the rights of its owner, for whom row security usually does not hold: whoever may read
//! the view sees every row. `security_invoker` makes it read with the rights of whoever asks.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE VIEW recent AS SELECT * FROM visit;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE VIEW recent WITH (security_invoker = true) AS SELECT * FROM visit;
//! CREATE TABLE country (code text PRIMARY KEY);
//! CREATE VIEW codes AS SELECT code FROM country;
//! ```

use limosa_catalog::{Object, ObjectId, ObjectKind};

use crate::found::{Findings, shown, table_of};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for entry in view.of_kind(ObjectKind::View) {
        let (Object::View(of), Some(name)) = (entry.object(), table_of(entry.id())) else { continue };
        let invokes = of.options.iter().any(|option| {
            &*option.name == "security_invoker" && matches!(&*option.value, "true" | "on" | "1" | "yes" | "")
        });
        if invokes {
            continue;
        }
        let guarded = entry.depends_on().find_map(|(on, _)| {
            let table = match on.id() {
                ObjectId::Column(column) => ObjectId::Table(column.relation.clone()),
                other => other.clone(),
            };
            match view.catalog.get(&table) {
                Some(Object::Table(of)) if of.row_security => table_of(&table),
                _ => None,
            }
        });
        if let Some(table) = guarded {
            let message = format!("whoever may read {} sees rows of {} past its policies", shown(&name), shown(&table));
            let finding = found.whole(message).object(entry.id());
            finding.help(format!("`ALTER VIEW {} SET (security_invoker = true)`", shown(&name).trim_matches('`')));
        }
    }
}
