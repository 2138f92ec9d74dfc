//! May I create in the schemas where migrations create?

use limosa_postgres::{Row, ServerError, Session, Type};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::quoted;
use super::subject::Subject;
use super::wanted::Want;

const NAME: CheckName = CheckName::new("schemas");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("schemas.sql");

/// A schema of the search path, and what the role under which migrations run may do in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SchemaRights {
    name: String,
    exists: bool,
    usage: bool,
    create: bool,
}

/// What the decision rests on.
struct Seen<'a> {
    role: &'a str,
    database: &'a str,
    /// In the order of the search path.
    schemas: Vec<SchemaRights>,
    /// Whether the service names them itself; the server's `search_path` may name schemas that never were.
    named_by_service: bool,
    /// Whether schemas may be created in the database.
    create_schema: bool,
    /// The schemas that pending migrations create.
    wanted: &'a [Want],
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let names = subject.schema_names();
    let rows = session.query(SQL, &[(&subject.role(), Type::TEXT), (&names, Type::TEXT_ARRAY)]).await?;
    let yes = |row: &Row, column: usize| row.get::<_, Option<bool>>(column) == Some(true);
    let decode =
        |row: &Row| SchemaRights { name: row.get(0), exists: row.get(1), usage: yes(row, 2), create: yes(row, 3) };
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(decide(&Seen {
        role: subject.role(),
        database: &subject.facts.database,
        create_schema: yes(first, 4),
        schemas: rows.iter().map(decode).collect(),
        named_by_service: subject.names_schemas(),
        wanted: &subject.wanted.schemas,
    })))
}

fn decide(seen: &Seen<'_>) -> Finding {
    let role = quoted(seen.role);
    if let Some(want) = seen.wanted.first()
        && !seen.create_schema
    {
        return NAME
            .bad(format!("{} may not create schemas, and {} creates {}", seen.role, want.file, want.name))
            .with_hint(format!(
                "let an administrator run: GRANT CREATE ON DATABASE {} TO {role}",
                quoted(seen.database)
            ));
    }
    let barred = seen.schemas.iter().find(|schema| {
        // What the server's own search path lists behind the first is not where migrations create.
        let counts = seen.named_by_service || seen.first().is_some_and(|first| first.name == schema.name);
        schema.exists && !(schema.usage && schema.create) && counts
    });
    if let Some(schema) = barred {
        return NAME
            .bad(format!("{} may not create in schema {}", seen.role, schema.name))
            .with_hint(format!("let its owner run: GRANT USAGE, CREATE ON SCHEMA {} TO {role}", quoted(&schema.name)));
    }
    let missing = seen.schemas.iter().find(|schema| {
        let comes = seen.wanted.iter().any(|want| want.name == schema.name);
        !schema.exists && !comes && seen.named_by_service
    });
    if let Some(schema) = missing {
        let hint = if seen.create_schema {
            format!("let the first migration say CREATE SCHEMA {}", quoted(&schema.name))
        } else {
            format!("let an administrator run: CREATE SCHEMA {} AUTHORIZATION {role}", quoted(&schema.name))
        };
        return NAME
            .warning(format!("schema {} is not there, and no pending migration creates it", schema.name))
            .with_hint(hint);
    }
    match seen.first() {
        Some(first) => NAME.good(format!("{} may create in schema {}", seen.role, first.name)),
        None if seen.wanted.is_empty() => NAME
            .bad("no schema of the search_path is there, so unqualified names have nowhere to go")
            .with_hint("name the service's schemas in limosa.toml: `schemas = [\"public\"]`"),
        None => NAME.good(format!("{} may create the schemas that are pending", seen.role)),
    }
}

impl Seen<'_> {
    /// Where unqualified names are meant to go: the first schema that is there. The server passes over one without
    /// USAGE, which nobody expects, so here it counts.
    fn first(&self) -> Option<&SchemaRights> {
        self.schemas.iter().find(|schema| schema.exists)
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    fn schema(text: &str) -> SchemaRights {
        let (name, rights) = text.split_once(':').unwrap();
        SchemaRights {
            name: name.to_owned(),
            exists: rights != "missing",
            usage: rights.contains('u'),
            create: rights.contains('c'),
        }
    }

    fn decided(schemas: &str, named_by_service: bool, create_schema: bool, wanted: &[&str]) -> Finding {
        let wanted: Vec<Want> =
            wanted.iter().map(|name| Want { name: (*name).to_owned(), file: "1.sql".to_owned() }).collect();
        decide(&Seen {
            role: "ada",
            database: "clinic",
            schemas: schemas.split_whitespace().map(schema).collect(),
            named_by_service,
            create_schema,
            wanted: &wanted,
        })
    }

    #[test]
    fn the_first_schema_that_is_there_is_where_names_go() {
        let good = decided("ada:missing public:uc", false, false, &[]);
        assert_eq!((good.state, good.says.as_str()), (FindingState::Good, "ada may create in schema public"));
        // From PostgreSQL 15 on, public is closed to all but the database's owner.
        let closed = decided("ada:missing public:u", false, true, &[]);
        assert_eq!(closed.state, FindingState::Bad);
        assert!(closed.hint.unwrap().ends_with("GRANT USAGE, CREATE ON SCHEMA \"public\" TO \"ada\""));
        assert_eq!(decided("app:uc public:u", false, false, &[]).state, FindingState::Good);
        assert_eq!(decided("app:uc audit:u", true, false, &[]).state, FindingState::Bad, "the service names both");
        assert_eq!(decided("", false, true, &[]).state, FindingState::Bad);
    }

    #[test]
    fn a_schema_that_a_service_names_has_to_come_from_somewhere() {
        let missing = decided("app:missing", true, true, &[]);
        assert_eq!(missing.state, FindingState::Warning);
        assert!(missing.hint.unwrap().contains("CREATE SCHEMA \"app\""));
        assert_eq!(decided("app:missing", true, true, &["app"]).state, FindingState::Good);
        let barred = decided("app:missing", true, false, &["app"]);
        assert_eq!(
            (barred.state, barred.says.as_str()),
            (FindingState::Bad, "ada may not create schemas, and 1.sql creates app")
        );
    }
}
