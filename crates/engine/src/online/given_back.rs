//! Whether what is made again with contract can be given to the role that it belongs to.

use limosa_catalog::{Identifier, Literal, QualifiedName};
use limosa_syntax::{Diagnostic, Script, Tokens};

use crate::backfill::Desk;
use crate::run_error::RunError;

/// What who asks may not give to roles, with why. Looks at roles and schemas by their names.
const NOT_GIVEN: &str = "\
SELECT o.name, r.rolname, o.schema, current_user, m.may_become, m.may_own
FROM ROWS FROM (pg_catalog.unnest({names}::text[]), pg_catalog.unnest({roles}::text[]),
  pg_catalog.unnest({schemas}::text[])) o (name, role, schema)
JOIN pg_catalog.pg_roles r ON r.rolname = o.role AND r.rolname <> current_user
JOIN pg_catalog.pg_roles own ON own.rolname = current_user AND NOT own.rolsuper
CROSS JOIN LATERAL (SELECT
  pg_catalog.pg_has_role(r.oid, CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000
    THEN 'SET' ELSE 'MEMBER' END) AS may_become,
  coalesce(pg_catalog.has_schema_privilege(r.oid, pg_catalog.to_regnamespace(nullif(o.schema, '')), 'CREATE'), true)
    AS may_own) m
WHERE NOT (m.may_become AND m.may_own) ORDER BY 1";

/// A finding for each thing that the scripts give to a role to which who connected cannot give it.
///
/// # Errors
/// What the server says.
pub(super) async fn not_given_back(
    desk: &Desk<'_>,
    scripts: [&str; 2],
    subject: &str,
) -> Result<Vec<Diagnostic>, RunError> {
    let given: Vec<(QualifiedName, Identifier)> = scripts.into_iter().flat_map(given).collect();
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let array = |text: &dyn Fn(&(QualifiedName, Identifier)) -> String| {
        let all: Vec<String> = given.iter().map(|it| Literal(&text(it)).to_string()).collect();
        format!("ARRAY[{}]", all.join(", "))
    };
    let schema = |name: &QualifiedName| name.schema.as_ref().map(ToString::to_string).unwrap_or_default();
    let sql = NOT_GIVEN
        .replace("{names}", &array(&|(name, _)| name.to_string()))
        .replace("{roles}", &array(&|(_, role)| role.as_str().to_owned()))
        .replace("{schemas}", &array(&|(name, _)| schema(name)));
    let problem = |row: Vec<Option<String>>| {
        let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let (what, role, schema, own) = (text(0), text(1), text(2), text(3));
        let help = match text(4) == "t" {
            true => format!("who owns a thing has to have that: `GRANT CREATE ON SCHEMA {schema} TO {role}`"),
            false => format!("let {own} become that role: `GRANT {role} TO {own}`"),
        };
        Diagnostic::error(
            "not-owner",
            format!("{subject}: {what} belongs to {role}, and is made again; {own} may not give it back to {role}"),
        )
        .with_help(format!("{help}; or connect as a superuser"))
    };
    Ok(desk.ask(&sql).await?.into_iter().map(problem).collect())
}

/// What a script gives to roles.
fn given(script: &str) -> Vec<(QualifiedName, Identifier)> {
    Script::parse(script).statements.iter().filter_map(|statement| owner_of(statement.span.of(script))).collect()
}

/// The object and the role of `ALTER … OWNER TO …`.
fn owner_of(statement: &str) -> Option<(QualifiedName, Identifier)> {
    let tokens = Tokens::of(statement);
    let mut words = tokens.words();
    words.take(&["ALTER"]).then_some(())?;
    let (_, mut behind) = words.outermost().find(|(_, here)| here.at(&["OWNER", "TO"]))?;
    words.take(&["MATERIALIZED"]);
    words.next();
    words.take(&["IF", "EXISTS"]);
    let name = words.qualified_name()?;
    behind.take(&["OWNER", "TO"]);
    Some((name, behind.identifier()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_to_whom_is_read_off_the_statements() {
        let given = given(
            "ALTER VIEW \"public\".\"seen\" OWNER TO \"A b\"; ALTER TABLE t ADD COLUMN owner int;
             ALTER FUNCTION s.f(int, text) OWNER TO c; ALTER MATERIALIZED VIEW m OWNER TO c",
        );
        let said: Vec<String> = given.iter().map(|(name, role)| format!("{name} {}", role.as_str())).collect();
        assert_eq!(said, ["\"public\".\"seen\" A b", "\"s\".\"f\" c", "\"m\" c"]);
    }
}
