//! What comments before a query say of it: `-- name: GetUser :one`, `/* @name GetUser @param ids -> (...) */`.

use limosa_syntax::Expansion;

/// What is said of the query that follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Annotation {
    pub(super) name: Option<String>,
    pub(super) expansions: Vec<Expansion>,
}

/// Reads the text between two queries. The last name counts.
pub(super) fn read(text: &str) -> Annotation {
    let mut found = Annotation::default();
    for line in text.lines() {
        let line = line.trim().trim_start_matches(['-', '/', '*', '#']).trim();
        let rest = line.strip_prefix("name:").or_else(|| line.strip_prefix("@name")).map(str::trim);
        if let Some(name) = rest.and_then(|rest| rest.split_whitespace().next()) {
            let name = name.trim_end_matches("*/").to_owned();
            found = Annotation { name: Some(name).filter(|name| !name.is_empty()), expansions: Vec::new() };
        }
        found.expansions.extend(line.strip_prefix("@param").and_then(expansion));
    }
    found
}

/// `ids -> (...)`, `user -> (name, age)`, `users -> ((name, age)...)`.
fn expansion(text: &str) -> Option<Expansion> {
    let (name, shape) = text.split_once("->")?;
    let inner = shape.trim().trim_end_matches("*/").trim().strip_prefix('(')?.strip_suffix(')')?;
    let inner = inner.trim().trim_end_matches("...").trim();
    let inner = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner);
    let fields = inner.split(',').map(|field| field.trim().trim_end_matches('!').to_owned());
    Some(Expansion { name: name.trim().to_owned(), fields: fields.filter(|field| !field.is_empty()).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_shapes_are_read() {
        let of = |text: &str| {
            let Annotation { name, expansions } = read(text);
            let shapes: Vec<String> =
                expansions.into_iter().map(|it| format!("{}({})", it.name, it.fields.join(" "))).collect();
            (name.unwrap_or_default(), shapes.join(" "))
        };
        for (text, name, shapes) in [
            ("-- name: GetUser :one\n", "GetUser", ""),
            ("/* name: GetUser :one */", "GetUser", ""),
            ("-- name: A :one\n;\n-- about b\n-- name: B :many\n", "B", ""),
            ("/* @name FindUsers */", "FindUsers", ""),
            (
                "/*\n  @name Add\n  @param ids -> (...)\n  @param users -> ((name, age!)...)\n*/",
                "Add",
                "ids() users(name age)",
            ),
            ("/** @name Pick\n * @param user -> (name, age) */", "Pick", "user(name age)"),
            ("-- the users\n", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(of(text), (name.to_owned(), shapes.to_owned()), "for {text}");
        }
    }
}
