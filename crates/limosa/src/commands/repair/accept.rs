//! `repair accept`.

use clap::{Args, ValueEnum};
use limosa_engine::{Extent, Repair as Mending, Replay, RowsComparison, change_line, compare_outcomes};
use limosa_postgres::Shadow;
use limosa_project::{KeptMigration, Migration, MigrationSet, Project, Version};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::accept_seed::accept_seed;
use super::difference::difference;
use super::found::{Repairable, look_for_repairs};
use super::{Here, mend};
use crate::commands::sum;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, style};
use crate::serving::shadow;
use crate::terms::Terms;

/// As many differences are shown.
const SHOWN: usize = 8;

const EXAMPLES: &str = "\
The difference to what was applied is shown, and both texts are run in a throw-away PostgreSQL: they must lead to the \
same schema, and to the same rows where migrations write any. Then the history takes the file for what was applied, \
and limosa.sum is renewed. Each environment has a history of its own: repeat it with `--env`.

A seed whose file was edited is written again by `limosa seed`, which changes nothing where the rows are the same; \
with `--seed` it counts as written: a table's rows must be what the file says, and of a script that cannot be told.

Examples:
  limosa repair accept 20241220090000
  limosa --env prod repair accept                     all files that were edited
  limosa repair accept 003 --allow another-effect     although it has another effect
  limosa repair accept --seed links --allow another-effect";

/// Take an edited file for what was applied, if it has the same effect
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Accept {
    /// These versions; all that were edited, where none is named.
    #[arg(value_name = "VERSION")]
    versions: Vec<Version>,
    /// Take this seed's file for what was last run, instead of a migration's.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["versions", "dry_run"])]
    seed: Option<String>,
    /// The danger that is run into on purpose, by its name.
    #[arg(long, value_enum, value_name = "HAZARD")]
    allow: Vec<Hazard>,
    /// Show and prove, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hazard {
    /// The file leads to another schema or to other rows than what was applied, or this cannot be told.
    AnotherEffect,
}

/// An edit, and whether it has the same effect.
struct Edit<'s> {
    migration: &'s Migration,
    kept: KeptMigration,
    was: String,
    effect: Effect,
}

enum Effect {
    /// So many rows were compared; `None` where migrations write none.
    Same(Option<usize>),
    /// What is different, a line each.
    AnotherSchema(Vec<String>),
    OtherRows(String),
    /// Why.
    Unknown(Vec<String>),
}

impl Effect {
    fn is_same(&self) -> bool {
        matches!(self, Self::Same(_))
    }
}

