//! Sqitch: scripts by name, in the order of `sqitch.plan`. A version is a change's place in the plan, which only grows.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, joined};
use crate::{MigrationName, Version};

use super::{DownPlace, Entry, Fit, Found, Layout, Template};

const PLAN: &str = "sqitch.plan";

pub(super) struct Sqitch;

/// A line of the plan.
enum Line<'p> {
    Change(&'p str),
    Tag(&'p str),
}

/// The changes and tags of a plan, in order.
fn lines(plan: &str) -> impl Iterator<Item = Line<'_>> {
    plan.lines().filter_map(|line| {
        let line = line.split('#').next().unwrap_or_default().trim();
        let first = line.split_whitespace().next().filter(|first| !first.starts_with('%'))?;
        Some(match first.strip_prefix('@') {
            Some(tag) => Line::Tag(tag),
            None => Line::Change(first.trim_start_matches('+')),
        })
    })
}

/// The changes of a plan, in order, by the name that their scripts have. A change that was reworked later keeps its
/// first scripts under the name of the tag behind it.
fn scripts(plan: &str) -> Vec<(String, String)> {
    let lines: Vec<Line<'_>> = lines(plan).collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Line::Change(name) = line else { continue };
        let later = lines.get(at + 1..).unwrap_or_default();
        let is_reworked = later.iter().any(|line| matches!(line, Line::Change(other) if other == name));
        let tag = later.iter().find_map(|line| match line {
            Line::Tag(tag) => Some(*tag),
            Line::Change(_) => None,
        });
        let script = match tag {
            Some(tag) if is_reworked => format!("{name}@{tag}"),
            _ => (*name).to_owned(),
        };
        found.push(((*name).to_owned(), script));
    }
    found
}

impl Layout for Sqitch {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let plan = folder.file(PLAN)?.source.as_ref()?;
        Fit::mark(scripts(&plan.text).len().max(1))
    }

    fn find(&self, folder: &Folder) -> Found {
        let mut found = Found::default();
        let Some(source) = folder.file(PLAN).and_then(|file| file.source.as_ref()) else { return found };
        for (at, (name, script)) in scripts(&source.text).into_iter().enumerate() {
            let (up, down) = (format!("deploy/{script}.sql"), format!("revert/{script}.sql"));
            if folder.file(&up).is_none() {
                let message = format!("the plan names `{}`, which is not there", joined(&folder.shown, &up));
                found.problems.push(
                    Diagnostic::error("missing-file", message)
                        .in_file(source)
                        .with_help("restore the file from version control"),
                );
                continue;
            }
            let version = Version::new((at + 1).to_string());
            let (Ok(version), Ok(name)) = (version, MigrationName::new(name.replace('/', "."))) else { continue };
            found.entries.push(Entry {
                version,
                spelled: None,
                name,
                path: up.clone(),
                up,
                down: folder.file(&down).is_some().then_some(down),
                companions: Vec::new(),
            });
        }
        let verifies = folder.sql().filter(|file| file.path.starts_with("verify/"));
        found.ignored.extend(verifies.map(|file| file.path.clone()));
        found
    }

    fn new_files(&self, _version: &str, _name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Err("Sqitch keeps the order in a plan of its own; use `sqitch add`")
    }

    fn renames(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reworked_change_keeps_its_first_scripts_under_its_tag() {
        let plan = "%syntax-version=1.0.0\n%project=clinic\n\n\
            schema 2024-01-01T10:00:00Z Ann <ann@example.com> # first\n\
            patient [schema] 2024-01-02T10:00:00Z Ann <ann@example.com> # people\n\
            @v1.0 2024-01-03T10:00:00Z Ann <ann@example.com> # release\n\n\
            patient [patient@v1.0] 2024-01-04T10:00:00Z Ann <ann@example.com> # again\n";
        let found: Vec<String> = scripts(plan).into_iter().map(|(_, script)| script).collect();
        assert_eq!(found, ["schema", "patient@v1.0", "patient"]);
    }
}
