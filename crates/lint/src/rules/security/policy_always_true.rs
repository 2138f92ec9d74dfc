//! A policy lets everything be written.
//!
//! `USING (true)` for a command that writes is the same as no row security for it. For `SELECT` it may be meant: a
//! table that all may read.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY anything ON visit FOR ALL USING (true);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY readers ON visit FOR SELECT USING (true);
//! CREATE POLICY owners ON visit FOR UPDATE USING (owner = current_user);
//! ```

use limosa_catalog::kind::policy::PolicyCommand;
use limosa_syntax::Severity;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Policy, of_policies};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_policies!(check)).with(&[
    Parameter::new(
        "trusted",
        ParameterKind::List,
        r#"["service_role", "postgres", "supabase_admin"]"#,
        "roles that may write everything",
    ),
    EXCEPT,
]);

fn check(policy: &Policy<'_>, found: &mut Findings<'_>) {
    let is_true = |expression: &Option<String>| {
        expression.as_deref().is_some_and(|it| it.trim_matches(['(', ')', ' ']).eq_ignore_ascii_case("true"))
    };
    // Where no check is given, what is seen may be written.
    let writes_anything = match policy.command {
        PolicyCommand::Select => false,
        PolicyCommand::Insert => is_true(&policy.check),
        PolicyCommand::Delete => is_true(&policy.using),
        PolicyCommand::Update | PolicyCommand::All => {
            is_true(&policy.using) && (policy.check.is_none() || is_true(&policy.check))
        }
    };
    if !policy.permissive || !writes_anything || policy.is_only_for(&found.parameters.list("trusted")) {
        return;
    }
    let message = match policy.command {
        PolicyCommand::All => format!("the policy {} lets every row be read and written", policy.shown()),
        PolicyCommand::Insert => format!("the policy {} lets any row be inserted", policy.shown()),
        command => format!("the policy {} lets every row be changed by {command}", policy.shown()),
    };
    let finding = found.site(policy.site, message).of_table(&policy.table);
    if policy.command == PolicyCommand::Insert {
        finding.at_most(Severity::Note);
    }
}
