//! `--map FILE`: new versions that somebody decided on, a line each: `010_add_fees -> 026`.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};

use crate::suggest::did_you_mean;
use crate::{MigrationSet, Version};

/// New versions by what people call the migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenumberMap {
    source: Arc<SourceFile>,
    lines: Vec<MapLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct MapLine {
    span: Span,
    /// Its path, its file's name with or without `.sql`, or its version where only one has that.
    migration: String,
    /// As it is to be spelled in the path.
    spelled: String,
    version: Version,
}

/// What one line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its place among the set's migrations.
    pub(super) migration: usize,
    pub(super) spelled: String,
    pub(super) version: Version,
}

impl RenumberMap {
    /// Reads a map: `OLD -> NEW` on each line, `#` before a remark. `OLD` is a migration's path, its file's name with
    /// or without `.sql`, or its version, if no other has it.
    ///
    /// # Errors
    /// All lines that say something else.
    pub fn parse(source: &Arc<SourceFile>) -> Result<Self, Vec<Diagnostic>> {
        let (mut lines, mut problems, mut start) = (Vec::new(), Vec::new(), 0);
        for line in source.text.split_inclusive('\n') {
            let text = line.split('#').next().unwrap_or_default().trim();
            let span = Span::new(start, start + line.trim_end().len());
            start += line.len();
            let text = text.trim_start_matches('\u{feff}');
            if text.is_empty() {
                continue;
            }
            let parts = text.split_once("->").or_else(|| text.split_once('→'));
            let read = parts.map(|(old, new)| (old.trim(), new.trim(), new.trim().replace('_', "").parse::<Version>()));
            match read {
                Some((old, new, Ok(version))) if !old.is_empty() => {
                    lines.push(MapLine { span, migration: old.to_owned(), spelled: new.to_owned(), version });
                }
                Some((_, _, Err(error))) => {
                    problems.push(Diagnostic::error("invalid-map", error.to_string()).at(source, span));
                }
                _ => problems.push(
                    Diagnostic::error("invalid-map", "this is no line of a map")
                        .at(source, span)
                        .with_help("write `010_add_fees -> 026`: a migration, an arrow, its new version"),
                ),
            }
        }
        if lines.is_empty() && problems.is_empty() {
            let error = Diagnostic::error("invalid-map", format!("`{}` maps nothing", source.path)).in_file(source);
            problems.push(error.with_help("write a line `010_add_fees -> 026` for each migration that moves"));
        }
        if problems.is_empty() { Ok(Self { source: Arc::clone(source), lines }) } else { Err(problems) }
    }

    /// The migrations that the lines mean.
    pub(super) fn resolve(&self, set: &MigrationSet) -> Result<Vec<Wanted>, Vec<Diagnostic>> {
        let (mut wanted, mut problems): (Vec<Wanted>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
        for line in &self.lines {
            let migration = match found(set, &line.migration).as_slice() {
                [one] if wanted.iter().all(|other| other.migration != *one) => Ok(*one),
                [_] => Err((format!("`{}` is mapped twice", line.migration), "keep one of the lines".to_owned())),
                [] => {
                    let paths = set.migrations.iter().map(|migration| migration.path.as_str());
                    let help = did_you_mean(&line.migration, paths);
                    Err((format!("there is no migration `{}`", line.migration), help))
                }
                several => {
                    let paths = several.iter().map(|at| format!("`{}`", set.migrations[*at].path));
                    let paths = paths.collect::<Vec<_>>().join(" or ");
                    Err((format!("`{}` may be {paths}", line.migration), "write the path of the one".to_owned()))
                }
            };
            match migration {
                Ok(migration) => {
                    let (spelled, version) = (line.spelled.clone(), line.version.clone());
                    wanted.push(Wanted { migration, spelled, version });
                }
                Err((message, help)) => {
                    let problem = Diagnostic::error("invalid-map", message).at(&self.source, line.span);
                    problems.push(problem.with_help(help));
                }
            }
        }
        if problems.is_empty() { Ok(wanted) } else { Err(problems) }
    }
}

/// The migrations that a name may mean: by path first, then by file name, then by version.
fn found(set: &MigrationSet, name: &str) -> Vec<usize> {
    let version: Option<Version> = name.parse().ok();
    let stem = |path: &str| path.strip_suffix(".sql").unwrap_or(path).to_owned();
    let file = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let name = name.trim_start_matches("./").replace('\\', "/");
    let by = |fits: &dyn Fn(&crate::Migration) -> bool| -> Vec<usize> {
        set.migrations.iter().enumerate().filter(|(_, it)| fits(it)).map(|(at, _)| at).collect()
    };
    let in_turn: [&dyn Fn(&crate::Migration) -> bool; 3] = [
        &|it| it.path == name || set.shown(&it.path) == name,
        &|it| stem(&file(&it.path)) == stem(&file(&name)) && !name.contains('/'),
        &|it| version.as_ref() == Some(&it.version),
    ];
    in_turn.into_iter().map(by).find(|found| !found.is_empty()).unwrap_or_default()
}
