//! Is there a history, may it be written, may it be made?

use limosa_catalog::Identifier;
use limosa_postgres::{Row, ServerError, Session, Type};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::{count, quoted};
use super::subject::Subject;
use crate::history::{History, HistoryError, NEWEST_FORMAT, RowState};

const NAME: CheckName = CheckName::new("history");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("history.sql");

/// What the role under which migrations run may do about the history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rights {
    schema_exists: bool,
    /// Schemas may be created in the database.
    create_schema: bool,
    /// Tables may be created in the history schema.
    create_table: bool,
    /// The history's tables may be read and written.
    write: bool,
    /// Who owns them.
    owner: Option<String>,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let schema = &subject.target.history_schema;
    let rows = session.query(SQL, &[(&subject.role(), Type::TEXT), (&schema.as_str(), Type::TEXT)]).await?;
    let yes = |row: &Row, column: usize| row.get::<_, Option<bool>>(column) == Some(true);
    let rights = rows.first().map(|row| Rights {
        schema_exists: yes(row, 0),
        create_schema: yes(row, 1),
        create_table: yes(row, 2),
        write: yes(row, 3),
        owner: row.get(4),
    });
    let about = About { schema, role: subject.role(), login: &subject.facts.session_user };
    Ok(match &subject.history {
        Err(error) => Some(about.unreadable(error)),
        // Without rights the role does not exist, which another check says.
        Ok(history) => rights.map(|rights| about.decide(history, &rights)),
    })
}

struct About<'a> {
    schema: &'a Identifier,
    role: &'a str,
    login: &'a str,
}

impl About<'_> {
    fn unreadable(&self, error: &HistoryError) -> Finding {
        let finding = NAME.bad(error.to_string());
        let (schema, login) = (self.schema, quoted(self.login));
        match error {
            HistoryError::Newer { .. } => finding.with_hint("use a Limosa at least as new as the one that wrote it"),
            HistoryError::NoPrivilege { .. } => finding.with_hint(format!(
                "let its owner run: GRANT USAGE ON SCHEMA {schema} TO {login}; \
                 GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {login}"
            )),
            HistoryError::Unreadable { .. } => {
                finding.with_hint(format!("look into {schema}.format and {schema}.migration, or name another schema"))
            }
            HistoryError::Server(_) => finding,
        }
    }

    fn decide(&self, history: &History, rights: &Rights) -> Finding {
        let (schema, shown, role) = (self.schema, self.schema.as_str(), quoted(self.role));
        let Some(format) = history.format else { return self.absent(rights) };
        if format < NEWEST_FORMAT {
            let old =
                format!("the history in schema {shown} has format {} of {}", format.number(), NEWEST_FORMAT.number());
            if rights.create_table && rights.write {
                return NAME.note(old).with_hint("the next `limosa up` brings it up to date");
            }
            return NAME
                .bad(format!("{old}, and {} may not bring it up to date", self.role))
                .with_hint(format!("let its owner run: GRANT CREATE ON SCHEMA {schema} TO {role}"));
        }
        if !rights.write {
            let owner = rights.owner.as_deref().unwrap_or("another role");
            return NAME
                .bad(format!("the history in schema {shown} belongs to {owner}, and {} may not write it", self.role))
                .with_hint(format!(
                    "set `owner_role` to the role that it belongs to, or let it run: GRANT {} TO {role}",
                    quoted(owner)
                ));
        }
        let applied = history.rows.iter().filter(|row| row.state == RowState::Applied && !row.repeatable).count();
        NAME.good(format!("{} in effect, on record in schema {shown}", count(applied, "migration", "migrations")))
    }

    fn absent(&self, rights: &Rights) -> Finding {
        let (schema, shown, role) = (self.schema, self.schema.as_str(), quoted(self.role));
        match (rights.schema_exists, rights.create_table, rights.create_schema) {
            (false, _, true) => NAME.good(format!("no history yet; the first `limosa up` makes schema {shown}")),
            (true, true, _) => NAME.good(format!("no history yet; the first `limosa up` makes it in schema {shown}")),
            (false, _, false) => NAME
                .bad(format!("there is no history schema {shown}, and {} may not create one", self.role))
                .with_hint(format!("let an administrator run: CREATE SCHEMA {schema} AUTHORIZATION {role}")),
            (true, false, _) => NAME
                .bad(format!("{} may not create the history in schema {shown}", self.role))
                .with_hint(format!("let its owner run: GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;
    use crate::history::FormatVersion;

    fn decide(format: Option<i32>, rights: Rights) -> (FindingState, String, String) {
        let schema = Identifier::new("limosa").unwrap();
        let history = History { format: format.map(FormatVersion::new), ..History::absent() };
        let finding = About { schema: &schema, role: "owner", login: "ada" }.decide(&history, &rights);
        (finding.state, finding.says, finding.hint.unwrap_or_default())
    }

    #[test]
    fn a_history_that_is_not_there_can_be_made_or_not() {
        let (state, says, _) = decide(None, Rights { create_schema: true, ..Rights::default() });
        assert_eq!(
            (state, says.as_str()),
            (FindingState::Good, "no history yet; the first `limosa up` makes schema limosa")
        );
        let (state, _, hint) = decide(None, Rights::default());
        assert_eq!(state, FindingState::Bad);
        assert!(hint.ends_with("CREATE SCHEMA \"limosa\" AUTHORIZATION \"owner\""), "{hint}");
        // Where the schema is there, the right to create schemas does not help.
        let there = Rights { schema_exists: true, create_schema: true, ..Rights::default() };
        let (state, _, hint) = decide(None, there.clone());
        assert_eq!(state, FindingState::Bad);
        assert!(hint.contains("GRANT USAGE, CREATE ON SCHEMA"), "{hint}");
        assert_eq!(decide(None, Rights { create_table: true, ..there }).0, FindingState::Good);
    }

    #[test]
    fn a_history_has_to_be_writable_and_may_be_old() {
        let rights = Rights { schema_exists: true, create_table: true, write: true, ..Rights::default() };
        assert_eq!(decide(Some(NEWEST_FORMAT.number()), rights.clone()).0, FindingState::Good);
        assert_eq!(decide(Some(1), rights.clone()).0, FindingState::Note);
        assert_eq!(decide(Some(1), Rights { create_table: false, ..rights.clone() }).0, FindingState::Bad);
        let foreign = Rights { write: false, owner: Some("dba".to_owned()), ..rights };
        let (state, says, hint) = decide(Some(NEWEST_FORMAT.number()), foreign);
        assert_eq!(state, FindingState::Bad);
        assert!(says.contains("belongs to dba") && hint.ends_with("GRANT \"dba\" TO \"owner\""), "{says}: {hint}");
    }

    #[test]
    fn a_newer_history_is_bad() {
        let schema = Identifier::new("limosa").unwrap();
        let error = HistoryError::Newer { schema: schema.clone(), found: 99, newest: 2 };
        let finding = About { schema: &schema, role: "owner", login: "ada" }.unreadable(&error);
        assert_eq!(finding.state, FindingState::Bad);
        assert!(finding.says.contains("format 99"), "{}", finding.says);
    }
}
