//! A statement names a role.
//!
//! Roles belong to the whole server and are called differently in development, staging and production: what names one
//! fails where it is not there. For projects that give privileges outside of the migrations, or by roles of fixed
//! names, which `allowed` lists.
//!
//! ```sql,bad
//! ALTER TABLE visit OWNER TO alice;
//! ```
//! ```sql,bad
//! GRANT SELECT ON visit TO reporting, alice;
//! ```
//! ```sql,good
//! -- limosa.toml: hard-coded-role = { allowed = ["app"] }
//! GRANT SELECT ON visit TO app, PUBLIC;
//! ALTER TABLE visit OWNER TO CURRENT_USER;
//! ```

use limosa_syntax::{TokenKind, Words};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]).with(&[Parameter {
    name: "allowed",
    kind: ParameterKind::List,
    default: "[]",
    meaning: "roles that are there on every server",
}]);

/// What stands in the place of a role and is none.
const NO_ROLES: &[&str] = &["PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER", "NONE", "DEFAULT"];

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let allowed = found.parameters.list("allowed");
    let tokens = step.tokens();
    let words = tokens.words();
    let roles = if words.at_any(&["GRANT", "REVOKE"]) {
        behind(words, if words.at(&["GRANT"]) { &["TO"] } else { &["FROM"] })
    } else if words.at(&["ALTER"]) {
        behind(words, &["OWNER", "TO"])
    } else if words.at(&["SET", "ROLE"]) || words.at(&["SET", "LOCAL", "ROLE"]) {
        behind(words, &["ROLE"])
    } else {
        None
    };
    for entry in roles.into_iter().flat_map(|roles| roles.split(TokenKind::Comma)) {
        let mut name = entry;
        name.take(&["GROUP"]);
        if name.at_any(NO_ROLES) {
            continue;
        }
        let (span, role) = (name.peek().map(|token| token.span), name.identifier());
        if let (Some(span), Some(role)) = (span, role)
            && !allowed.iter().any(|known| known == role.as_str())
        {
            found
                .at(step.place(span), format!("this fails on a server that has no role `{}`", role.for_people()))
                .help("give privileges outside of the migrations, or list the role in `allowed`");
        }
    }
}

fn behind<'a>(words: Words<'a>, marker: &[&str]) -> Option<Words<'a>> {
    let (_, mut here) = words.outermost().find(|(_, here)| here.at(marker))?;
    here.take(marker);
    Some(here.until_any(&["WITH", "GRANTED", "CASCADE", "RESTRICT"]))
}
