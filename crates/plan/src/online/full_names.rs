//! Statements with other names in the place of those that they say in full.

use std::fmt::Write as _;

use limosa_catalog::ObjectName;
use limosa_syntax::{TokenKind, Tokens};

/// The statement with another name for each `schema.name` that has one; `None` where none has.
pub(super) fn with_other_names(sql: &str, new: impl Fn(&ObjectName) -> Option<ObjectName>) -> Option<String> {
    let tokens = Tokens::of(sql);
    let mut written = String::new();
    let (mut end, mut is_behind_dot) = (0, false);
    for (token, mut here) in tokens.words().each() {
        if std::mem::replace(&mut is_behind_dot, token.kind == TokenKind::Dot) {
            continue;
        }
        let Some(schema) = here.identifier() else { continue };
        if !here.take_kind(TokenKind::Dot) {
            continue;
        }
        let Some(last) = here.peek().map(|name| name.span.end) else { continue };
        let Some(name) = here.identifier() else { continue };
        if let Some(new) = new(&ObjectName { schema, name }) {
            // Writing to a string cannot fail.
            let _ = write!(written, "{}{new}", sql.get(end..token.span.start).unwrap_or_default());
            end = last;
        }
    }
    (end > 0).then(|| written + sql.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use limosa_catalog::Identifier;

    use super::*;

    #[test]
    fn only_what_is_named_in_full_gets_another_name() {
        let name = |name: &str| Identifier::new(name).unwrap();
        let new = |found: &ObjectName| {
            (found.name == name("visit") && found.schema == name("clinic"))
                .then(|| ObjectName { schema: name("clinic"), name: name("the stay") })
        };
        let sql =
            "SELECT clinic.visit.fee, v.clinic.visit, 'clinic.visit' FROM \"clinic\" . Visit, visit, clinic.person";
        assert_eq!(
            with_other_names(sql, new).unwrap(),
            "SELECT \"clinic\".\"the stay\".fee, v.clinic.visit, 'clinic.visit' FROM \"clinic\".\"the stay\", visit, \
             clinic.person"
        );
        assert_eq!(with_other_names("SELECT visit.fee FROM visit", new), None);
    }
}
