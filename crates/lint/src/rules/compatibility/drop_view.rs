//! A view that is in use is dropped.
//!
//! Queries that name it fail from the commit on. It holds no rows of its own, so nothing is lost; make sure that nobody
//! reads it any more.
//!
//! Silent for views of the same rollout, and for those that the file makes again.
//!
//! ```sql,bad
//! DROP VIEW open_visit;
//! ```
//! ```sql,good
//! DROP VIEW open_visit;
//! CREATE VIEW open_visit AS SELECT id FROM visit;
//! ```

use limosa_syntax::{Command, RelationKind};

use crate::found::{Findings, listed};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::DropRelations { kind: RelationKind::View | RelationKind::MaterializedView, names, .. } =
        step.command()
    else {
        return;
    };
    let gone: Vec<_> = names.iter().filter(|name| step.is_in_use(name) && !step.makes_later(name)).collect();
    if !gone.is_empty() {
        found
            .at(step.head(), format!("queries that read {} fail from here on", listed(gone)))
            .help("make sure that nobody reads it any more, or make it again in the same file");
    }
}
