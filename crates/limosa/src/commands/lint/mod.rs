//! `lint`.

mod explain;
mod mend;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use limosa_catalog::ServerMajor;
use limosa_lint::{File, Level, Report};
use limosa_project::Project;
use limosa_syntax::Diagnostic;

use crate::checking::changed_since;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::linting::{Choice, Facts, LintSettings, files_of, live, loose_files, replayed, without_histories};
use crate::output::{Format, tell_findings};
use crate::serving::shadow;

const EXAMPLES: &str = "\
Each statement is looked at with what is known before it: the tables and indexes that earlier migrations made, the \
lock that it takes on this version of PostgreSQL, the transaction that it runs in. What a migration makes itself, \
nobody uses yet: no finding.

A statement that is right as it is says so, with its reason; the reason is required:

  -- limosa: ignore drop-column the values were moved to patient_contact in May

Levels and parameters stand in limosa.toml:

  [lint]
  deny = \"warning\"                         # these fail, too
  since = \"20260101\"                       # older migrations are left alone
  [lint.rules]
  drop-column = \"warning\"

Examples:
  limosa lint                               every migration
  limosa lint --base origin/main            those of this branch: they go out together
  limosa lint migrations/7_add_email.sql    one, with what comes before it known
  limosa lint --replay                      with the schema before each, as a shadow has it
  limosa lint --live --env prod             what is pending there, and what is there already
  limosa lint --base origin/main --fix      mend what can be mended without changing what is meant
  limosa lint --explain set-not-null        why, which lock, and what to do instead
  limosa lint --format sarif > lint.sarif   for code scanning; also github, junit, json";

/// Find what would lock, lose or break something, before it runs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Lint {
    /// Migrations of the project, or any SQL files and folders; they go out together.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What this branch has changed since it left another.
    #[arg(long, value_name = "REF", conflicts_with_all = ["files", "live"])]
    base: Option<String>,
    /// What is pending in the environment, with what its databases show; and their schemas, and how they are used.
    #[arg(long, conflicts_with = "files")]
    live: bool,
    /// Know exactly what is there before each migration: run them in a shadow.
    #[arg(long, conflicts_with = "live")]
    replay: bool,
    /// Findings of this level fail: `note`, `warning` or `error` [default: error].
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    deny: Option<Level>,
    /// How findings are written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// The major version of the servers that the files are for [default: the newest].
    #[arg(long, value_name = "MAJOR", value_parser = major)]
    major: Option<ServerMajor>,
    /// Mend what can be mended without changing what is meant.
    #[arg(long)]
    fix: bool,
    /// Say all there is to say about a rule.
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
    /// List the rules with the levels that they have here.
    #[arg(long, conflicts_with_all = ["files", "base", "live", "fix"])]
    rules: bool,
}

fn level(text: &str) -> Result<Level, String> {
    let level = Level::of_name(text).filter(|level| *level != Level::Off);
    level.ok_or_else(|| "expected `note`, `warning` or `error`".to_owned())
}

fn major(text: &str) -> Result<ServerMajor, String> {
    let number = text.parse().ok().and_then(ServerMajor::of_number);
    number.ok_or_else(|| format!("expected a number from {} on", ServerMajor::OLDEST))
}

