//! The SQL function: printed, or written as a migration.

use jiff::Timestamp;
use limosa_catalog::Identifier;
use limosa_ids::{Entropy, GeneratorSpec, Key, SqlFunction};
use limosa_project::{NewFileError, new_migration, write_new};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::key;
use crate::commands::sum;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output;

pub(super) fn print(invocation: &Invocation, spec: &GeneratorSpec) -> Result<Exit, Failure> {
    let schema = invocation.project()?.ids.schema;
    let function = function(invocation, spec, &schema)?;
    if invocation.global.json {
        output::print_json(&json!({
            "function": format!("{}()", function.name),
            "returns": function.returns,
            "up": up(&function, &schema),
            "down": function.drop,
        }));
    } else {
        output::print(&up(&function, &schema));
        let default = format!("ALTER TABLE … ALTER COLUMN … SET DEFAULT {}();", function.name);
        invocation.say(&format!("for a column: {default}\nto take it away: {}", function.drop.trim_end()));
    }
    Ok(Exit::Done)
}

pub(super) fn write(invocation: &Invocation, spec: &GeneratorSpec, name: &str) -> Result<Exit, Failure> {
    let project = invocation.project()?;
    let parts = invocation.parts(&project)?;
    let [part] = parts.as_slice() else {
        return Err(Failure::usage(
            "name-the-service",
            "a migration belongs to one service",
            format!("name it: `limosa --service {} id {spec} --write {name}`", project.services[0].name),
        ));
    };
    let refused = |error: NewFileError| {
        Failure::from(Diagnostic::error("no-new-migration", error.to_string()).with_help("see `limosa new --help`"))
    };
    let function = function(invocation, spec, &project.ids.schema)?;
    let new = new_migration(&part.set, name, Timestamp::now()).map_err(refused)?;
    let new = new.with_scripts(&up(&function, &project.ids.schema), &function.drop);
    write_new(&part.set.folder, &new.files).map_err(refused)?;
    let mut paths: Vec<String> = new.files.iter().map(|file| part.set.shown(&file.path)).collect();
    paths.extend(sum::renew(&project, part)?);
    invocation.warn(&new.warnings);
    if invocation.global.json {
        output::print_json(&json!({
            "version": new.version.to_string(),
            "files": paths,
            "function": format!("{}()", function.name),
        }));
    } else {
        output::print(&paths.iter().map(|path| format!("{path}\n")).collect::<String>());
    }
    Ok(Exit::Done)
}

/// The function, with the key of the environment or one of its own.
fn function(invocation: &Invocation, spec: &GeneratorSpec, schema: &Identifier) -> Result<SqlFunction, Failure> {
    let key = match key(invocation)? {
        Some(key) => key,
        None => Key::random(&mut Entropy::system())
            .map_err(|error| Failure::from(Diagnostic::error("no-id", error.to_string())))?,
    };
    spec.sql_function(schema, &key).map_err(|error| Diagnostic::error("invalid-name", error.to_string()).into())
}

/// The function behind its schema, which may be there already. Everybody has `public`, and few may make a schema.
fn up(function: &SqlFunction, schema: &Identifier) -> String {
    let made = match schema.as_str() {
        "public" => String::new(),
        _ => format!("CREATE SCHEMA IF NOT EXISTS {schema};\n\n"),
    };
    format!("{made}{}", function.create)
}
