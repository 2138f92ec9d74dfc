//! A new value of an enum type is used in the transaction that adds it.
//!
//! PostgreSQL refuses a new value until its transaction has been committed (SQLSTATE 55P04). Outside of `BEGIN` and
//! `COMMIT` Limosa commits in between by itself.
//!
//! ```sql,bad
//! BEGIN;
//! ALTER TYPE mood ADD VALUE 'calm';
//! UPDATE visit SET mood = 'calm' WHERE mood IS NULL;
//! COMMIT;
//! ```
//! ```sql,good
//! ALTER TYPE mood ADD VALUE 'calm';
//! UPDATE visit SET mood = 'calm' WHERE mood IS NULL;
//! ```

use limosa_syntax::{Effect, enum_values_used_later};

use crate::blocks::blocks;
use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let statements = &script.parsed.statements;
    let adds_value = |effect: &Option<Effect>| matches!(effect, Some(Effect::AddEnumValue { .. }));
    if !statements.iter().any(|statement| adds_value(&statement.class.effect)) {
        return;
    }
    let blocks = blocks(script.parsed);
    let block = |index: usize| blocks.get(index).copied().flatten();
    for (adds, needs) in enum_values_used_later(&script.file.source.text, script.parsed) {
        if block(adds).is_none() || block(adds) != block(needs) {
            continue;
        }
        let Some(Effect::AddEnumValue { label, .. }) = statements.get(adds).and_then(|it| it.class.effect.as_ref())
        else {
            continue;
        };
        let Some(statement) = statements.get(needs) else { continue };
        found
            .at(statement.span, format!("`{label}` cannot be used before the transaction that adds it has ended"))
            .help("take `BEGIN` and `COMMIT` away, or put the `ALTER TYPE` before them");
    }
}
