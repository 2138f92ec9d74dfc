//! A statement fails when it is run a second time.
//!
//! Limosa knows what it has run, statement by statement, so that nothing runs twice. For files that other runners or
//! people run by hand, perhaps again after a failure half-way: say `IF NOT EXISTS`, `IF EXISTS` or `OR REPLACE` where
//! PostgreSQL knows it.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN note text;
//! ```
//! ```sql,good
//! CREATE TABLE IF NOT EXISTS visit (id bigint PRIMARY KEY);
//! ALTER TABLE visit ADD COLUMN IF NOT EXISTS note text;
//! ALTER TABLE visit DROP COLUMN IF EXISTS remark;
//! DROP VIEW IF EXISTS open_visit;
//! ```

use limosa_syntax::{Command, Effect, TableAction, Tokens, part_spans};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    // What stands in a block has its conditions around it.
    if step.looked.place != Place::File {
        return;
    }
    if let Command::AlterTable { actions, .. } = step.command() {
        let parts = part_spans(&step.looked.text);
        for (number, (action, part)) in actions.iter().zip(parts).enumerate() {
            let wanted = match action {
                TableAction::AddColumn(_) => &["IF", "NOT", "EXISTS"][..],
                TableAction::DropColumn(_) | TableAction::DropConstraint(_) => &["IF", "EXISTS"][..],
                _ => continue,
            };
            let tokens = Tokens::of(part.of(&step.looked.text));
            if !tokens.words().outermost().any(|(_, here)| here.at(wanted)) {
                report(step.part(number), wanted, found);
            }
        }
        return;
    }
    let wanted = match &step.class().effect {
        Some(
            Effect::CreateRelation { if_not_exists: false, .. } | Effect::CreateIndex { if_not_exists: false, .. },
        ) => match step.class().tag.as_ref() {
            "CREATE VIEW" => &["OR", "REPLACE"][..],
            _ => &["IF", "NOT", "EXISTS"][..],
        },
        Some(Effect::AddEnumValue { if_not_exists: false, .. }) => &["IF", "NOT", "EXISTS"][..],
        Some(Effect::DropRelations { if_exists: false, .. } | Effect::DropIndex { if_exists: false, .. }) => {
            &["IF", "EXISTS"][..]
        }
        _ => return,
    };
    report(step.head(), wanted, found);
}

fn report(span: limosa_syntax::Span, wanted: &[&str], found: &mut Findings<'_>) {
    found.at(span, "run a second time, this fails").help(format!("say `{}`", wanted.join(" ")));
}