impl Lint {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        if let Some(id) = &self.explain {
            return explain::explain(invocation, id);
        }
        let project = match invocation.project() {
            Ok(project) => Some(project),
            Err(failure) if failure.diagnostics.iter().all(|it| it.code.0 == "no-project") => None,
            Err(failure) => return Err(failure),
        };
        let settings = project.as_ref().map(LintSettings::of).transpose()?.unwrap_or_default();
        if self.rules {
            return explain::list(invocation, &settings.rules);
        }
        let deny = self.deny.or(settings.deny).unwrap_or(Level::Error);
        if self.fix && self.files.is_empty() && self.base.is_none() && !self.live {
            let help = "name files, or say `--base REF` or `--live`: a migration that has run somewhere is not edited";
            return Err(Failure::usage("fix-what", "`--fix` does not say which files", help));
        }
        let mut report = self.look(invocation, project.as_ref(), &settings).await?;
        if self.fix {
            let root = project.as_ref().map_or(invocation.global.directory.as_path(), |project| &project.root);
            let mended = mend::mend(&report, root)?;
            for (path, fixes) in &mended {
                invocation.say(&format!("mended {path}: {}", fixes.join(", ")));
            }
            if !mended.is_empty() {
                let project = project.as_ref().map(|_| invocation.project()).transpose()?;
                report = self.look(invocation, project.as_ref(), &settings).await?;
            }
        }
        tell_findings(invocation, &report, self.format);
        let fails = report.worst().is_some_and(|worst| deny.severity().is_some_and(|deny| worst >= deny));
        Ok(if fails { Exit::Findings } else { Exit::Done })
    }

    async fn look(
        &self,
        invocation: &Invocation,
        project: Option<&Project>,
        settings: &LintSettings,
    ) -> Result<Report, Failure> {
        let Some(project) = project else {
            if self.files.is_empty() {
                let help = "name SQL files or folders, or run `limosa init`";
                return Err(Failure::usage("no-project", "there is no project here", help));
            }
            return Ok(Facts::default().lint(settings, self.major, &loose_files(&self.files)?));
        };
        let parts = invocation.parts(project)?;
        let mut report = Report::default();
        if self.live {
            let environment = invocation.environment_of(project)?;
            for (part, live) in parts.iter().zip(live(invocation, project, environment, &parts).await?) {
                let Some(live) = live else {
                    let files = files_of(&part.set, &Choice::Since(None));
                    report.add(Facts::of(part.service).lint(settings, self.major, &files));
                    continue;
                };
                let files = files_of(&part.set, &Choice::Versions(live.pending.clone()));
                let files: Vec<File> = files.into_iter().filter(|file| !file.context).collect();
                let facts = Facts::live(&live);
                report.add(facts.lint(settings, self.major, &files));
                let rules = without_histories(&settings.rules, &live.catalog);
                let linter = facts.linter(&rules, self.major);
                let mut there = linter.lint_catalog(&live.catalog);
                there.extend(linter.lint_usage(&live.catalog, &live.usage));
                if parts.len() > 1 {
                    let place = format!("in the database of service `{}`", part.service.name);
                    there.iter_mut().for_each(|finding| finding.diagnostic.notes.push(place.clone()));
                }
                report.findings.extend(there);
            }
            return Ok(report);
        }
        let chosen: Option<BTreeSet<String>> = match &self.base {
            Some(base) => Some(changed_since(&project.root, base)?.into_iter().collect()),
            None if self.files.is_empty() => None,
            None => Some(named(project, &self.files)),
        };
        let scripts = parts.iter().flat_map(|part| part.set.migrations.iter().map(|it| it.up.text()));
        let mut shadow = self.replay.then(|| shadow(&invocation.environment, None, scripts)).transpose()?;
        let mut of_project = BTreeSet::new();
        for part in &parts {
            let choice = match &chosen {
                Some(paths) => Choice::Paths(paths.clone()),
                None => Choice::Since(settings.since.clone()),
            };
            let files = files_of(&part.set, &choice);
            of_project.extend(files.iter().filter(|file| !file.context).map(|file| file.source.path.clone()));
            let catalogs = match &mut shadow {
                Some(shadow) => replayed(invocation, project, shadow, part, &files).await?,
                None => BTreeMap::new(),
            };
            let facts = Facts::of(part.service).with_catalogs(catalogs);
            report.add(facts.lint(settings, self.major, &files));
        }
        if let Some(shadow) = shadow {
            shadow.stop().await?;
        }
        if self.base.is_none() {
            let is_loose = |path: &&PathBuf| {
                let named = named(project, std::slice::from_ref(*path));
                !of_project.iter().any(|known| named.contains(known))
            };
            let loose: Vec<PathBuf> = self.files.iter().filter(is_loose).cloned().collect();
            if !loose.is_empty() {
                report.add(Facts::default().lint(settings, self.major, &loose_files(&loose)?));
            }
        }
        Ok(report)
    }
}

/// Files as the project knows them: relative to it. Of a folder, all that it holds.
fn named(project: &Project, files: &[PathBuf]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for file in files {
        let Ok(path) = std::fs::canonicalize(file) else { continue };
        let root = std::fs::canonicalize(&project.root).unwrap_or_else(|_| project.root.clone());
        if let Ok(inside) = path.strip_prefix(&root) {
            let shown = inside.to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                let below = loose_files(std::slice::from_ref(&path)).unwrap_or_default();
                let below = below.iter().filter_map(|file| {
                    let inside = std::path::Path::new(&file.source.path).strip_prefix(&root).ok()?;
                    Some(inside.to_string_lossy().replace('\\', "/"))
                });
                named.extend(below);
            }
            named.insert(shown);
        }
    }
    named
}

/// There is no rule of this name.
pub(super) fn unknown_rule(id: &str, near: Option<&str>) -> Diagnostic {
    let help = near.map_or_else(
        || "`limosa lint --rules` lists all".to_owned(),
        |near| format!("did you mean `{near}`? `limosa lint --rules` lists all"),
    );
    Diagnostic::error("unknown-rule", format!("there is no rule `{id}`")).with_help(help)
}
