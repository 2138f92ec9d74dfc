//! `repair files`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use limosa_engine::{Repair as Mending, TrackedSeed};
use limosa_project::{KeptMigration, NewFile, Project, read_migrations, write_new};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::found::{Repairable, look_for_repairs};
use super::{Here, mend};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::git::git;
use crate::invocation::{Invocation, Part};
use crate::output;

const EXAMPLES: &str = "\
Migrations that are applied and have no file, down files that are lost, and seeds that were run and have no file. \
Looked at in this order: a copy beside the file (.bak, .orig, ~), the newest commit of git that holds it, and for \
migrations the SQL that the history kept. A copy of a migration is taken only if it holds exactly what was applied. \
Nothing is overwritten.

Examples:
  limosa repair files --dry-run            what would be written, and where it comes from
  limosa repair files
  limosa repair files --from history       as the database has it
  limosa repair files seeds/country.csv    this file, whether a history knows it or not";

/// Write files again that are gone: from copies beside them, from git, or from the history
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Files {
    /// These files, relative to the project; what histories miss, where none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Only from there.
    #[arg(long, value_enum, value_name = "SOURCE")]
    from: Option<Source>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Source {
    /// A copy beside it: `.bak`, `.orig`, `~`.
    Bak,
    /// The newest commit that holds it.
    Git,
    /// What the history kept.
    History,
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Self::Bak => "bak",
            Self::Git => "git",
            Self::History => "history",
        }
    }
}

/// What is to be written for one thing that is gone.
struct Restored {
    /// The migration's version as the history has it; `None` for a seed.
    version: Option<String>,
    source: Source,
    /// Where exactly it comes from, for people.
    origin: String,
    /// Relative to the project.
    files: Vec<NewFile>,
}

/// A text and where it was found.
struct FoundText {
    text: String,
    source: Source,
    origin: String,
}

