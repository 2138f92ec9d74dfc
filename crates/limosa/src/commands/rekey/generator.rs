//! How the ids of a key are made.

use limosa_catalog::{Catalog, Identifier, Object, ObjectId, ObjectKind};
use limosa_ids::{Entropy, GeneratorSpec, Key};
use limosa_syntax::{Diagnostic, Script};

use crate::commands::id;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// How ids are made: the words of a directive, the default of the column, and what the database still lacks for that.
pub(super) struct Generator {
    /// `alnum:8`; `None` where the default alone makes them.
    pub(super) words: Option<String>,
    pub(super) expression: String,
    /// Statements that make the function, to be run online.
    pub(super) create: Vec<String>,
    /// Statements that take it away.
    pub(super) drop: Vec<String>,
}

impl Generator {
    /// None are made.
    pub(super) fn none() -> Self {
        Self::of_expression("")
    }

    pub(super) fn of_expression(expression: &str) -> Self {
        Self { words: None, expression: expression.to_owned(), create: Vec::new(), drop: Vec::new() }
    }

    /// A kind of ids, whose function is made where the database has none.
    pub(super) fn of_spec(
        invocation: &Invocation,
        spec: &GeneratorSpec,
        schema: &Identifier,
        catalog: &Catalog,
    ) -> Result<Self, Failure> {
        let wrong = |error: String| Failure::from(Diagnostic::error("no-id", error));
        let key = match id::key(invocation)? {
            Some(key) => key,
            None => Key::random(&mut Entropy::system()).map_err(|error| wrong(error.to_string()))?,
        };
        let function = spec.sql_function(schema, &key).map_err(|error| wrong(error.to_string()))?;
        let is_there = catalog.of_kind(ObjectKind::Function).any(|entry| match entry.id() {
            ObjectId::Function(name) => {
                Some(&name.schema) == function.name.schema.as_ref() && name.name == function.name.name
            }
            _ => false,
        });
        let (mut create, mut drop) = (Vec::new(), Vec::new());
        if !is_there {
            drop = statements(&function.drop).map(|it| format!("-- limosa: phase contract\n{it};")).collect();
            let has_schema = catalog
                .iter()
                .any(|entry| matches!(entry.object(), Object::Schema(_)) && entry.id().own_name() == Some(schema));
            if !has_schema {
                create.push(format!("CREATE SCHEMA {schema};"));
                drop.push(format!("-- limosa: phase contract\nDROP SCHEMA {schema};"));
            }
            create.extend(statements(&function.create).map(in_phases));
        }
        Ok(Self { words: Some(spec.to_string()), expression: format!("{}()", function.name), create, drop })
    }
}

fn statements(text: &str) -> impl Iterator<Item = &str> {
    Script::parse(text).statements.into_iter().map(|it| it.span.of(text))
}

/// A statement with its way back, where it does not say that by itself.
fn in_phases(statement: &str) -> String {
    let function = statement.strip_prefix("CREATE FUNCTION ").and_then(|rest| Some(rest.split_once(')')?.0));
    match function {
        Some(head) => {
            format!("-- limosa: phase expand\n-- limosa: undo DROP FUNCTION IF EXISTS {head})\n{statement};")
        }
        None => format!("{statement};"),
    }
}

/// Refuses a type that cannot hold the ids.
pub(super) fn must_fit(spec: &GeneratorSpec, data_type: &str) -> Result<(), Failure> {
    let length = spec.length().get() + spec.prefix().map_or(0, |prefix| prefix.as_str().len());
    let refuse = |why: String, help: String| Err(Failure::usage("type-does-not-fit", why, help));
    let text = data_type.trim().to_lowercase();
    let (base, limit) = match text.split_once('(') {
        Some((base, rest)) => (base.trim(), rest.trim_end_matches([')', ' ']).trim().parse::<usize>().ok()),
        None => (text.as_str(), None),
    };
    match base {
        "text" => Ok(()),
        "varchar" | "character varying" if limit.is_none_or(|limit| limit >= length) => Ok(()),
        "varchar" | "character varying" => refuse(
            format!("ids of {spec} have {length} characters, which {data_type} does not hold"),
            format!("say `--to 'varchar({length})'`"),
        ),
        "char" | "character" if limit.unwrap_or(1) == length => Ok(()),
        "char" | "character" => {
            refuse(format!("ids of {spec} have {length} characters"), format!("say `--to 'varchar({length})'`"))
        }
        "uuid" if matches!(spec.kind().word(), "uuid4" | "uuid7") && spec.prefix().is_none() => Ok(()),
        "uuid" => refuse(format!("ids of {spec} are no UUIDs"), "say `--to text`, or `--generate uuid7`".to_owned()),
        _ => refuse(
            format!("{data_type} holds no ids of {spec}"),
            "say `--to text` or `--to uuid`; numbers are made by `--default EXPRESSION`".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_holds_ids_or_not() {
        for (spec, data_type, fits) in [
            ("alnum:8", "varchar(8)", true),
            ("alnum:8", "character varying ( 7 )", false),
            ("alnum:8:prac_", "VARCHAR(12)", false),
            ("alnum:8:prac_", "text", true),
            ("uuid7", "uuid", true),
            ("uuid7:usr_", "uuid", false),
            ("alnum:8", "char(8)", true),
            ("alnum:8", "char", false),
            ("alnum:8", "bigint", false),
        ] {
            assert_eq!(must_fit(&spec.parse().unwrap(), data_type).is_ok(), fits, "{spec} in {data_type}");
        }
    }
}
