//! A policy calls a function anew for each row.
//!
//! What tells who is asking is the same for all rows of a query. In a subquery, `(SELECT auth.uid())`, it is asked
//! once; as it stands it is asked for each row that is looked at.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit USING (owner = current_setting('app.user'));
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit USING (owner = (SELECT current_setting('app.user')));
//! ```

use limosa_syntax::{TokenKind, Tokens};

use crate::found::Findings;
use crate::name_list::fits;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Policy, of_policies};

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, of_policies!(check)).with(&[
    Parameter::new(
        "functions",
        ParameterKind::List,
        r#"["auth.*", "current_setting"]"#,
        "functions that are the same for all rows, with `*` for any text",
    ),
    EXCEPT,
]);

fn check(policy: &Policy<'_>, found: &mut Findings<'_>) {
    let functions = found.parameters.list("functions");
    let call = policy.expressions().find_map(|expression| bare_call(expression, &functions));
    if let Some(call) = call {
        let message = format!("the policy {} calls `{call}()` for each row", policy.shown());
        let finding = found.site(policy.site, message).of_table(&policy.table);
        finding.help(format!("write `(SELECT {call}(…))`, which is asked once"));
    }
}

/// The first call of one of these functions that is not in a subquery.
fn bare_call(expression: &str, functions: &[String]) -> Option<String> {
    let tokens = Tokens::of(expression);
    // Of each pair of parentheses around, whether it is in a subquery.
    let mut inside: Vec<bool> = Vec::new();
    let mut behind_dot = false;
    for (token, mut here) in tokens.words().each() {
        let in_query = inside.last().copied().unwrap_or_default();
        match token.kind {
            TokenKind::LeftParen => {
                here.next();
                inside.push(in_query || here.at(&["SELECT"]));
            }
            TokenKind::RightParen => drop(inside.pop()),
            TokenKind::Word | TokenKind::QuotedIdentifier if !in_query && !behind_dot => {
                let name = here.qualified_name().filter(|_| here.at_kind(TokenKind::LeftParen));
                let name = name.map(|name| match name.schema {
                    Some(schema) => format!("{}.{}", schema.as_str(), name.name.as_str()),
                    None => name.name.as_str().to_owned(),
                });
                if let Some(name) = name.filter(|name| functions.iter().any(|listed| fits(listed, name))) {
                    return Some(name);
                }
            }
            _ => {}
        }
        behind_dot = token.kind == TokenKind::Dot;
    }
    None
}
