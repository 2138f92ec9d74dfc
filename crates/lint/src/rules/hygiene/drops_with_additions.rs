//! A file both adds to the schema and takes away from it.
//!
//! What is added has to be there before the new application starts, what is dropped must stay until the old one has
//! stopped: in one file, neither can wait for the other. For projects that expand and contract in separate migrations.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN remark text;
//! ALTER TABLE visit DROP COLUMN note;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN remark text;
//! ```

use limosa_syntax::{Command, TableAction};

use crate::file::Role;
use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Looked, Script};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    if script.file.role != Role::Migration {
        return;
    }
    let first = |is_it: fn(&Command) -> bool| script.statements.iter().find(|looked: &&Looked| is_it(&looked.command));
    if let (Some(_), Some(drop)) = (first(adds), first(drops)) {
        found
            .at(drop.span, "what is dropped here cannot wait for the applications that what is added is for")
            .help("drop it in a migration of its own, in a later rollout");
    }
}

fn adds(command: &Command) -> bool {
    match command {
        Command::CreateTable(_) => true,
        Command::AlterTable { actions, .. } => actions.iter().any(|action| matches!(action, TableAction::AddColumn(_))),
        _ => false,
    }
}

fn drops(command: &Command) -> bool {
    match command {
        Command::DropRelations { .. } => true,
        Command::AlterTable { actions, .. } => {
            actions.iter().any(|action| matches!(action, TableAction::DropColumn(_)))
        }
        _ => false,
    }
}
