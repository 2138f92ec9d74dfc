//! `init`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::Args;
use limosa_project::{CONFIG_FILE, NewFile, ToolName, recognise, write_new};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Alignment, Cell, DiagnosticJson, Table, diagnostics_json, style, terminal_width};

const EXAMPLES: &str = "\
Recognises the migrations of Prisma, Flyway, dbmate, goose, sqlx, golang-migrate, node-pg-migrate, Supabase, \
Drizzle, graphile-migrate, Rails, Diesel, refinery, tern, Atlas and Sqitch, and reads them as they are. Migrations \
that are programs (Knex, Sequelize, TypeORM, Alembic, Django, Rails) stay where they are, and Limosa's own come beside \
them. No file but limosa.toml is written. Databases that another tool has migrated are then taken over with \
`limosa adopt`.

Examples:
  limosa init                 in the folder of the project
  limosa init --dry-run       show the file without writing it";

/// Write limosa.toml for what the folder already uses
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// Show the file, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct InitJson<'a> {
    file: &'a str,
    written: bool,
    services: Vec<ServiceJson<'a>>,
    toml: &'a str,
    diagnostics: Vec<DiagnosticJson<'a>>,
}

#[derive(Serialize)]
struct ServiceJson<'a> {
    name: &'a str,
    migrations: &'a str,
    layout: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'a str>,
}

impl Init {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let folder = &invocation.global.directory;
        let proposal = recognise(folder)?;
        if !self.dry_run {
            let file = NewFile { path: CONFIG_FILE.to_owned(), text: proposal.toml.clone() };
            write_new(folder, &[file])
                .map_err(|error| Failure::from(Diagnostic::error("not-written", error.to_string())))?;
            for service in &proposal.services {
                std::fs::create_dir_all(folder.join(&service.migrations))?;
            }
        }
        let services = || {
            proposal.services.iter().map(|service| ServiceJson {
                name: service.name.as_str(),
                migrations: &service.migrations,
                layout: service.layout.as_str(),
                tool: service.tool.map(ToolName::as_str),
            })
        };
        if invocation.global.json {
            output::print_json(&InitJson {
                file: CONFIG_FILE,
                written: !self.dry_run,
                services: services().collect(),
                toml: &proposal.toml,
                diagnostics: diagnostics_json(&proposal.warnings),
            });
            return Ok(Exit::Done);
        }
        invocation.warn(&proposal.warnings);
        let mut table = Table::new([Alignment::Left; 3]).named(["service", "migrations", "layout"]).firm(0);
        for service in services() {
            table.push([Cell::styled(service.name, style::HEADING), service.migrations.into(), service.layout.into()]);
        }
        let mut text = table.render(terminal_width());
        if self.dry_run {
            let _ = write!(text, "\n{}", proposal.toml);
        }
        output::print(&text);
        if !self.dry_run {
            invocation.say(&format!("\nwrote {}; next: `limosa status`, `limosa up`", style::path(CONFIG_FILE)));
            let tools: BTreeSet<&str> =
                proposal.services.iter().filter_map(|it| it.tool).map(ToolName::title).collect();
            if !tools.is_empty() {
                let tools = tools.into_iter().collect::<Vec<_>>().join(" or ");
                let name = "`[env.NAME] url = \"env:DATABASE_URL\"`";
                invocation.say(&format!(
                    "databases that {tools} has migrated are taken over, running nothing again: declare them ({name}), \
                     then `limosa --env NAME adopt`"
                ));
            }
        }
        Ok(Exit::Done)
    }
}
