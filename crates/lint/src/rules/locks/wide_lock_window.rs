//! One transaction locks many tables against everybody.
//!
//! Each lock is held until the transaction ends, so that the first table is out of use while the last one is still
//! waited for; and who takes the same tables in another order runs into a deadlock. Several migrations, each with its
//! own transaction, lock one table at a time.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN made_by text;
//! ALTER TABLE patient ADD COLUMN made_by text;
//! ALTER TABLE room ADD COLUMN made_by text;
//! ALTER TABLE doctor ADD COLUMN made_by text;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN made_by text;
//! ALTER TABLE visit ADD COLUMN made_at timestamptz;
//! ```

use std::collections::BTreeMap;

use limosa_catalog::QualifiedName;
use limosa_plan::lock::{KeptOut, LockedRelation};
use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::{Looked, Script};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Script(check)]).with(&[Parameter {
    name: "most",
    kind: ParameterKind::Number,
    default: "3",
    meaning: "as many tables may one transaction lock against everybody",
}]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let mut locked: BTreeMap<usize, Vec<(&QualifiedName, &Looked)>> = BTreeMap::new();
    for looked in script.statements.iter().filter(|looked| is_of_tables(&looked.command)) {
        let Some(transaction) = looked.transaction else { continue };
        let tables = locked.entry(transaction).or_default();
        for lock in looked.locks.locks.iter().filter(|lock| lock.mode.keeps_out() == KeptOut::Everybody) {
            if let LockedRelation::Named(table) = &lock.relation
                && !tables.iter().any(|(known, _)| *known == table)
                && !is_part(script, table, looked)
            {
                tables.push((table, looked));
            }
        }
    }
    if locked.values().all(Vec::is_empty) {
        return;
    }
    let most = usize::try_from(found.parameters.number("most")).unwrap_or(usize::MAX);
    for tables in locked.values() {
        let Some((_, looked)) = tables.get(most) else { continue };
        let names: Vec<String> = tables.iter().take(12).map(|(table, _)| shown(table)).collect();
        let more = if tables.len() > names.len() {
            format!(" and {} more", tables.len() - names.len())
        } else {
            String::new()
        };
        let message = format!("this transaction locks {} tables against everybody until it ends", tables.len());
        found
            .at(looked.span, message)
            .label(format!("here it is more than {most}"))
            .note(format!("they are {}{more}", names.join(", ")))
            .help("split the migration, so that each locks fewer tables");
    }
}

/// Whether it is locked because it is a partition of what the statement locks.
fn is_part(script: &Script<'_>, table: &QualifiedName, looked: &Looked) -> bool {
    let locks = |parent: &QualifiedName| {
        looked.locks.locks.iter().any(|lock| matches!(&lock.relation, LockedRelation::Named(name) if name == parent))
    };
    script.after.known.parents(table).iter().any(locks)
}

/// What locks views alone can be made again at once.
fn is_of_tables(command: &Command) -> bool {
    use limosa_syntax::RelationKind::{MaterializedView, Sequence, View};
    !matches!(
        command,
        Command::CreateView { .. }
            | Command::AlterTable { view: true, .. }
            | Command::AlterSequence { .. }
            | Command::DropRelations { kind: View | MaterializedView | Sequence, .. }
    )
}
