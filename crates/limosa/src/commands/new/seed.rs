//! `new --seed`.

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind, QualifiedName};
use limosa_engine::replay;
use limosa_project::{NewSeed, Project, write_new};
use limosa_syntax::Diagnostic;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output;
use crate::serving::shadow;
use crate::terms::Terms;

/// Writes a file for rows: with the columns that the table has after all migrations, or with an example where there is
/// no such table.
pub(super) async fn write(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    name: &str,
) -> Result<Exit, Failure> {
    let new = NewSeed::plan(project, part.service, name).map_err(Failure::findings)?;
    let (file, warnings) = match columns(invocation, project, part, &new.table).await {
        Ok(Some(columns)) => (new.with_columns(&columns), Vec::new()),
        Ok(None) => {
            let message = format!("the migrations make no table {}", new.table);
            let warning = Diagnostic::warning("no-table", message).with_help("fill in the columns by hand");
            (new.of_unknown_table(), vec![warning])
        }
        Err(failure) => {
            let warning = Diagnostic::warning("no-columns", "the columns are not known, since migrations do not run");
            let warning = failure.diagnostics.first().map(|first| warning.clone().with_note(&*first.message));
            (new.of_unknown_table(), warning.into_iter().collect())
        }
    };
    let path = file.path.clone();
    write_new(&project.root, &[file]).map_err(|error| {
        Failure::usage("no-new-seed", error.to_string(), "add rows to the file that is there, or remove it")
    })?;
    invocation.warn(&warnings);
    if invocation.global.json {
        output::print_json(&json!({ "files": [path] }));
    } else {
        output::print(&format!("{path}\n"));
    }
    Ok(Exit::Done)
}

async fn columns(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    table: &QualifiedName,
) -> Result<Option<Vec<String>>, Failure> {
    let terms = Terms::of(invocation, project, part.service)?;
    let scripts = part.set.migrations.iter().map(|migration| migration.up.text());
    let mut shadow = shadow(&invocation.environment, None, scripts)?;
    let catalog = replay(&mut shadow, &part.set, &terms.replay(), &invocation.known()).await;
    shadow.stop().await?;
    Ok(columns_of(&catalog?, table, &part.service.schemas))
}

/// The columns that a file fills: neither generated ones, nor those that the database numbers where rows can be told
/// apart by others.
fn columns_of(catalog: &Catalog, table: &QualifiedName, schemas: &[Identifier]) -> Option<Vec<String>> {
    let in_schema = |schema: &str| {
        catalog.of_kind(ObjectKind::Table).find(|entry| match entry.id() {
            ObjectId::Table(name) => name.schema.as_str() == schema && name.name == table.name,
            _ => false,
        })
    };
    let path = schemas.iter().map(Identifier::as_str).chain(["public"]);
    let found = match &table.schema {
        Some(schema) => in_schema(schema.as_str()),
        None => path.into_iter().find_map(in_schema),
    }?;
    let has_other_key = found.children().any(|child| match child.object() {
        Object::Constraint(constraint) => matches!(constraint.rule, ConstraintRule::Unique(_)),
        _ => false,
    });
    let mut columns: Vec<(i16, String)> = found.children().filter_map(|child| column(child, has_other_key)).collect();
    columns.sort();
    Some(columns.into_iter().map(|(_, name)| name).collect())
}

fn column(entry: Entry<'_>, leaves_numbers: bool) -> Option<(i16, String)> {
    let (ObjectId::Column(name), Object::Column(column)) = (entry.id(), entry.object()) else { return None };
    let is_numbered = column.identity.is_some()
        || entry.children().any(|child| match child.object() {
            Object::ColumnDefault(default) => default.expression.as_str().contains("nextval("),
            _ => false,
        });
    let is_left_out = column.generated.is_some() || (is_numbered && leaves_numbers);
    (!is_left_out).then(|| (column.position, name.name.as_str().to_owned()))
}
