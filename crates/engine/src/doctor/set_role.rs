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

/// Whether the login role may `SET ROLE` to the owner role. Whether it inherits its rights makes no difference: all
/// that is done with them is done as the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Membership {
    May,
    MayNot,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let Some(owner) = &subject.target.owner_role else { return Ok(None) };
    let rows = session.query(SQL, &[(&owner.as_str(), Type::TEXT)]).await?;
    let membership = |row: &Row| match row.get::<_, Option<bool>>(1) {
        Some(true) => Membership::May,
        Some(false) | None => Membership::MayNot,
    };
    let found = rows.first().filter(|row| row.get(0)).map(membership);
    Ok(Some(decide(owner, &subject.facts.session_user, subject.facts.version.major(), found)))
}

fn decide(owner: &Identifier, login: &str, major: ServerMajor, found: Option<Membership>) -> Finding {
    let (shown, login) = (owner.as_str(), quoted(login));
    match found {
        None => NAME
            .bad(format!("the owner_role {shown} does not exist"))
            .with_hint(format!("let an administrator run: CREATE ROLE {owner} NOLOGIN; GRANT {owner} TO {login}")),
        Some(Membership::MayNot) => {
            // Options of GRANT came with PostgreSQL 16.
            let option = if major.number() >= 16 { " WITH SET TRUE" } else { "" };
            NAME.bad(format!("SET ROLE to the owner_role {shown} is not allowed"))
                .with_hint(format!("let an administrator run: GRANT {owner} TO {login}{option}"))
        }
        Some(Membership::May) => NAME.good(format!("migrations run as the owner_role {shown}")),
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::ServerVersion;

    use super::super::FindingState;
    use super::*;

    #[test]
    fn an_owner_role_has_to_exist_and_to_be_set() {
        let decide = |major: u32, found| {
            let major = ServerVersion::from_number(major * 10_000).unwrap().major();
            decide(&Identifier::new("clinic_owner").unwrap(), "ada", major, found)
        };
        let missing = decide(18, None);
        assert_eq!(missing.state, FindingState::Bad);
        assert!(missing.hint.unwrap().contains("CREATE ROLE \"clinic_owner\" NOLOGIN"));

        let barred = Some(Membership::MayNot);
        assert!(decide(15, barred).hint.unwrap().ends_with("GRANT \"clinic_owner\" TO \"ada\""));
        assert!(decide(16, barred).hint.unwrap().ends_with("WITH SET TRUE"));

        let good = decide(18, Some(Membership::May));
        assert_eq!(good.state, FindingState::Good);
    }
}
