//! `squash`.

mod archive;

use clap::Args;
use limosa_engine::{BaselineData, BaselineDraft, BaselineError, LeftOut, change_line, draft_baseline};
use limosa_project::{Project, SquashPlan, Version, files_are_half_changed, finish_files, plan_squash};
use limosa_syntax::Diagnostic;
use serde_json::json;

use self::archive::remove_archive;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output;
use crate::selection;
use crate::serving::shadow;
use crate::terms::Terms;

/// As many differences are shown.
const SHOWN: usize = 8;

const EXAMPLES: &str = "\
The migrations up to a version become one, a baseline with that version, written from the schema that they lead to. \
It is run in a throw-away PostgreSQL: schema and rows must be what the migrations lead to, or nothing is written. \
Statements that write rows stand behind the schema, in their order; where they do not lead to the same rows there, the \
rows themselves are written. What concerns the server (roles, settings) is listed and left to you.

The migrations move to the folder `archive`. A new database runs the baseline alone. A database that has run all of \
them gets the baseline on record with its next `limosa up`, and runs nothing; `limosa down` behind it brings them \
back on record first. A database that has run some of them goes on with those in the archive. When every database has \
passed, `--remove-archive` removes the folder.

Examples:
  limosa squash --to 20241231235959 --dry-run    the baseline, on stdout
  limosa squash --to 20241231235959
  limosa squash --remove-archive                 if no database needs it any more";

/// Make one migration of many, with an archive for databases that have not run them all
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Squash {
    /// The last migration that becomes part of it.
    #[arg(long, value_name = "VERSION", required_unless_present = "remove_archive")]
    to: Option<Version>,
    /// Show the baseline, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove the archive, if all databases have passed its baseline.
    #[arg(long, conflicts_with = "to")]
    remove_archive: bool,
}

impl Squash {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        go_on(invocation, &project)?;
        let parts = invocation.parts(&project)?;
        let [part] = parts.as_slice() else {
            return Err(Failure::usage(
                "name-the-service",
                "a baseline belongs to one service",
                format!("name it: `limosa --service {} squash …`", project.services[0].name),
            ));
        };
        let Some(to) = &self.to else {
            return remove_archive(invocation, &project, part, self.dry_run).await;
        };
        let plan = plan_squash(&part.set, to).map_err(Failure::findings)?;
        let draft = draft(invocation, &project, part, &plan).await?;
        let act = plan.act(&part.set, &draft.text).map_err(Failure::findings)?;
        act.check(&part.set.folder).map_err(|error| Failure::from(error.diagnostic()))?;
        if invocation.global.json {
            output::print_json(&to_json(part, &plan, &draft, !self.dry_run));
        } else if self.dry_run {
            output::print(&draft.text);
        } else {
            output::print(&told(part, &plan, &draft));
        }
        warn(invocation, &draft);
        if self.dry_run {
            return Ok(Exit::Done);
        }
        confirm(&invocation.global, "Do this?")?;
        act.perform(&part.set.folder).map_err(|error| Failure::from(error.diagnostic()))?;
        invocation.say("each database takes it on record with its next `limosa up`");
        Ok(Exit::Done)
    }
}

/// Finishes what an earlier run began on disk.
fn go_on(invocation: &Invocation, project: &Project) -> Result<(), Failure> {
    for service in selection::services(project, &invocation.global.services)? {
        let folder = project.path(&service.migrations);
        if files_are_half_changed(&folder) {
            finish_files(&folder).map_err(|error| Failure::from(error.diagnostic()))?;
            invocation.say(&format!("the renaming in `{}` that was cut off is finished", service.migrations.display()));
        }
    }
    Ok(())
}

/// The baseline, proven in a throw-away PostgreSQL.
async fn draft(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    plan: &SquashPlan,
) -> Result<BaselineDraft, Failure> {
    let terms = Terms::of(invocation, project, part.service)?;
    let scripts = part.set.migrations.iter().map(|migration| migration.up.text());
    let mut shadow = shadow(&invocation.environment, None, scripts)?;
    let drafted = draft_baseline(&mut shadow, &part.set, plan, &terms.replay()).await;
    shadow.stop().await?;
    drafted.map_err(refused)
}

