//! An index is built while nobody can write to its table.
//!
//! `CREATE INDEX` holds a lock that keeps writers out for as long as the build takes: minutes on a large table. With
//! `CONCURRENTLY` it takes longer and keeps nobody out. Limosa runs that outside a transaction by itself, and drops
//! what a build that was cut short has left before it tries again.
//!
//! Locks: create-index, create-index-concurrently
//!
//! Of a partitioned table an index cannot be built concurrently: make it with `ON ONLY` the parent, build it
//! concurrently on each partition, and attach those with `ALTER INDEX … ATTACH PARTITION`.
//!
//! ```sql,bad
//! CREATE INDEX visit_patient ON visit (patient_id);
//! ```
//! ```sql,good
//! CREATE INDEX CONCURRENTLY visit_patient ON visit (patient_id);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);
//! CREATE INDEX visit_patient ON visit (patient_id);
//! ```

use limosa_plan::lock::StatementForm;
use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::CreateIndex { table, concurrently: false, .. } = step.command() else { return };
    if !step.is(StatementForm::CreateIndex) || !step.is_in_use(table) {
        return;
    }
    let finding = found.at(step.head(), format!("nobody can write to {} while this index is built", shown(table)));
    step.weigh(finding, table);
    if step.state.known.is_partitioned(&step.resolve(table)) {
        finding.help("make it `ON ONLY` the parent, build it `CONCURRENTLY` on each partition, and attach those to it");
        return;
    }
    finding.help("build it with `CREATE INDEX CONCURRENTLY`");
    let tokens = step.tokens();
    let index = tokens.words().each().find(|(_, here)| here.at(&["INDEX"])).map(|(token, _)| token.span);
    if let (Some(index), true) = (index, step.can_stand_alone()) {
        finding.safe_fix("build it concurrently", step.place(index), "INDEX CONCURRENTLY");
    }
}
