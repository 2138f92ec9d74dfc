//! A statement stands between BEGIN and COMMIT that PostgreSQL refuses there.
//!
//! The `CONCURRENTLY` forms, `VACUUM`, `CREATE DATABASE`, `ALTER SYSTEM` and others use transactions of their own,
//! and so does a `DO` block that commits. Inside a transaction they fail (SQLSTATE 25001, 2D000); the same holds
//! inside a `DO` block or function. Put the statement outside: Limosa runs it by itself.
//!
//! ```sql,bad
//! BEGIN;
//! CREATE INDEX CONCURRENTLY visit_patient ON visit (patient_id);
//! COMMIT;
//! ```
//! ```sql,bad
//! DO $$ BEGIN
//!   CREATE INDEX CONCURRENTLY visit_patient ON visit (patient_id);
//! END $$;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN patient_id bigint;
//! CREATE INDEX CONCURRENTLY visit_patient ON visit (patient_id);
//! ```

use limosa_syntax::{Command, TransactionRule};

use crate::blocks::blocks;
use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Script, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(inside), On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    for (statement, block) in script.parsed.statements.iter().zip(blocks(script.parsed)) {
        if block.is_none() {
            continue;
        }
        let tag = &statement.class.tag;
        match statement.class.transaction {
            TransactionRule::Forbidden(why) => {
                found
                    .at(statement.span, format!("PostgreSQL refuses `{tag}` between `BEGIN` and `COMMIT`"))
                    .label(format!("it {}", why.reason()))
                    .help("put it outside; Limosa runs it by itself");
            }
            TransactionRule::MayControl if tag == "DO" => {
                found
                    .at(statement.span, "this block ends a transaction, which fails between `BEGIN` and `COMMIT`")
                    .help("put it outside; Limosa runs it by itself");
            }
            _ => {}
        }
    }
}

/// What stands inside another statement is always in a transaction.
fn inside(step: &Step<'_>, found: &mut Findings<'_>) {
    let is_concurrent = match step.command() {
        Command::CreateIndex { concurrently, .. }
        | Command::DropIndex { concurrently, .. }
        | Command::Reindex { concurrently, .. } => *concurrently,
        Command::Tend { how, .. } => {
            matches!(how, limosa_syntax::Tending::Vacuum | limosa_syntax::Tending::VacuumFull)
        }
        _ => false,
    };
    let place = match step.looked.place {
        Place::File => return,
        Place::Block => "a `DO` block",
        Place::Function => "a function",
    };
    if is_concurrent {
        found
            .at(step.head(), format!("PostgreSQL refuses this inside {place}"))
            .label("it uses several transactions of its own")
            .help("make it a statement of the file");
    }
}
