//! A policy filters by a column that no index begins with.
//!
//! The policy is part of every query of the table, so every query reads the whole table where nothing else narrows it.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit USING (owner = current_user);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit USING (owner = current_user);
//! CREATE INDEX visit_owner ON visit (owner);
//! ```

use limosa_syntax::{TokenKind, Tokens};

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::rules::design::foreign_key_without_index::has_index;
use crate::shape::{Column, Table, policies_of_catalog};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let mut said = Vec::new();
    for policy in policies_of_catalog(view) {
        let (Some(table), Some(using)) = (view.table(&policy.table), &policy.using) else { continue };
        for column in compared(table, using) {
            if has_index(table, std::slice::from_ref(&column.name)) || said.contains(&(column.site)) {
                continue;
            }
            said.push(column.site);
            let shown = table.shown_column(&column.name);
            let message = format!("the policy {} filters by {shown}, which no index begins with", policy.shown());
            found.site(policy.site, message).of_table(&table.name).help(format!("add an index on {shown}"));
        }
    }
}

/// The columns that stand directly beside an equals sign.
fn compared<'t, 'a>(table: &'t Table<'a>, expression: &str) -> Vec<&'t Column<'a>> {
    let tokens = Tokens::of(expression);
    let tokens: Vec<_> = tokens.words().each().map(|(token, here)| (token, here.text_of(token))).collect();
    let mut columns = Vec::new();
    for (at, (token, _)) in tokens.iter().enumerate() {
        if !matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier) {
            continue;
        }
        let is_equals = |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(|(_, text)| *text == "=");
        if is_equals(at.checked_sub(1)) || is_equals(Some(at + 1)) {
            let name = tokens[at].1.trim_matches('"');
            columns.extend(table.columns.iter().find(|column| column.name.as_str() == name));
        }
    }
    columns
}