fn refused(error: BaselineError) -> Failure {
    let message = error.to_string();
    let diagnostic = Diagnostic::error("no-baseline", message);
    Failure::findings(match error {
        BaselineError::Shadow(error) => return error.into(),
        BaselineError::Diff(_) => vec![diagnostic.with_help("squash up to an earlier version")],
        BaselineError::AnotherSchema(changes) => {
            let mut diagnostic = diagnostic.with_help("squash up to an earlier version");
            diagnostic.notes = changes.iter().take(SHOWN).map(change_line).collect();
            vec![diagnostic]
        }
        BaselineError::Values(statements) => {
            let mut diagnostic = diagnostic.with_help("squash up to a version before them");
            diagnostic.notes = statements.iter().take(SHOWN).map(line).collect();
            vec![diagnostic]
        }
        BaselineError::AnotherData(_) => {
            let help = "move what writes rows by chance or by the server's state into seeds, or squash up to an \
                        earlier version";
            vec![diagnostic.with_help(help)]
        }
    })
}

fn told(part: &Part<'_>, plan: &SquashPlan, draft: &BaselineDraft) -> String {
    let data = match draft.data {
        BaselineData::None => "they write no rows".to_owned(),
        BaselineData::Statements(1) => "the statement that writes rows stands behind the schema".to_owned(),
        BaselineData::Statements(count) => format!("the {count} statements that write rows stand behind the schema"),
        BaselineData::Rows(count) => format!("the {count} rows that they lead to stand behind the schema"),
    };
    format!(
        "{} in the place of {} migrations, which move to {}\n\
         schema and rows are the same, as a throw-away PostgreSQL shows; {data}\n",
        part.set.shown(&plan.path),
        plan.replaced,
        part.set.shown("archive"),
    )
}

fn line(left_out: &LeftOut) -> String {
    format!("{}:{}  {}", left_out.path, left_out.line, left_out.statement)
}

fn warn(invocation: &Invocation, draft: &BaselineDraft) {
    let mut warnings: Vec<Diagnostic> = Vec::new();
    if !draft.left_out.is_empty() {
        let mut warning =
            Diagnostic::warning("not-in-baseline", "these statements concern the server, and are left out");
        warning.notes = draft.left_out.iter().map(line).collect();
        warnings.push(warning.with_help("a new server needs them before the baseline is run"));
    }
    if matches!(draft.data, BaselineData::Rows(_)) {
        let warning =
            Diagnostic::warning("rows-as-they-are", "the statements that write rows do not work behind the schema");
        warnings.push(warning.with_help("look at the rows in the baseline; what is data of a kind belongs into seeds"));
    }
    warnings.extend(draft.notes.iter().map(|note| Diagnostic::warning("baseline", note.clone())));
    invocation.warn(&warnings);
}

fn to_json(part: &Part<'_>, plan: &SquashPlan, draft: &BaselineDraft, is_written: bool) -> serde_json::Value {
    let (data, count) = match draft.data {
        BaselineData::None => ("none", 0),
        BaselineData::Statements(count) => ("statements", count),
        BaselineData::Rows(count) => ("rows", count),
    };
    let left_out = draft.left_out.iter();
    json!({
        "service": part.service.name.as_str(),
        "path": part.set.shown(&plan.path),
        "version": plan.version.as_str(),
        "replaces": part.set.migrations.iter().take(plan.replaced).map(|it| it.version.as_str()).collect::<Vec<_>>(),
        "data": data,
        "data_count": count,
        "left_out": left_out
            .map(|it| json!({ "path": it.path, "line": it.line, "statement": it.statement }))
            .collect::<Vec<_>>(),
        "written": is_written,
        "text": draft.text,
    })
}
