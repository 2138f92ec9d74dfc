//! Which files speak of what other files make: by name, from the text alone.

use std::collections::{BTreeMap, BTreeSet};

use limosa_syntax::Script;

/// Files that each need another of them first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these depend on each other in a circle: {}", .names.join(" → "))]
pub struct DependencyCycle {
    /// The names, the first one repeated at the end.
    pub names: Vec<String>,
}

/// Puts repeatable files (views, functions, policies) into an order in which each comes after those whose objects it
/// names. Ties keep the order given. Takes (name, text) pairs, returns indexes.
///
/// # Errors
/// A circle, with the names in it.
pub fn repeatable_order(files: &[(&str, &str)]) -> Result<Vec<usize>, DependencyCycle> {
    let parsed: Vec<(BTreeSet<String>, BTreeSet<String>)> =
        files.iter().map(|(_, text)| (made_by(text), mentioned_in(text))).collect();
    let needs: Vec<Vec<usize>> = (0..files.len())
        .map(|file| {
            (0..files.len()).filter(|other| *other != file && !parsed[*other].0.is_disjoint(&parsed[file].1)).collect()
        })
        .collect();
    let mut state = vec![Visit::New; files.len()];
    let mut order = Vec::with_capacity(files.len());
    for start in 0..files.len() {
        let mut path: Vec<(usize, usize)> = if state[start] == Visit::New { vec![(start, 0)] } else { vec![] };
        while let Some((file, next)) = path.pop() {
            state[file] = Visit::Open;
            let Some(needed) = needs[file].get(next).copied() else {
                state[file] = Visit::Done;
                order.push(file);
                continue;
            };
            path.push((file, next + 1));
            match state[needed] {
                Visit::New => path.push((needed, 0)),
                Visit::Done => {}
                Visit::Open => {
                    let from = path.iter().position(|(f, _)| *f == needed).unwrap_or(0);
                    let mut names: Vec<String> = path[from..].iter().map(|(f, _)| files[*f].0.to_owned()).collect();
                    names.push(files[needed].0.to_owned());
                    return Err(DependencyCycle { names });
                }
            }
        }
    }
    Ok(order)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// Which of the later migrations, given as (version, up SQL), name an object that this up SQL creates or alters.
/// Returns (version, object) pairs. By name only, so it may name too many; PostgreSQL itself refuses what it overlooks.
#[must_use]
pub fn later_mentions(up: &str, later: &[(&str, &str)]) -> Vec<(String, String)> {
    let made = made_by(up);
    let mentions = |(version, text): &(&str, &str)| -> Vec<(String, String)> {
        let mentioned = mentioned_in(text);
        made.intersection(&mentioned).map(|object| ((*version).to_owned(), object.clone())).collect()
    };
    later.iter().flat_map(mentions).collect()
}

/// The names of the objects that statements of the text create or change.
fn made_by(text: &str) -> BTreeSet<String> {
    let script = Script::parse(text);
    script.statements.iter().filter_map(|s| s.class.object.as_ref()).map(|name| name.name.as_str().to_owned()).collect()
}

/// Every identifier in the statements of the text, function bodies included, comments between statements not.
fn mentioned_in(text: &str) -> BTreeSet<String> {
    let script = Script::parse(text);
    let mut found = BTreeMap::new();
    for statement in &script.statements {
        for word in identifiers(statement.span.of(text)) {
            found.insert(word, ());
        }
    }
    found.into_keys().collect()
}

/// Words folded as PostgreSQL folds them, quoted names as they are.
fn identifiers(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '_' || c.is_alphanumeric()) {
        rest = &rest[at..];
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            words.push(quoted[..end].to_owned());
            rest = quoted.get(end + 1..).unwrap_or_default();
        } else {
            let end = rest.find(|c: char| c != '_' && c != '$' && !c.is_alphanumeric()).unwrap_or(rest.len());
            words.push(rest[..end].to_lowercase());
            rest = &rest[end..];
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_come_after_the_views_they_read() {
        let files = [
            ("a_report", "CREATE OR REPLACE VIEW a_report AS SELECT * FROM z_base JOIN m_middle USING (id)"),
            ("m_middle", "CREATE OR REPLACE VIEW m_middle AS SELECT * FROM \"z_base\""),
            ("z_base", "CREATE OR REPLACE VIEW z_base AS SELECT 1 AS id"),
        ];
        assert_eq!(repeatable_order(&files).unwrap(), [2, 1, 0]);
    }

    #[test]
    fn independent_files_keep_their_order_and_circles_are_shown() {
        let files = [("b", "CREATE VIEW b AS SELECT 1"), ("a", "CREATE VIEW a AS SELECT 2")];
        assert_eq!(repeatable_order(&files).unwrap(), [0, 1]);
        let files = [("a", "CREATE VIEW a AS TABLE b"), ("b", "CREATE VIEW b AS TABLE a")];
        assert_eq!(repeatable_order(&files).unwrap_err().names, ["a", "b", "a"]);
    }

    #[test]
    fn a_later_migration_that_names_the_table_depends_on_it() {
        let later =
            [("2", "ALTER TABLE visit ADD COLUMN note text"), ("3", "-- about visit\nCREATE TABLE room (id int)")];
        let found = later_mentions("CREATE TABLE visit (id int)", &later);
        assert_eq!(found, [("2".to_owned(), "visit".to_owned())]);
    }
}
