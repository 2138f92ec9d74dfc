//! May the owner role be taken on?

use limosa_catalog::{Identifier, ServerMajor};
use limosa_postgres::{Row, ServerError, Session, Type};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::quoted;
use super::subject::Subject;

const NAME: CheckName = CheckName::new("owner-role");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("set_role.sql");

/// What the login role may do with the owner role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Membership {
    /// `SET ROLE` is allowed.
    may_set: bool,
    /// Its privileges count without `SET ROLE`, too.
    inherits: bool,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let Some(owner) = &subject.target.owner_role else { return Ok(None) };
    let rows = session.query(SQL, &[(&owner.as_str(), Type::TEXT)]).await?;
    let membership = |row: &Row| Membership {
        may_set: row.get::<_, Option<bool>>(1) == Some(true),
        inherits: row.get::<_, Option<bool>>(2) == Some(true),
    };
    let found = rows.first().filter(|row| row.get(0)).map(membership);
    Ok(Some(decide(owner, &subject.facts.session_user, subject.facts.version.major(), found)))
}

fn decide(owner: &Identifier, login: &str, major: ServerMajor, found: Option<Membership>) -> Finding {
    let (shown, login) = (owner.as_str(), quoted(login));
    // Options of GRANT came with PostgreSQL 16.
    let has_options = major.number() >= 16;
    match found {
        None => NAME
            .bad(format!("the owner_role {shown} does not exist"))
            .with_hint(format!("let an administrator run: CREATE ROLE {owner} NOLOGIN; GRANT {owner} TO {login}")),
        Some(Membership { may_set: false, .. }) => {
            let option = if has_options { " WITH SET TRUE" } else { "" };
            NAME.bad(format!("SET ROLE to the owner_role {shown} is not allowed"))
                .with_hint(format!("let an administrator run: GRANT {owner} TO {login}{option}"))
        }
        Some(Membership { inherits: false, .. }) => {
            let hint = if has_options {
                format!("let an administrator run: GRANT {owner} TO {login} WITH INHERIT TRUE")
            } else {
                format!("let an administrator run: ALTER ROLE {login} INHERIT")
            };
            NAME.warning(format!("the privileges of the owner_role {shown} are not inherited"))
                .with_detail(["the history will belong to it, and could not be read without SET ROLE".to_owned()])
                .with_hint(hint)
        }
        Some(_) => NAME.good(format!("migrations run as the owner_role {shown}")),
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::ServerVersion;

    use super::super::FindingState;
    use super::*;

    #[test]
    fn an_owner_role_has_to_exist_to_be_set_and_to_be_inherited() {
        let decide = |major: u32, found| {
            let major = ServerVersion::from_number(major * 10_000).unwrap().major();
            decide(&Identifier::new("clinic_owner").unwrap(), "ada", major, found)
        };
        let missing = decide(18, None);
        assert_eq!(missing.state, FindingState::Bad);
        assert!(missing.hint.unwrap().contains("CREATE ROLE \"clinic_owner\" NOLOGIN"));

        let barred = Some(Membership { may_set: false, inherits: true });
        assert!(decide(15, barred).hint.unwrap().ends_with("GRANT \"clinic_owner\" TO \"ada\""));
        assert!(decide(16, barred).hint.unwrap().ends_with("WITH SET TRUE"));

        let aloof = decide(15, Some(Membership { may_set: true, inherits: false }));
        assert_eq!(aloof.state, FindingState::Warning);
        assert!(aloof.hint.unwrap().ends_with("ALTER ROLE \"ada\" INHERIT"));

        let good = decide(18, Some(Membership { may_set: true, inherits: true }));
        assert_eq!(good.state, FindingState::Good);
    }
}
