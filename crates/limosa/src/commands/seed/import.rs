//! `seed import`.

use std::path::PathBuf;

use clap::Args;
use limosa_engine::{Exported, ImportError, Imported, SeedCounts, import_seeds};
use limosa_project::{NewSeed, read_script, write_new};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::export::{Format, key_to_declare};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output;
use crate::serving::shadow;
use crate::terms::Terms;

const EXAMPLES: &str = "\
The SQL is run in a throw-away database that has what the migrations lead to, all files in one transaction; the rows \
that it inserted or changed there become files of seeds. Values such as `now()` are in them as they came out.

Examples:
  limosa seed import db/seed.sql
  limosa seed import a.sql b.sql --format yaml";

/// Make files of seeds from SQL that fills tables
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
    /// The files, in the order in which they are run.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The form of the files that are written.
    #[arg(long, value_enum, value_name = "FORM", default_value = "csv")]
    format: Format,
}

impl Import {
    pub(super) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let [part] = parts.as_slice() else {
            return Err(Failure::usage(
                "name-the-service",
                "seeds belong to one service",
                format!("name it: `limosa --service {} seed import …`", project.services[0].name),
            ));
        };
        let scripts: Result<Vec<_>, _> =
            self.files.iter().map(|path| read_script(path, &path.display().to_string())).collect();
        let scripts = scripts.map_err(|problem| Failure::findings(vec![*problem]))?;
        let terms = Terms::of(invocation, &project, part.service)?;
        let texts = part.set.migrations.iter().map(|migration| migration.up.text());
        let mut shadow = shadow(&invocation.environment, None, texts)?;
        let imported = import_seeds(&mut shadow, &part.set, &terms.replay(), &scripts, self.format.into()).await;
        shadow.stop().await?;
        let Imported { files, counts } = imported?;
        let mut planned = Vec::new();
        for exported in &files {
            let new = NewSeed::plan(&project, part.service, &seed_name(exported)).map_err(Failure::findings)?;
            planned.push(new.with_text(self.format.ending(), &exported.text));
        }
        write_new(&project.root, &planned).map_err(|error| {
            Failure::usage("no-new-seed", error.to_string(), "remove it, or import into another project")
        })?;
        let warnings: Vec<Diagnostic> = files
            .iter()
            .flat_map(|exported| key_to_declare(exported, Some(seed_name(exported).as_ref())))
            .chain(besides(counts, &files))
            .collect();
        if invocation.global.json {
            let files = planned
                .iter()
                .zip(&files)
                .map(|(file, it)| json!({ "path": file.path, "rows": it.rows, "key": it.key }));
            output::print_json(&json!({ "files": files.collect::<Vec<_>>(), "counts": counts }));
        } else {
            let line =
                |(file, it): (&limosa_project::NewFile, &Exported)| format!("{}  {} row(s)\n", file.path, it.rows);
            output::print(&planned.iter().zip(&files).map(line).collect::<String>());
        }
        invocation.warn(&warnings);
        Ok(Exit::Done)
    }
}

/// A seed is named after its table; `public` goes without saying.
fn seed_name(exported: &Exported) -> String {
    let table = &exported.table;
    match &table.schema {
        Some(schema) if schema.as_str() != "public" => format!("{}.{}", schema.as_str(), table.name.as_str()),
        _ => table.name.as_str().to_owned(),
    }
}

/// What the SQL did that no file tells.
fn besides(counts: SeedCounts, files: &[Exported]) -> Option<Diagnostic> {
    let SeedCounts { inserted, updated, deleted } = counts;
    if files.is_empty() {
        let warning = Diagnostic::warning("nothing-imported", "no rows came of it");
        return Some(warning.with_help("what fills no table is not imported"));
    }
    (updated + deleted > 0).then(|| {
        let message = format!("besides {inserted} inserted, {updated} rows were updated and {deleted} deleted");
        Diagnostic::warning("not-only-inserts", message).with_note("the files hold the rows as they were in the end")
    })
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Shadow(error) => error.into(),
            ImportError::Script(error) => error.into(),
            ImportError::Export(error) => error.into(),
        }
    }
}