impl Accept {
    pub(super) async fn run(self, here: Here<'_>) -> Result<Exit, Failure> {
        let Here { invocation, project, environment, .. } = here;
        if let Some(name) = &self.seed {
            let has_another_effect = self.allow.contains(&Hazard::AnotherEffect);
            let reason = self.reason.as_deref();
            return accept_seed(here, name, has_another_effect, reason).await;
        }
        let found = look_for_repairs(here).await?;
        let mut edits: Vec<(&Part<'_>, Vec<Edit<'_>>)> = Vec::new();
        for repairable in &found {
            let of_part = self.edits(invocation, project, repairable).await?;
            if !of_part.is_empty() {
                edits.push((repairable.part, of_part));
            }
        }
        self.refuse_unknown(edits.iter().flat_map(|(_, edits)| edits).map(|edit| &edit.migration.version))?;
        if edits.is_empty() {
            invocation.say("no file was edited after it was applied");
            return Ok(Exit::Done);
        }
        let refused: Vec<Diagnostic> =
            edits.iter().flat_map(|(part, edits)| edits.iter().filter_map(|edit| self.refusal(part, edit))).collect();
        if invocation.global.json {
            let edit = |edit: &Edit<'_>| {
                json!({
                    "version": edit.migration.version.as_str(),
                    "path": edit.migration.up.source.path,
                    "same_effect": edit.effect.is_same(),
                })
            };
            output::print_json(&edits.iter().flat_map(|(_, edits)| edits).map(edit).collect::<Vec<_>>());
        } else {
            output::print(&edits.iter().flat_map(|(_, edits)| edits).map(shown).collect::<String>());
        }
        if !refused.is_empty() {
            return Err(Failure::findings(refused));
        }
        if self.dry_run {
            return Ok(Exit::Findings);
        }
        confirm(&invocation.global, &format!("Take these for what was applied in {}?", environment.name))?;
        for (part, edits) in &edits {
            let accept = |edit: &'_ Edit<'_>| (edit.was.clone(), edit.effect.is_same());
            let facts: Vec<(String, bool)> = edits.iter().map(accept).collect();
            let repairs: Vec<Mending<'_>> = edits
                .iter()
                .zip(&facts)
                .map(|(edit, (was, proven))| Mending::AcceptEdit { migration: edit.migration, was, proven: *proven })
                .collect();
            mend(here, part, &repairs, self.reason.as_deref()).await?;
            sum::renew(project, part)?;
            invocation.say(&format!("{}: {} taken for what was applied", part.service.name, repairs.len()));
        }
        Ok(Exit::Done)
    }

    /// The edits of one service that are meant, with what the shadow says of them.
    async fn edits<'s>(
        &self,
        invocation: &Invocation,
        project: &Project,
        repairable: &Repairable<'s>,
    ) -> Result<Vec<Edit<'s>>, Failure> {
        let is_meant = |(migration, _): &(&Migration, &KeptMigration)| {
            self.versions.is_empty() || self.versions.contains(&migration.version)
        };
        let meant: Vec<(&'s Migration, &KeptMigration)> = repairable.edited().into_iter().filter(is_meant).collect();
        if meant.is_empty() {
            return Ok(Vec::new());
        }
        let set = &repairable.part.set;
        let as_applied =
            meant.iter().fold(set.clone(), |set, (migration, kept)| set.with_text(&migration.version, &kept.up));
        let terms = Terms::of(invocation, project, repairable.part.service)?;
        let scripts = set.migrations.iter().map(|migration| migration.up.text());
        let mut shadow = shadow(&invocation.environment, None, scripts)?;
        let mut edits = Vec::new();
        for (migration, kept) in meant {
            let to_here = || Replay { extent: Extent::To(migration.version.clone()), ..terms.replay() };
            let effect = effect(invocation, &mut shadow, (&as_applied, set), &to_here()).await;
            let was = repairable
                .status
                .as_ref()
                .and_then(|status| status.history.row(&kept.version))
                .map(|row| row.checksum.clone())
                .unwrap_or_default();
            edits.push(Edit { migration, kept: kept.clone(), was, effect });
        }
        shadow.stop().await?;
        Ok(edits)
    }

    fn refuse_unknown<'v>(&self, edited: impl Iterator<Item = &'v Version> + Clone) -> Result<(), Failure> {
        let is_unknown = |version: &&Version| !edited.clone().any(|edited| edited == *version);
        let unknown: Vec<Diagnostic> = self
            .versions
            .iter()
            .filter(is_unknown)
            .map(|version| {
                Diagnostic::error("not-edited", format!("{version} is not applied, or its file was not edited since"))
                    .with_help("`limosa repair` says what there is to mend")
            })
            .collect();
        if unknown.is_empty() { Ok(()) } else { Err(unknown.into()) }
    }

    fn refusal(&self, part: &Part<'_>, edit: &Edit<'_>) -> Option<Diagnostic> {
        if self.allow.contains(&Hazard::AnotherEffect) {
            return None;
        }
        let path = part.set.shown(&edit.migration.path);
        let help = "put the text back, and write the change as a new migration (`limosa new`); \
                    `--allow another-effect` takes it all the same";
        let (message, notes): (String, Vec<String>) = match &edit.effect {
            Effect::Same(_) => return None,
            Effect::AnotherSchema(changes) => {
                let mut notes: Vec<String> = changes.iter().take(SHOWN).cloned().collect();
                if changes.len() > SHOWN {
                    notes.push(format!("and {} more", changes.len() - SHOWN));
                }
                (format!("`{path}` leads to another schema than what was applied"), notes)
            }
            Effect::OtherRows(difference) => {
                (format!("`{path}` leads to other rows than what was applied"), vec![difference.clone()])
            }
            Effect::Unknown(why) => {
                (format!("it cannot be told whether `{path}` leads to the same as what was applied"), why.clone())
            }
        };
        let mut error = Diagnostic::error("another-effect", message).in_file(&edit.migration.up.source).with_help(help);
        error.notes = notes;
        Some(error)
    }
}

/// What both texts lead to, at this migration.
async fn effect(
    invocation: &Invocation,
    shadow: &mut Shadow,
    sets: (&MigrationSet, &MigrationSet),
    to_here: &Replay<'_>,
) -> Effect {
    match compare_outcomes(shadow, sets, to_here, &invocation.known()).await {
        Err(error) => Effect::Unknown(error.diagnostics().into_iter().map(|it| it.message).collect()),
        Ok(found) if !found.schema.is_empty() => Effect::AnotherSchema(found.schema.iter().map(change_line).collect()),
        Ok(found) => match found.rows {
            RowsComparison::NoneWritten => Effect::Same(None),
            RowsComparison::Same(rows) => Effect::Same(Some(rows)),
            RowsComparison::Different(difference) => Effect::OtherRows(difference),
            RowsComparison::Untold(why) => Effect::Unknown(vec![why]),
        },
    }
}

fn shown(edit: &Edit<'_>) -> String {
    let verdict = match edit.effect {
        Effect::Same(None) => "the same schema comes of it".to_owned(),
        Effect::Same(Some(1)) => "the same schema and the same row come of it".to_owned(),
        Effect::Same(Some(rows)) => format!("the same schema and the same {rows} rows come of it"),
        Effect::AnotherSchema(_) => "another schema comes of it".to_owned(),
        Effect::OtherRows(_) => "the same schema and other rows come of it".to_owned(),
        Effect::Unknown(_) => "what comes of it cannot be told".to_owned(),
    };
    let path = style::heading(&edit.migration.up.source.path);
    format!("{path}\n{}{verdict}\n\n", difference(&edit.kept.up, edit.migration.up.text()))
}
