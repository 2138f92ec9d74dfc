//! A migration runs in more than one transaction.
//!
//! Where a statement cannot share a transaction, or the file says `transaction off`, what ran before a failure stays.
//! Limosa keeps account of it and goes on from there when it is run again. A project that wants each migration to be
//! all or nothing turns this rule on; a statement that needs to be alone then gets a migration of its own.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN room text;
//! CREATE INDEX CONCURRENTLY visit_room ON visit (room);
//! ```
//! ```sql,good
//! CREATE INDEX CONCURRENTLY visit_room ON visit (room);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Script};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let is_step = |index: usize| {
        let class = script.parsed.statements.get(index).map(|statement| &statement.class);
        class.is_some_and(|class| {
            use limosa_syntax::{SettingsChange::None, TransactionRule::Control};
            !matches!(class.transaction, Control(_)) && class.settings == None
        })
    };
    let mut steps = script.statements.iter().filter(|looked| looked.place == Place::File && is_step(looked.index));
    let Some(first) = steps.next() else { return };
    let Some(next) = steps.find(|it| it.transaction != first.transaction || it.transaction.is_none()) else { return };
    found
        .at(next.head(script.file), "what stands before this is kept when this fails")
        .help("put it into a migration of its own");
}
