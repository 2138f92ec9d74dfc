//! A partition is detached while nobody can use any partition of the table.
//!
//! `DETACH PARTITION` locks the partitioned table against everybody, if only for a moment: it waits until the last
//! query over any partition is done, and who comes after it waits behind it. `DETACH PARTITION … CONCURRENTLY` keeps
//! nobody waiting. It is not to be had where the table has a default partition.
//!
//! Locks: detach-partition, detach-partition-concurrently
//!
//! ```sql,bad
//! ALTER TABLE visit DETACH PARTITION visit_2019;
//! ```
//! ```sql,good
//! ALTER TABLE visit DETACH PARTITION visit_2019 CONCURRENTLY;
//! ```

use limosa_syntax::{Command, DetachMode, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let has_default = !step.state.known.default_partition(&step.resolve(table)).is_empty();
    if has_default || !step.is_in_use(table) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let TableAction::DetachPartition { mode: DetachMode::AtOnce, .. } = action else { continue };
        let span = step.part(number);
        let message = format!("nobody can use {} until this has had it for itself", shown(table));
        let finding = found.at(span, message);
        step.weigh(finding, table);
        finding.help("say `CONCURRENTLY` behind the partition's name");
        if step.can_stand_alone() {
            let text = span.of(&step.file.source.text);
            finding.safe_fix("detach it concurrently", span, format!("{text} CONCURRENTLY"));
        }
    }
}
