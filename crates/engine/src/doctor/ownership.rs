//! Do the objects belong to the role that is to alter them? PostgreSQL lets only owners alter and drop.

use limosa_postgres::{Row, ServerError, Session, Type};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::{count, more, quoted};
use super::subject::Subject;

const NAME: CheckName = CheckName::new("ownership");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("ownership.sql");

/// An object that belongs to another role.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ForeignObject {
    /// `table`, `materialized view`, `function` …
    kind: String,
    /// Its name as SQL has it, quoted where it must be.
    identity: String,
    owner: String,
    /// Whether it may be altered all the same, as a member of its owner or a superuser.
    may_alter: bool,
}

/// The first of them, those that may not be altered before the others, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Foreign {
    first: Vec<ForeignObject>,
    barred: usize,
    total: usize,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let (role, schemas) = (subject.role(), subject.schema_names());
    let history = subject.target.history_schema.as_str();
    let params: [(&(dyn limosa_postgres::ToSql + Sync), Type); 3] =
        [(&role, Type::TEXT), (&schemas, Type::TEXT_ARRAY), (&history, Type::TEXT)];
    let rows = session.query(SQL, &params).await?;
    // Without a row the role does not exist, which another check says.
    let Some(row) = rows.first() else { return Ok(None) };
    let number =
        |column: usize| usize::try_from(row.get::<_, Option<i64>>(column).unwrap_or_default()).unwrap_or_default();
    let foreign = Foreign { first: rows.iter().filter_map(decode).collect(), barred: number(4), total: number(5) };
    Ok(Some(decide(role, subject.target.owner_role.is_some(), &foreign)))
}

fn decode(row: &Row) -> Option<ForeignObject> {
    let kind = row.get::<_, Option<String>>(0)?;
    Some(ForeignObject { kind, identity: row.get(1), owner: row.get(2), may_alter: row.get(3) })
}

fn decide(role: &str, is_configured: bool, foreign: &Foreign) -> Finding {
    let mut finding = if foreign.barred > 0 {
        let objects = count(foreign.barred, "object belongs", "objects belong");
        NAME.warning(format!("{objects} to other roles, and {role} may not alter or drop them"))
    } else if is_configured && foreign.total > 0 {
        let objects = count(foreign.total, "object belongs", "objects belong");
        NAME.note(format!("{objects} to other roles than the owner_role {role}"))
    } else {
        return NAME.good(format!("{role} may alter every object in its schemas"));
    };
    let listed: Vec<_> = foreign.first.iter().filter(|object| foreign.barred == 0 || !object.may_alter).collect();
    let of = if foreign.barred > 0 { foreign.barred } else { foreign.total };
    let line = |object: &&ForeignObject| format!("{} {} belongs to {}", object.kind, object.identity, object.owner);
    finding = finding.with_detail(listed.iter().map(line).chain(more(listed.len(), of)));
    match listed.first() {
        Some(ForeignObject { kind, identity, .. }) => {
            let (kind, role) = (kind.to_uppercase(), quoted(role));
            finding.with_hint(format!(
                "for each of them, let an administrator run: ALTER {kind} {identity} OWNER TO {role}"
            ))
        }
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    fn object(identity: &str, may_alter: bool) -> ForeignObject {
        ForeignObject { kind: "table".into(), identity: identity.into(), owner: "dba".into(), may_alter }
    }

    #[test]
    fn what_may_not_be_altered_comes_with_the_statement_that_mends_it() {
        let first = vec![object("public.\"Visit\"", false), object("public.log", true)];
        let finding = decide("clinic", false, &Foreign { first, barred: 1, total: 9 });
        assert_eq!(finding.state, FindingState::Warning);
        assert_eq!(finding.detail, ["table public.\"Visit\" belongs to dba"]);
        assert!(finding.hint.unwrap().ends_with("ALTER TABLE public.\"Visit\" OWNER TO \"clinic\""));
    }

    #[test]
    fn other_owners_matter_only_where_one_is_configured() {
        let foreign = Foreign { first: vec![object("public.log", true)], barred: 0, total: 7 };
        assert_eq!(decide("clinic", false, &foreign).state, FindingState::Good);
        let finding = decide("clinic", true, &foreign);
        assert_eq!(finding.state, FindingState::Note);
        assert_eq!(finding.detail, ["table public.log belongs to dba", "and 6 more"]);
        assert_eq!(decide("clinic", true, &Foreign::default()).state, FindingState::Good);
    }
}
