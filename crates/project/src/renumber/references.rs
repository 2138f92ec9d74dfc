//! Names of files in other files: what calls a migration by its file's name has to call it by its new one.

use std::fs;
use std::path::Path;

use crate::{MigrationSet, Rename};

/// A file that names others may be this long; what is longer is data.
const LONGEST: u64 = 1024 * 1024;

/// A file that gets another text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// The file, relative to the migrations folder, before anything is renamed.
    pub path: String,
    /// Its text with the new names.
    pub text: String,
    /// What was named, and what is now.
    pub names: Vec<Rename>,
}

/// A place that names a migration and stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The file, relative to the migrations folder, before anything is renamed.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The text of that line.
    pub text: String,
}

/// Reads all texts below the migrations folder, and the programs beside it, for names that will not hold any more. In
/// texts that are applied, names are told and left: a comment is no reason to make a database's record differ.
pub(super) fn references(set: &MigrationSet, renames: &[Rename]) -> (Vec<Rewrite>, Vec<Mention>) {
    let names: Vec<(String, String)> = renames.iter().map(|it| (last_part(&it.from), last_part(&it.to))).collect();
    let stems: Vec<String> = names.iter().map(|(old, _)| stem(old)).collect();
    let is_owned = |path: &str| {
        let of =
            |owned: &String| path == owned || path.strip_prefix(owned.as_str()).is_some_and(|it| it.starts_with('/'));
        set.migrations.iter().any(|migration| migration.owned.iter().any(of))
            || set.repeatables.iter().any(|repeatable| repeatable.path == path)
    };
    let (mut rewrites, mut mentions) = (Vec::new(), Vec::new());
    for path in texts(&set.folder) {
        let Ok(text) = fs::read_to_string(set.folder.join(&path)) else { continue };
        let rewritten = if is_owned(&path) { None } else { rewrite(&text, &names) };
        let kept = rewritten.as_ref().map_or(text.as_str(), |(text, _)| text);
        let is_named = |line: &str| stems.iter().any(|stem| !places(line, stem, false).is_empty());
        let told = kept.lines().enumerate().filter(|(_, line)| is_named(line));
        mentions.extend(told.map(|(at, line)| Mention {
            path: path.clone(),
            line: at + 1,
            text: line.trim().to_owned(),
        }));
        rewrites.extend(rewritten.map(|(text, names)| Rewrite { path, text, names }));
    }
    (rewrites, mentions)
}

/// A text with new names for old ones, all at once, so that a name that one file gives up and another takes is not
/// taken for both; with the names that were found. `None` where none is named.
fn rewrite(text: &str, names: &[(String, String)]) -> Option<(String, Vec<Rename>)> {
    let mut found: Vec<(usize, &(String, String))> =
        names.iter().flat_map(|name| places(text, &name.0, true).into_iter().map(move |at| (at, name))).collect();
    found.sort_by_key(|(at, (old, _))| (*at, std::cmp::Reverse(old.len())));
    let (mut out, mut rest, mut named) = (String::new(), 0, Vec::new());
    for (at, (old, new)) in found {
        if at < rest {
            continue;
        }
        out.push_str(text.get(rest..at)?);
        out.push_str(new);
        rest = at + old.len();
        let rename = Rename { from: old.clone(), to: new.clone() };
        if !named.contains(&rename) {
            named.push(rename);
        }
    }
    out.push_str(text.get(rest..)?);
    (!named.is_empty()).then_some((out, named))
}

/// Where a name stands by itself. `whole`: what follows is no part of a longer file name either.
fn places(text: &str, name: &str, whole: bool) -> Vec<usize> {
    let belongs = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let stands_alone = |at: &usize| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let mut after = text.get(at + name.len()..).unwrap_or_default().chars();
        let next = after.next();
        // `010_a.sql.bak` is another file; `010_a.sql.` ends a sentence.
        let goes_on = next == Some('.') && after.next().is_some_and(char::is_alphanumeric);
        let is_part = before.is_some_and(|c| belongs(c) || c == '.') || next.is_some_and(belongs) || whole && goes_on;
        !is_part
    };
    text.match_indices(name).map(|(at, _)| at).filter(stands_alone).collect()
}

/// The texts below a folder, relative to it, and those directly in the folder above.
fn texts(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    collect(folder, "", 0, &mut found);
    // A runner of one's own usually lies beside the folder.
    if let Some(entries) = folder.parent().and_then(|parent| fs::read_dir(parent).ok()) {
        let programs = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let programs = programs.filter(|name| is_program(name)).map(|name| format!("../{name}"));
        found.extend(programs.filter(|path| is_short(&folder.join(path))));
    }
    found.sort();
    found
}

fn collect(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
        if name.starts_with('.') || name == "node_modules" || name.starts_with("limosa.") {
            continue;
        }
        let path = format!("{prefix}{name}");
        if kind.is_dir() && depth < 4 {
            collect(&entry.path(), &format!("{path}/"), depth + 1, found);
        } else if kind.is_file() && (name.ends_with(".sql") || is_program(&name)) && is_short(&entry.path()) {
            found.push(path);
        }
    }
}

/// Whether a file may call others by name.
pub(super) fn is_program(name: &str) -> bool {
    let endings = ["js", "cjs", "mjs", "ts", "cts", "mts", "py", "rb", "rs", "go", "php", "sh", "json", "yml", "yaml"];
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

fn is_short(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= LONGEST)
}

fn last_part(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// A file's name without its ending.
fn stem(name: &str) -> String {
    let name = name.strip_suffix(".sql").unwrap_or(name);
    name.strip_suffix(".up").or_else(|| name.strip_suffix(".down")).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect()
    }

    #[test]
    fn names_are_exchanged_at_once_and_only_where_they_stand_alone() {
        let names = names(&[("010_a.sql", "011_a.sql"), ("011_a.sql", "012_a.sql")]);
        let text = "readFileSync(join(__dirname, '010_a.sql')); // then sql/011_a.sql.\n\\i 010_a.sql\n";
        let (out, named) = rewrite(text, &names).unwrap();
        assert_eq!(out, "readFileSync(join(__dirname, '011_a.sql')); // then sql/012_a.sql.\n\\i 011_a.sql\n");
        assert_eq!(named.len(), 2);
        for other in ["x010_a.sql", "010_a.sql.bak", "2010_a.sql", "010_a.sqlx", "1.010_a.sql"] {
            assert_eq!(rewrite(other, &names), None, "{other} is another name");
        }
    }

    #[test]
    fn a_name_without_its_ending_is_a_mention() {
        assert_eq!(places("-- Depends on 010_a", "010_a", false), [14]);
        assert_eq!(places("-- see 010_a.sql", "010_a", false), [7]);
        assert!(places("-- see 010_ab", "010_a", false).is_empty());
    }
}
