//! The SQL of programs, as their own tool prints it.

use std::process::Command;

use limosa_project::{EntrySource, KnownSql, OldHistory, OldState, ToolName};
use limosa_syntax::{Diagnostic, Script, TransactionControl, TransactionRule};

use super::Place;
use crate::failure::Failure;

/// How a tool is asked for one program.
struct Question {
    up: &'static str,
    down: &'static str,
}

/// What is run in the project's folder; `{key}`, `{after}`, `{app}` and `{name}` are put in.
fn question(tool: ToolName) -> Option<Question> {
    match tool {
        ToolName::Alembic => {
            Some(Question { up: "alembic upgrade {after}:{key} --sql", down: "alembic downgrade {key}:{after} --sql" })
        }
        ToolName::Django => Some(Question {
            up: "python manage.py sqlmigrate {app} {name}",
            down: "python manage.py sqlmigrate {app} {name} --backwards",
        }),
        _ => None,
    }
}

/// Asks the tools of these histories for the SQL of every program in effect whose SQL is not known yet. The tools run
/// in the project's folder, as a shell finds them.
pub(super) fn ask(place: &Place<'_>, histories: &mut [OldHistory]) -> Result<(), Failure> {
    for history in histories {
        let (tool, table) = (history.tool, history.table.clone());
        let Some(question) = question(tool) else { continue };
        for entry in history.entries.iter_mut().filter(|entry| entry.state == OldState::Applied) {
            let EntrySource::Code { runs, after, .. } = &mut entry.source else { continue };
            if runs.is_some() {
                continue;
            }
            let (app, name) = entry.key.split_once('.').unwrap_or(("", &entry.key));
            let after = after.as_deref().unwrap_or("base");
            let parts = [("{key}", entry.key.as_str()), ("{after}", after), ("{app}", app), ("{name}", name)];
            let words = |template: &str| -> Vec<String> {
                let fill =
                    |word: &str| parts.iter().fold(word.to_owned(), |word, (part, value)| word.replace(part, value));
                template.split(' ').map(fill).collect()
            };
            let up = printed(place, &words(question.up))?;
            // What cannot be taken back is no reason to refuse what was done.
            let down = printed(place, &words(question.down)).ok();
            *runs = Some(KnownSql { up: own_part(&up, &table), down: down.map(|down| own_part(&down, &table)) });
        }
    }
    Ok(())
}

fn printed(place: &Place<'_>, words: &[String]) -> Result<String, Failure> {
    let refused = |said: String| {
        let message = format!("`{}` prints no SQL", words.join(" "));
        let help = "run it by hand in the project's folder; without `--print-sql` what programs made is read from the \
                    database";
        Failure::from(Diagnostic::error("no-printed-sql", message).with_note(said).with_help(help))
    };
    let (program, arguments) = words.split_first().ok_or_else(|| refused("there is nothing to run".to_owned()))?;
    let output = Command::new(program)
        .args(arguments)
        .current_dir(&place.project.root)
        .output()
        .map_err(|error| refused(error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(refused(said.lines().next_back().unwrap_or_default().to_owned()));
    }
    String::from_utf8(output.stdout).map_err(|_| refused("it prints something else than UTF-8".to_owned()))
}

/// What is left without the tool's own bookkeeping, and without transactions, which Limosa makes itself.
fn own_part(text: &str, table: &str) -> String {
    let table = table.rsplit('.').next().unwrap_or(table);
    let mut sql = String::new();
    for statement in Script::parse(text).statements {
        let own = statement.span.of(text);
        let is_transaction = matches!(
            statement.class.transaction,
            TransactionRule::Control(TransactionControl::Begin | TransactionControl::Commit)
        );
        if !is_transaction && !own.contains(table) {
            sql.push_str(own.trim().trim_end_matches(';'));
            sql.push_str(";\n");
        }
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookkeeping_and_transactions_are_left_out() {
        let text = "BEGIN;\n\nCREATE TABLE alembic_version (version_num VARCHAR(32));\n-- Running upgrade\n\n\
            CREATE TABLE a (id int);\n\nINSERT INTO alembic_version VALUES ('x');\nCOMMIT;\n";
        let own = own_part(text, "public.alembic_version");
        assert!(own.ends_with("CREATE TABLE a (id int);\n") && !own.contains("alembic_version"), "{own}");
        assert!(!own.contains("COMMIT") && !own.contains("BEGIN"), "{own}");
    }
}
