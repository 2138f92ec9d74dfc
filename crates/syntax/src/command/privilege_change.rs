//! `GRANT` and `REVOKE` of privileges in their parts.

use limosa_catalog::{Identifier, QualifiedName};

use crate::class::object_kind;
use crate::token::TokenKind;
use crate::words::{Tokens, Words};

/// What `GRANT` gives and `REVOKE` takes, on objects that it names and for roles that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivilegeChange {
    /// Whether it takes.
    pub revokes: bool,
    /// Whether only the right to hand on is taken.
    pub option_only: bool,
    /// Whether the right to hand on is given with it.
    pub grantable: bool,
    /// What others have from those who lose it goes as well.
    pub cascade: bool,
    /// The privileges in capitals, each with the columns that it is for; `ALL` stands for every one.
    pub privileges: Vec<(String, Vec<Identifier>)>,
    /// The kind of the objects in capitals: `TABLE` where none is said.
    pub kind: &'static str,
    /// The objects, with what stands in parentheses behind the name of a routine.
    pub objects: Vec<(QualifiedName, Option<String>)>,
    /// For whom; `None` is everyone.
    pub grantees: Vec<Option<Identifier>>,
}

impl PrivilegeChange {
    /// Reads a statement; `None` where it is something else, or does not name all objects and roles itself.
    #[must_use]
    pub fn of(statement: &str) -> Option<Self> {
        let tokens = Tokens::of(statement);
        let mut words = tokens.words();
        let revokes = words.at(&["REVOKE"]);
        if !words.take_any(&["GRANT", "REVOKE"]) {
            return None;
        }
        let option_only = revokes && words.take(&["GRANT", "OPTION", "FOR"]);
        let privileges = words.until_any(&["ON"]).split(TokenKind::Comma).map(privilege).collect::<Option<Vec<_>>>()?;
        words.skip_until_any(&["ON"]);
        words.take(&["ON"]).then_some(())?;
        words.take(&["FOREIGN"]);
        let kind = object_kind::take(&mut words).unwrap_or("TABLE");
        let objects = words.until_any(&["TO", "FROM"]).split(TokenKind::Comma).map(|it| object(it, statement));
        let objects = objects.collect::<Option<Vec<_>>>()?;
        words.skip_until_any(&["TO", "FROM"]);
        words.next();
        let roles = words.until_any(&["WITH", "GRANTED", "CASCADE", "RESTRICT"]).split(TokenKind::Comma);
        let grantees = roles.map(grantee).collect::<Option<Vec<_>>>()?;
        let says = |keywords: &[&str]| words.outermost().any(|(_, here)| here.at(keywords));
        let (grantable, cascade) = (says(&["WITH", "GRANT", "OPTION"]), says(&["CASCADE"]));
        let is_whole = !privileges.is_empty() && !objects.is_empty() && !grantees.is_empty() && !says(&["GRANTED"]);
        is_whole.then_some(Self { revokes, option_only, grantable, cascade, privileges, kind, objects, grantees })
    }
}

fn privilege(mut words: Words<'_>) -> Option<(String, Vec<Identifier>)> {
    let mut said = Vec::new();
    while let Some(word) = words.word() {
        said.push(word.to_ascii_uppercase());
        words.next();
    }
    let columns = words.parenthesised();
    let columns = columns.map(|columns| columns.split(TokenKind::Comma).map(|mut it| it.identifier()).collect());
    if said.first().is_some_and(|word| word == "ALL") {
        said.truncate(1);
    }
    (!said.is_empty() && words.peek().is_none()).then_some(())?;
    Some((said.join(" "), columns.unwrap_or(Some(Vec::new()))?))
}

fn object(mut words: Words<'_>, text: &str) -> Option<(QualifiedName, Option<String>)> {
    if words.at(&["ALL"]) {
        return None;
    }
    let name = words.qualified_name()?;
    let arguments = words.parenthesised().map(|it| it.span().map_or_else(String::new, |it| it.of(text).to_owned()));
    words.peek().is_none().then_some((name, arguments))
}

fn grantee(mut words: Words<'_>) -> Option<Option<Identifier>> {
    words.take(&["GROUP"]);
    if words.at_any(&["CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"]) {
        return None;
    }
    let role = if words.take(&["PUBLIC"]) { None } else { Some(words.identifier()?) };
    words.peek().is_none().then_some(role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_are_read_with_their_objects_and_roles() {
        for (statement, read) in [
            ("GRANT SELECT ON v TO a", "SELECT TABLE v TO a"),
            ("GRANT ALL PRIVILEGES ON TABLE s.v, w TO GROUP a, PUBLIC", "ALL TABLE v w TO a PUBLIC"),
            (
                "GRANT SELECT (a, b), UPDATE (c) ON v TO a WITH GRANT OPTION",
                "SELECT(a,b) UPDATE(c) TABLE v TO a OPTION",
            ),
            ("REVOKE GRANT OPTION FOR INSERT ON v FROM a CASCADE", "FOR INSERT TABLE v FROM a CASCADE"),
            ("GRANT EXECUTE ON FUNCTION f(int, text), g() TO a", "EXECUTE FUNCTION f(int, text) g() TO a"),
            ("REVOKE USAGE ON FOREIGN SERVER s FROM a RESTRICT", "USAGE SERVER s FROM a"),
            ("GRANT USAGE ON SCHEMA s TO a", "USAGE SCHEMA s TO a"),
            ("GRANT SELECT ON ALL TABLES IN SCHEMA s TO a", "NO"),
            ("GRANT SELECT ON v TO CURRENT_USER", "NO"),
            ("GRANT SELECT ON v TO a GRANTED BY b", "NO"),
            ("GRANT a TO b", "NO"),
            ("COMMENT ON TABLE v IS 'GRANT'", "NO"),
        ] {
            assert_eq!(PrivilegeChange::of(statement).map_or_else(|| "NO".to_owned(), shown), read, "{statement}");
        }
    }

    fn shown(it: PrivilegeChange) -> String {
        let columns = |all: &[Identifier]| all.iter().map(Identifier::as_str).collect::<Vec<_>>().join(",");
        let mut parts = Vec::new();
        parts.extend(it.option_only.then(|| "FOR".to_owned()));
        parts.extend(it.privileges.iter().map(|(word, of)| match of.as_slice() {
            [] => word.clone(),
            of => format!("{word}({})", columns(of)),
        }));
        parts.push(it.kind.to_owned());
        parts.extend(it.objects.iter().map(|(name, arguments)| {
            let arguments = arguments.as_ref().map(|it| format!("({it})")).unwrap_or_default();
            format!("{}{arguments}", name.name.as_str())
        }));
        parts.push(if it.revokes { "FROM" } else { "TO" }.to_owned());
        parts.extend(it.grantees.iter().map(|it| it.as_ref().map_or("PUBLIC", Identifier::as_str).to_owned()));
        parts.extend(it.grantable.then(|| "OPTION".to_owned()));
        parts.extend(it.cascade.then(|| "CASCADE".to_owned()));
        parts.join(" ")
    }
}
