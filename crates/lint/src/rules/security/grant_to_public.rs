//! Everyone may write to a table.
//!
//! `PUBLIC` is every role there is and will be, those of other applications and of reporting tools included.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! GRANT ALL ON visit TO PUBLIC;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! GRANT SELECT ON visit TO PUBLIC;
//! ```

use limosa_catalog::ObjectKind;
use limosa_catalog::kind::grant::{Grantee, Privilege};
use limosa_syntax::Command;

use crate::found::{Findings, shown, table_of};
use crate::rights::has;
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::{CatalogView, Step};

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Warning, &[On::Statement(of_statement), On::Catalog(of_catalog)]).with(&[EXCEPT]);

fn of_statement(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::Grant { tables } = step.command() else { return };
    let tokens = step.tokens();
    let mut words = tokens.words();
    if !words.take(&["GRANT"]) {
        return;
    }
    let writing = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "ALL"];
    let writes = words.until_any(&["ON"]).outermost().any(|(_, here)| here.at_any(&writing));
    words.skip_until_any(&["TO"]);
    let to_all = words.each().any(|(_, here)| here.at(&["PUBLIC"]));
    if let Some(table) = tables.first().filter(|_| writes && to_all) {
        let table = step.resolve(table);
        found.at(step.span(), format!("everyone may then write to {}", shown(&table))).of_table(&table);
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let writing = [Privilege::Insert, Privilege::Update, Privilege::Delete, Privilege::Truncate];
    for entry in [ObjectKind::Table, ObjectKind::View].into_iter().flat_map(|kind| view.of_kind(kind)) {
        let Some(name) = table_of(entry.id()) else { continue };
        if writing.into_iter().any(|privilege| has(view.catalog, entry.id(), &Grantee::Public, privilege)) {
            let finding = found.whole(format!("everyone may write to {}", shown(&name))).object(entry.id());
            finding.help("revoke it from `PUBLIC`, and grant it to the role of the application");
        }
    }
}
