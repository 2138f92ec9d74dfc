//! Plain statements that would take from a version what its views show.

use std::sync::Arc;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{Command, Diagnostic, RelationKind, Script, SourceFile, TableAction};

use super::VersionSchema;

/// The statements of a script that is not run online, and that drop or change the type of what versions are shown.
#[must_use]
pub fn taken_from_versions(
    source: &Arc<SourceFile>,
    script: &Script,
    there: &[VersionSchema],
    search_path: &[Identifier],
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for statement in &script.statements {
        for (table, column) in taken(&Command::of(statement.span.of(&source.text))) {
            let shows = there.iter().find(|schema| {
                let is_base = match &table.schema {
                    Some(own) => *own == schema.base,
                    None => search_path.contains(&schema.base),
                };
                let has = |columns: &[Identifier]| column.as_ref().is_none_or(|column| columns.contains(column));
                is_base && schema.views.iter().any(|view| view.name == table.name && has(&view.columns))
            });
            let Some(schema) = shows else { continue };
            let what = column.as_ref().map_or_else(|| "the table".to_owned(), |column| column.for_people().to_string());
            let label = format!("clients find {what} in {}.{}", schema.name.for_people(), table.name.for_people());
            problems.push(
                Diagnostic::error("shown-to-a-version", "versions of the application are shown what goes")
                    .at(source, statement.span)
                    .with_label(label)
                    .with_help("write `-- limosa: online` at the head of the migration: it goes with their contract"),
            );
        }
    }
    problems
}

/// Tables that go, and columns that go or get another type.
fn taken(command: &Command) -> Vec<(QualifiedName, Option<Identifier>)> {
    match command {
        Command::AlterTable { table, view: false, actions, .. } => actions
            .iter()
            .filter_map(|action| match action {
                TableAction::DropColumn(column) | TableAction::SetType { column, .. } => {
                    Some((table.clone(), Some(column.clone())))
                }
                _ => None,
            })
            .collect(),
        Command::DropRelations { kind: RelationKind::Table, names, .. } => {
            names.iter().map(|name| (name.clone(), None)).collect()
        }
        _ => Vec::new(),
    }
}
