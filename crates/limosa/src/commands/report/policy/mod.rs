//! `report policy`.

mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use limosa_catalog::Catalog;
use limosa_lint::{Level, Matrix, Measures, ServiceFindings};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::linting::{Choice, Facts, From, LintSettings, catalogs, files_of, without_histories};
use crate::output;

const EXAMPLES: &str = "\
The conventions stand in limosa.toml: a preset, and rules as in [lint.rules]:

  [policy]
  preset = \"prisma\"                        # or snake_case, supabase; several as a list
  primary-key-type = { types = [\"uuid\"] }
  [policy.required-columns]
  columns = { createdAt = \"timestamp(3) not null default now()\", updatedAt = \"timestamp(3) not null\" }

A cell shows how many things are not as they should be, and of how many: 3/120; ✓ 120 where all are.
Exit code 1 where anything of level error is found.

Examples:
  limosa report policy                       the databases of the default environment
  limosa --env prod report policy -v         with every finding
  limosa report policy --from migrations     what the migrations lead to; no database is needed
  limosa report policy --format markdown     for a document";

/// Compare services by the project's conventions: names, keys, columns, indexes, rights
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Policy {
    /// Where the schemas are taken from.
    #[arg(long, value_enum, value_name = "WHERE", default_value_t)]
    from: From,
    /// How it is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// How many of the worst tables and files are named.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    worst: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For documents.
    Markdown,
}

impl Policy {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let settings = LintSettings::of(&project)?;
        let parts = invocation.parts(&project)?;
        let catalogs = catalogs(invocation, &project, &parts, self.from).await?;
        let services: Vec<ServiceFindings> =
            parts.iter().zip(&catalogs).map(|(part, catalog)| findings(&settings, part, catalog)).collect();
        let matrix = Matrix::of(&settings.rules, &services);
        if invocation.global.json {
            output::print_json(&json::of(&matrix, &services));
        } else if self.format == Format::Markdown {
            output::print(&markdown::of(&matrix, self.worst));
        } else {
            output::print(&text::of(&matrix, self.worst, output::terminal_width()));
            if invocation.global.verbose {
                output::print(&text::findings(&services));
            }
        }
        let deny = settings.deny.unwrap_or(Level::Error).severity();
        let fails = |finding: &limosa_lint::Finding| deny.is_some_and(|deny| finding.diagnostic.severity >= deny);
        let findings = services.iter().flat_map(|service| &service.findings).any(fails);
        Ok(if findings { Exit::Findings } else { Exit::Done })
    }
}

/// What the rules find in the schema of a service, and in the names of its migrations.
fn findings(settings: &LintSettings, part: &Part<'_>, catalog: &Catalog) -> ServiceFindings {
    let rules = without_histories(&settings.rules, catalog);
    let mut names = rules.clone();
    names.only(&["migration-name"]);
    let facts = Facts::of(part.service);
    let major = Some(catalog.major());
    let files = files_of(&part.set, &Choice::Since(settings.since.clone()));
    let migrations = files.iter().filter(|file| file.role == limosa_lint::Role::Migration && !file.context).count();
    let mut findings = facts.linter(&rules, major).lint_catalog(catalog);
    let of_names = facts.linter(&names, major).lint(&files, &BTreeMap::new()).findings;
    findings.extend(of_names.into_iter().filter(|finding| finding.rule == "migration-name"));
    ServiceFindings {
        service: part.service.name.to_string(),
        findings,
        measures: Measures::of_catalog(&rules, catalog, migrations),
    }
}
