//! Are the extensions to be had that pending migrations create?

use limosa_postgres::{Row, ServerError, Session, Type};

use super::finding::{CheckName, Finding};
use super::phrase::{count, quoted};
use super::subject::Subject;
use super::wanted::Want;
use super::{Check, FindingState};

const NAME: CheckName = CheckName::new("extensions");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("extensions.sql");

/// How the server stands to an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Availability {
    /// In the database already.
    Installed,
    /// The role may create it.
    Creatable,
    /// Trusted, but the role may not create anything in the database.
    NeedsCreate,
    /// Only a superuser creates it, or whom a provider has made an exception for.
    NeedsSuperuser,
    /// Its files are not on the server.
    NotOffered,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let wants = &subject.wanted.extensions;
    if wants.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = wants.iter().map(|want| want.name.as_str()).collect();
    let rows = session.query(SQL, &[(&subject.role(), Type::TEXT), (&names, Type::TEXT_ARRAY)]).await?;
    let found: Vec<Availability> = rows.iter().map(decode).collect();
    let pairs: Vec<_> = wants.iter().zip(found).collect();
    // No rows: the role does not exist, which another check says.
    let embedded = subject.target.single_connection;
    Ok((!pairs.is_empty()).then(|| decide(subject.role(), &subject.facts.database, embedded, &pairs)))
}

fn decode(row: &Row) -> Availability {
    let yes = |column: usize| row.get::<_, Option<bool>>(column) == Some(true);
    match (yes(1), yes(2), yes(3), yes(4)) {
        (true, ..) => Availability::Installed,
        (_, false, ..) => Availability::NotOffered,
        (_, _, true, _) => Availability::NeedsSuperuser,
        (_, _, _, false) => Availability::NeedsCreate,
        _ => Availability::Creatable,
    }
}

fn decide(role: &str, database: &str, embedded: bool, extensions: &[(&Want, Availability)]) -> Finding {
    let problems = extensions.iter().filter_map(|(want, availability)| {
        let (state, why, hint) = match availability {
            Availability::Installed | Availability::Creatable => return None,
            Availability::NotOffered => (
                FindingState::Bad,
                "the server does not offer it".to_owned(),
                if embedded {
                    "the embedded server cannot be given more; name a server of your own as `url` of the environment"
                        .to_owned()
                } else {
                    format!("install the package that holds {} on the server, or do without it", want.name)
                },
            ),
            Availability::NeedsCreate => (
                FindingState::Bad,
                format!("{role} may not create in database {database}"),
                format!("let an administrator run: GRANT CREATE ON DATABASE {} TO {}", quoted(database), quoted(role)),
            ),
            // Providers let roles of theirs create some of these, so this may work all the same.
            Availability::NeedsSuperuser => (
                FindingState::Warning,
                format!("it takes a superuser, which {role} is not"),
                format!(
                    "let an administrator run CREATE EXTENSION {} beforehand, and write IF NOT EXISTS",
                    quoted(&want.name)
                ),
            ),
        };
        Some((state, format!("{} ({}): {why}", want.name, want.file), hint))
    });
    let mut problems: Vec<_> = problems.collect();
    problems.sort_by_key(|(state, ..)| std::cmp::Reverse(*state));
    let Some((state, _, hint)) = problems.first() else {
        let pending = count(extensions.len(), "extension", "extensions");
        return NAME.good(format!("{pending} that pending migrations create can be had"));
    };
    let says = format!("{} that pending migrations create may fail", count(problems.len(), "extension", "extensions"));
    let finding = if *state == FindingState::Bad {
        NAME.bad(says.replace("may fail", "cannot be had"))
    } else {
        NAME.warning(says)
    };
    let hint = hint.clone();
    finding.with_detail(problems.into_iter().map(|(_, line, _)| line)).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_extension_decides_and_gives_the_hint() {
        let want = |name: &str| Want { name: name.to_owned(), file: "1.sql".to_owned() };
        let (a, b, c) = (want("citext"), want("postgis"), want("dblink"));
        let decided = |list: &[(&Want, Availability)]| decide("ada", "clinic", false, list);
        let good = decided(&[(&a, Availability::Installed), (&c, Availability::Creatable)]);
        assert_eq!(
            (good.state, good.says.as_str()),
            (FindingState::Good, "2 extensions that pending migrations create can be had")
        );

        let both = decided(&[(&c, Availability::NeedsSuperuser), (&b, Availability::NotOffered)]);
        assert_eq!(both.state, FindingState::Bad);
        assert_eq!(both.detail[0], "postgis (1.sql): the server does not offer it");
        assert!(both.hint.unwrap().contains("postgis"));

        let embedded = decide("postgres", "clinic", true, &[(&b, Availability::NotOffered)]);
        assert!(embedded.hint.unwrap().contains("embedded"));

        assert_eq!(decided(&[(&c, Availability::NeedsSuperuser)]).state, FindingState::Warning);
        let barred = decided(&[(&a, Availability::NeedsCreate)]);
        assert!(barred.hint.unwrap().ends_with("GRANT CREATE ON DATABASE \"clinic\" TO \"ada\""));
    }
}
