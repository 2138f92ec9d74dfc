//! Whose things an online change alters: the server asks for the owner only when a statement's turn comes, and that of
//! some comes with the contract.

use std::collections::BTreeSet;

use limosa_catalog::Literal;
use limosa_syntax::{Command, Diagnostic, MemberChange, ObjectAction, ObjectChange, Script};

use super::given_back::not_given_back;
use crate::backfill::Desk;
use crate::run_error::RunError;

/// Those of these relations and types that who asks does not own. A look-up by name for each.
const OF_OTHERS: &str = "\
SELECT c.oid::regclass::text, pg_catalog.pg_get_userbyid(c.relowner), current_user
FROM pg_catalog.unnest({relations}::text[]) name JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(name)
WHERE NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
UNION SELECT t.oid::regtype::text, pg_catalog.pg_get_userbyid(t.typowner), current_user
FROM pg_catalog.unnest({types}::text[]) name JOIN pg_catalog.pg_type t ON t.oid = pg_catalog.to_regtype(name)
WHERE NOT pg_catalog.pg_has_role(t.typowner, 'USAGE') ORDER BY 1";

/// A finding for each thing that only another role may alter, or that cannot be given back to the role that has it.
///
/// # Errors
/// What the server says.
pub(super) async fn of_others(desk: &Desk<'_>, scripts: [&str; 2], subject: &str) -> Result<Vec<Diagnostic>, RunError> {
    let mut altered = Altered::default();
    scripts.into_iter().for_each(|script| altered.read(script));
    if altered.relations.is_empty() && altered.types.is_empty() {
        return not_given_back(desk, scripts, subject).await;
    }
    let sql = OF_OTHERS.replace("{relations}", &array(&altered.relations)).replace("{types}", &array(&altered.types));
    let problem = |row: Vec<Option<String>>| {
        let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let (what, owner, role) = (text(0), text(1), text(2));
        Diagnostic::error("not-owner", format!("{subject}: {what} belongs to {owner}, and {role} may not alter it"))
            .with_help(format!(
                "connect as {owner}, or as a member of it: `GRANT {owner} TO {role}`; or say `owner_role` in \
                 limosa.toml"
            ))
    };
    let problems: Vec<Diagnostic> = desk.ask(&sql).await?.into_iter().map(problem).collect();
    match problems.is_empty() {
        true => not_given_back(desk, scripts, subject).await,
        false => Ok(problems),
    }
}

fn array(names: &BTreeSet<String>) -> String {
    let names: Vec<String> = names.iter().map(|name| Literal(name).to_string()).collect();
    format!("ARRAY[{}]", names.join(", "))
}

/// What statements alter that only its owner may. Who owns a schema may drop what is in it.
#[derive(Default)]
struct Altered {
    relations: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl Altered {
    fn read(&mut self, script: &str) {
        for statement in Script::parse(script).statements {
            let text = statement.span.of(script);
            match Command::of(text) {
                Command::AlterTable { table, .. }
                | Command::CreateIndex { table, .. }
                | Command::InTable { table, change: MemberChange::Drop | MemberChange::Alter, .. } => {
                    self.relations.insert(table.to_string());
                }
                Command::AlterIndex { index, .. } => {
                    self.relations.insert(index.to_string());
                }
                _ => self.types.extend(renamed_types(text)),
            }
        }
    }
}

/// The types of which a statement changes the name, or that of a value, or to which it adds one.
fn renamed_types(text: &str) -> Vec<String> {
    let change = ObjectChange::of(text).filter(|change| {
        let action = &change.action;
        matches!(change.kind, "TYPE" | "DOMAIN")
            && matches!(action, ObjectAction::RenameValue { .. } | ObjectAction::Rename(_) | ObjectAction::AddValue(_))
    });
    change.map_or_else(Vec::new, |change| change.names.iter().map(ToString::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_its_owner_may_alter_is_read_off_the_statements() {
        let mut altered = Altered::default();
        altered.read(
            "ALTER TABLE ONLY s.visit DROP COLUMN a; DROP TABLE gone; CREATE INDEX ON person (id); SELECT 1;
             DROP TRIGGER t ON heard; CREATE TRIGGER t BEFORE UPDATE ON free FOR EACH ROW EXECUTE FUNCTION f();
             ALTER TYPE mood RENAME VALUE 'a' TO 'b'; ALTER INDEX visit_idx RENAME TO i",
        );
        let relations: Vec<&str> = altered.relations.iter().map(String::as_str).collect();
        assert_eq!(relations, ["\"heard\"", "\"person\"", "\"s\".\"visit\"", "\"visit_idx\""]);
        assert_eq!(altered.types.into_iter().collect::<Vec<_>>(), ["\"mood\""]);
    }
}
