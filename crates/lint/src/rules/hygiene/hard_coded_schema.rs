//! A statement names a schema.
//!
//! Migrations that run in one schema per tenant must not say which: the tenant's schema is first in the `search_path`.
//! For such projects; `allowed` lists schemas that all tenants share.
//!
//! ```sql,bad
//! CREATE TABLE public.visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! -- limosa.toml: hard-coded-schema = { allowed = ["extensions"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! COMMENT ON TABLE extensions.unit IS 'shared';
//! ```

use limosa_catalog::QualifiedName;
use limosa_syntax::Command;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]).with(&[Parameter {
    name: "allowed",
    kind: ParameterKind::List,
    default: "[\"pg_catalog\", \"information_schema\"]",
    meaning: "schemas that may be named",
}]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let allowed = found.parameters.list("allowed");
    let named = named(step.command()).into_iter().chain(step.class().object.as_ref());
    let schema = named
        .filter_map(|name| name.schema.as_ref())
        .find(|schema| !allowed.iter().any(|known| known == schema.as_str()));
    if let Some(schema) = schema {
        found
            .at(
                step.head(),
                format!("this always means schema `{}`, whichever the `search_path` names", schema.for_people()),
            )
            .help("leave the schema out, or list it in `allowed`");
    }
}

/// The relations that a statement names and its class does not.
fn named(command: &Command) -> Vec<&QualifiedName> {
    match command {
        Command::CreateTable(table) => {
            let references = table.columns.iter().filter_map(|column| column.references.as_ref());
            references.chain(&table.inherits).chain(&table.partition_of).chain([&table.name]).collect()
        }
        Command::CreateIndex { table, .. } | Command::AlterTable { table, .. } => vec![table],
        Command::CreateView { name, reads, .. } | Command::CreateTableAs { name, reads, .. } => {
            reads.iter().chain([name]).collect()
        }
        Command::Insert { table, reads } | Command::Change { table, reads, .. } => {
            reads.iter().chain([table]).collect()
        }
        Command::DropRelations { names, .. } => names.iter().collect(),
        _ => Vec::new(),
    }
}