impl Files {
    pub(super) async fn run(self, here: Here<'_>) -> Result<Exit, Failure> {
        let Here { invocation, project, .. } = here;
        let mut problems = Vec::new();
        let mut restored: Vec<(Option<&Part<'_>>, Vec<Restored>)> = Vec::new();
        let found;
        if self.paths.is_empty() {
            found = look_for_repairs(here).await?;
            for repairable in &found {
                restored.push((Some(repairable.part), self.of_service(project, repairable, &mut problems)));
            }
        } else {
            let named = self.paths.iter().filter_map(|path| self.of_path(project, path, &mut problems));
            restored.push((None, named.collect()));
        }
        let all = || restored.iter().flat_map(|(_, restored)| restored);
        if all().next().is_none() {
            if !problems.is_empty() {
                return Err(Failure::findings(problems));
            }
            invocation.say("no file is missing");
            return Ok(Exit::Done);
        }
        let is_written = !self.dry_run;
        if is_written {
            for (part, restored) in &restored {
                write(project, *part, restored)?;
            }
        }
        tell(invocation, all(), is_written);
        if is_written {
            for (part, restored) in &restored {
                let Some(part) = part else { continue };
                let files: Vec<Vec<String>> =
                    restored.iter().map(|it| it.files.iter().map(|file| file.path.clone()).collect()).collect();
                let repairs: Vec<Mending<'_>> = restored
                    .iter()
                    .zip(&files)
                    .map(|(it, files)| Mending::Restore {
                        version: it.version.as_deref(),
                        files,
                        source: it.source.word(),
                    })
                    .collect();
                mend(here, part, &repairs, self.reason.as_deref()).await?;
            }
        }
        if problems.is_empty() { Ok(Exit::Done) } else { Err(Failure::findings(problems)) }
    }

    fn may_be(&self, source: Source) -> bool {
        self.from.is_none_or(|from| from == source)
    }

    fn of_service(&self, project: &Project, found: &Repairable<'_>, problems: &mut Vec<Diagnostic>) -> Vec<Restored> {
        let mut restored = Vec::new();
        for kept in found.missing() {
            match self.migration(project, found.part, kept) {
                Ok(it) => restored.push(it),
                Err(problem) => problems.push(*problem),
            }
        }
        for (_, kept) in found.without_down().into_iter().filter(|_| self.may_be(Source::History)) {
            // Where the way back has a file of its own, it is the second.
            let down = kept.files(&found.part.set).ok().and_then(|files| files.into_iter().nth(1));
            restored.extend(down.map(|file| Restored {
                version: Some(kept.version.clone()),
                source: Source::History,
                origin: "the history".to_owned(),
                files: vec![shown(found.part, file)],
            }));
        }
        for seed in &found.lost_seeds {
            match self.seed(project, seed) {
                Ok(it) => restored.push(it),
                Err(problem) => problems.push(*problem),
            }
        }
        restored
    }

    /// A migration: a copy that holds what was applied, else what the history kept, written as the folder's layout has
    /// it.
    fn migration(&self, project: &Project, part: &Part<'_>, kept: &KeptMigration) -> Result<Restored, Box<Diagnostic>> {
        let mut files: Vec<NewFile> =
            kept.files(&part.set).unwrap_or_default().into_iter().map(|file| shown(part, file)).collect();
        let copy = self.copy(&project.root, &kept.path, &|text| kept.is_in(text));
        let version = Some(kept.version.clone());
        if let Some(FoundText { text, source, origin }) = copy.filter(|_| kept.path_in(&part.set).is_some()) {
            // A copy may hold the way back itself; a file of its own is written beside it where it had one.
            files.retain(|file| file.path != kept.path);
            files.insert(0, NewFile { path: kept.path.clone(), text });
            return Ok(Restored { version, source, origin, files });
        }
        if files.is_empty() || !self.may_be(Source::History) {
            let message = format!("the file of {} {} cannot be written again", kept.version, kept.name);
            let why = kept.files(&part.set).err().unwrap_or_else(|| "no copy holds what was applied".to_owned());
            let error = Diagnostic::error("not-restored", message).with_note(why);
            return Err(Box::new(error.with_help("`limosa repair files --from history` takes it from the database")));
        }
        Ok(Restored { version, source: Source::History, origin: "the history".to_owned(), files })
    }

    fn seed(&self, project: &Project, seed: &TrackedSeed) -> Result<Restored, Box<Diagnostic>> {
        let copy = self.copy(&project.root, &seed.path, &|_| true);
        copy.map(|FoundText { text, source, origin }| {
            let files = vec![NewFile { path: seed.path.clone(), text }];
            Restored { version: None, source, origin, files }
        })
        .ok_or_else(|| Box::new(no_copy(&seed.path)))
    }

    fn of_path(&self, project: &Project, path: &str, problems: &mut Vec<Diagnostic>) -> Option<Restored> {
        let path = path.trim_start_matches("./").replace('\\', "/");
        if project.root.join(&path).exists() {
            let error = Diagnostic::error("not-missing", format!("`{path}` is there"));
            problems.push(error.with_help("move it away first; nothing is overwritten"));
            return None;
        }
        match self.copy(&project.root, &path, &|_| true) {
            Some(FoundText { text, source, origin }) => {
                Some(Restored { version: None, source, origin, files: vec![NewFile { path, text }] })
            }
            None => {
                problems.push(no_copy(&path));
                None
            }
        }
    }

    /// The first copy of a file that will do.
    fn copy(&self, root: &Path, path: &str, will_do: &dyn Fn(&str) -> bool) -> Option<FoundText> {
        let beside = || {
            [".bak", ".orig", "~"].into_iter().filter(|_| self.may_be(Source::Bak)).find_map(|ending| {
                let origin = format!("{path}{ending}");
                let text = std::fs::read_to_string(root.join(&origin)).ok().filter(|text| will_do(text))?;
                Some(FoundText { text, source: Source::Bak, origin })
            })
        };
        let committed = || {
            let (commit, text) = in_git(root, path).filter(|(_, text)| will_do(text))?;
            Some(FoundText { text, source: Source::Git, origin: format!("commit {commit} of git") })
        };
        beside().or_else(|| if self.may_be(Source::Git) { committed() } else { None })
    }
}

/// The newest commit that holds a file, and its text there.
fn in_git(root: &Path, path: &str) -> Option<(String, String)> {
    let words = ["log", "--all", "--format=%h", "--", path];
    let commits = String::from_utf8(git(root, &words).ok()?).ok()?;
    // The commit that removed it is among them; the one before it in the list is the one that holds it.
    commits.lines().find_map(|commit| {
        let text = git(root, &["show", "--end-of-options", &format!("{commit}:./{path}")]).ok()?;
        Some((commit.to_owned(), String::from_utf8(text).ok()?))
    })
}

/// A file of the migrations folder, as the project knows it.
fn shown(part: &Part<'_>, file: NewFile) -> NewFile {
    NewFile { path: part.set.shown(&file.path), text: file.text }
}

fn no_copy(path: &str) -> Diagnostic {
    Diagnostic::error("not-restored", format!("no copy of `{path}` is found"))
        .with_note("looked for beside it (.bak, .orig, ~) and in the commits of git")
        .with_help("restore it from a backup, or write it anew")
}

/// Writes the files, and looks whether migrations read as they were applied; what does not is removed again.
fn write(project: &Project, part: Option<&Part<'_>>, restored: &[Restored]) -> Result<(), Failure> {
    let mut written: Vec<PathBuf> = Vec::new();
    for it in restored {
        write_new(&project.root, &it.files).map_err(|error| {
            Failure::from(
                Diagnostic::error("not-restored", error.to_string()).with_help("move it away and run it again"),
            )
        })?;
        written.extend(it.files.iter().map(|file| project.root.join(&file.path)));
    }
    let Some(part) = part else { return Ok(()) };
    let set = read_migrations(project, part.service).map_err(|problems| {
        take_away(&written);
        Failure::findings(problems)
    })?;
    for version in restored.iter().filter_map(|it| it.version.as_deref()) {
        let is_there = version.parse().is_ok_and(|version| set.find(&version).is_some());
        if !is_there {
            take_away(&written);
            let message = format!("version {version} does not read back from what was written; nothing was kept");
            return Err(Failure::usage("not-restored", message, "restore it by hand, from `limosa --json log`"));
        }
    }
    Ok(())
}

fn take_away(written: &[PathBuf]) {
    for path in written {
        let _ = std::fs::remove_file(path);
    }
}

fn tell<'r>(invocation: &Invocation, restored: impl Iterator<Item = &'r Restored>, is_written: bool) {
    if invocation.global.json {
        let one = |it: &Restored| {
            let files: Vec<&str> = it.files.iter().map(|file| file.path.as_str()).collect();
            json!({ "version": it.version, "files": files, "source": it.source.word(), "from": it.origin })
        };
        output::print_json(&json!({ "written": is_written, "restored": restored.map(one).collect::<Vec<_>>() }));
        return;
    }
    let line = |it: &Restored| {
        let of_file = |file: &NewFile| format!("{}  from {}\n", file.path, it.origin);
        it.files.iter().map(of_file).collect::<String>()
    };
    output::print(&restored.map(line).collect::<String>());
}
