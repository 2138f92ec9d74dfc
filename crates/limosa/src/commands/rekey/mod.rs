//! `rekey`.

mod elsewhere;
mod generator;
mod graph;
mod soft;

use std::collections::BTreeSet;

use clap::Args;
use jiff::Timestamp;
use limosa_catalog::{ColumnName as CatalogColumn, Identifier, ObjectId, ObjectName};
use limosa_engine::{RekeySurvey, rekey_survey, table_sizes};
use limosa_ids::GeneratorSpec;
use limosa_plan::{OnlineSettings, RekeyAsk, RekeyDraft, RekeySource, SoftReference, draft_rekey};
use limosa_project::{ColumnName, NewFileError, Project, ServiceName, new_migration, write_new};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::sum;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::one_target::on_target_beside;
use crate::output;
use elsewhere::{Afterwards, AfterwardsJson, Asked};
use generator::Generator;
use graph::{EdgeJson, Graph};

const EXAMPLES: &str = "\
Looks at the database, finds all that refers to the key, and writes the migration that changes it everywhere, to be \
read and then run online by `limosa up`: both ids work until `limosa contract`, and a map of them stays. What refers \
to the key without a foreign key has to be said.

Examples:
  limosa rekey client.id --to 'varchar(8)' --generate alnum:8
  limosa rekey client.id --to uuid --generate uuid7 --as client_id
  limosa rekey client.id --to text --generate cuid2:cli_ \\
    --soft \"note.subject_id where subject_type = 'client'\" --soft 'event.payload at client.id'
  limosa rekey client.id --to 'varchar(8)' --generate alnum:8 --dry-run     what it would write
  limosa --service billing rekey invoice.client_id --from clinic
      what refers to a key of another service, whose map is carried";

/// Write the online migration that changes a key, and all that refers to it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Rekey {
    /// The key, or with --from what refers to it: TABLE.COLUMN or SCHEMA.TABLE.COLUMN, as SQL spells names.
    #[arg(value_name = "TABLE.COLUMN", value_parser = ColumnName::parse)]
    key: ColumnName,
    /// The type that it gets.
    #[arg(long, value_name = "TYPE", required_unless_present = "from")]
    to: Option<String>,
    /// The service whose key it is: the column refers to it, and gets the ids of the map that its re-key has made.
    #[arg(long, value_name = "SERVICE", conflicts_with_all = ["to", "generate", "default", "back"])]
    from: Option<ServiceName>,
    /// How its ids are made, such as alnum:8 or cuid2:cli_; where it is not said, as [ids] of limosa.toml has it.
    #[arg(long, value_name = "GENERATOR", conflicts_with = "default")]
    generate: Option<GeneratorSpec>,
    /// An expression that makes them instead.
    #[arg(long, value_name = "EXPRESSION")]
    default: Option<String>,
    /// What it is to be called.
    #[arg(long = "as", value_name = "NAME", value_parser = name)]
    new_name: Option<Identifier>,
    /// An expression that makes old ids for rows of the new version, where the column has no default.
    #[arg(long, value_name = "EXPRESSION")]
    back: Option<String>,
    /// A column that refers to it without a foreign key: 'TABLE.COLUMN [at KEY.KEY] [where CONDITION]'.
    #[arg(long, value_name = "REFERENCE", value_parser = soft::parse)]
    soft: Vec<SoftReference>,
    /// The name of the map, where it is not that of the table.
    #[arg(long, value_name = "NAME", value_parser = name)]
    map: Option<Identifier>,
    /// The migration's name, in snake_case.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct RekeyJson<'a> {
    version: Option<String>,
    files: Vec<String>,
    key: String,
    references: Vec<EdgeJson<'a>>,
    elsewhere: Vec<AfterwardsJson>,
    made_again: &'a [String],
    mentioned_in: &'a [String],
    undecided: &'a [String],
    seconds: u64,
    wal_bytes: u64,
    up: &'a str,
    down: &'a str,
}

/// A name as SQL spells it.
fn name(text: &str) -> Result<Identifier, String> {
    limosa_engine::column_name(text).ok_or_else(|| format!("`{text}` is no name; write it as SQL spells it"))
}

impl Rekey {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let looked = on_target_beside(invocation, "rekey", self.from.is_some(), async |target, owners, _| {
            let survey = rekey_survey(&target).await?;
            let relation = self.relation(&survey)?;
            let (generator, ask, carried) = match (&self.from, parts.first()) {
                (Some(from), Some(part)) => {
                    let asked = Asked { project: &project, service: part.service, from, rekey: &self };
                    let (ask, carried) = asked.ask(relation, &owners).await?;
                    (Generator::none(), ask, Some(carried))
                }
                _ => {
                    let generator = self.generator(invocation, &project, &survey)?;
                    let ask = self.ask(relation, &generator);
                    (generator, ask, None)
                }
            };
            let (history_schema, search_path) = (&target.history_schema, survey.search_path.as_slice());
            let ending = BTreeSet::new();
            let settings = OnlineSettings {
                history_schema,
                number: 0,
                search_path,
                versions: None,
                going: &[],
                new_names: &[],
                ending: &ending,
            };
            let draft = draft_rekey(&survey.catalog, &ask, settings).map_err(Failure::findings)?;
            let columns = draft.edges.iter().map(|edge| &edge.column).chain([&ask.key]);
            let tables = columns.map(|column| column.relation.clone()).collect();
            let sizes = table_sizes(&target, &tables).await?;
            Ok((generator, ask, draft, sizes, carried))
        });
        let (generator, ask, draft, sizes, carried) = looked.await?;
        // One target has one part.
        let Some(part) = parts.first() else { return Ok(Exit::Done) };
        let graph = Graph::new(&ask, &draft, sizes, carried);
        let up = script(&graph.heading(), &generator.create, &draft.up);
        let down = script("", &draft.down, &generator.drop);
        let version = if self.dry_run { None } else { Some(self.write(&project, part, (&up, &down))?) };
        let (version, files) = version.unzip();
        let afterwards = match self.from {
            Some(_) => Vec::new(),
            None => elsewhere::afterwards(invocation, &project, part.service, &self),
        };
        let written = Written { version, files: files.unwrap_or_default(), up: &up, down: &down };
        self.show(invocation, written, &draft, &graph, &afterwards);
        Ok(Exit::Done)
    }

    /// How ids are made: by a kind of ids, or by an expression.
    fn generator(
        &self,
        invocation: &Invocation,
        project: &Project,
        survey: &RekeySurvey,
    ) -> Result<Generator, Failure> {
        let registered = || project.ids.of(self.key.schema.as_ref(), &self.key.table, &self.key.column).cloned();
        match (&self.default, self.generate.clone().or_else(registered)) {
            (Some(expression), _) => Ok(Generator::of_expression(expression)),
            (None, Some(spec)) => {
                generator::must_fit(&spec, self.to.as_deref().unwrap_or_default())?;
                Generator::of_spec(invocation, &spec, &project.ids.schema, &survey.catalog)
            }
            (None, None) => Err(Failure::usage(
                "no-generator",
                format!("it is not said how the ids of {} are made", self.key),
                "say it, such as `--generate alnum:8`; `limosa id` lists the kinds",
            )),
        }
    }

    /// The table of the column.
    fn relation(&self, survey: &RekeySurvey) -> Result<ObjectName, Failure> {
        let in_schema = |schema: &Identifier| ObjectName { schema: schema.clone(), name: self.key.table.clone() };
        let names: Vec<ObjectName> = match &self.key.schema {
            Some(schema) => vec![in_schema(schema)],
            None => survey.search_path.iter().map(in_schema).collect(),
        };
        let is_there = |name: &&ObjectName| survey.catalog.contains(&ObjectId::Table((*name).clone()));
        names.iter().find(is_there).or_else(|| names.first()).cloned().ok_or_else(|| {
            Failure::usage("no-table", format!("there is no table {}", self.key.table), "name its schema")
        })
    }

    fn ask(&self, relation: ObjectName, generator: &Generator) -> RekeyAsk {
        RekeyAsk {
            key: CatalogColumn { relation, name: self.key.column.clone() },
            data_type: self.to.as_deref().unwrap_or_default().trim().to_owned(),
            new_name: self.new_name.clone(),
            source: RekeySource::Made {
                generate: generator.words.clone(),
                default: generator.expression.clone(),
                back: self.back.clone(),
                map: self.map.clone(),
            },
            soft: self.soft.clone(),
        }
    }

    /// Writes the files; gives the version and what was written.
    fn write(
        &self,
        project: &Project,
        part: &Part<'_>,
        (up, down): (&str, &str),
    ) -> Result<(String, Vec<String>), Failure> {
        let refused = |error: NewFileError| {
            Failure::from(Diagnostic::error("no-new-migration", error.to_string()).with_help("see `limosa new --help`"))
        };
        let plain = |text: &str| -> String {
            let sign = |sign: char| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '_' };
            text.chars()
                .map(sign)
                .collect::<String>()
                .split('_')
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join("_")
        };
        let usual = || format!("change_{}_{}", plain(self.key.table.as_str()), plain(self.key.column.as_str()));
        let name: String = self.name.clone().unwrap_or_else(usual).chars().take(50).collect();
        let new = new_migration(&part.set, name.trim_end_matches('_'), Timestamp::now()).map_err(refused)?;
        let new = new.with_scripts(up, down);
        write_new(&part.set.folder, &new.files).map_err(refused)?;
        let mut paths: Vec<String> = new.files.iter().map(|file| part.set.shown(&file.path)).collect();
        paths.extend(sum::renew(project, part)?);
        Ok((new.version.to_string(), paths))
    }

    fn show(
        &self,
        invocation: &Invocation,
        Written { version, files, up, down }: Written<'_>,
        draft: &RekeyDraft,
        graph: &Graph<'_>,
        afterwards: &[Afterwards],
    ) {
        if invocation.global.json {
            output::print_json(&RekeyJson {
                version,
                files,
                key: self.key.to_string(),
                references: graph.edges_json(),
                elsewhere: afterwards.iter().map(Afterwards::json).collect(),
                made_again: &draft.readers,
                mentioned_in: &draft.mentions,
                undecided: &draft.undecided,
                seconds: graph.seconds(),
                wal_bytes: graph.wal_bytes(),
                up,
                down,
            });
            return;
        }
        invocation.say(&graph.render());
        if self.dry_run {
            output::print(&format!("{up}\n-- down\n\n{down}"));
        } else {
            output::print(&files.iter().map(|path| format!("{path}\n")).collect::<String>());
        }
        for it in afterwards {
            invocation.say(&it.render());
        }
    }
}

/// What was written, or would be.
struct Written<'a> {
    version: Option<String>,
    files: Vec<String>,
    up: &'a str,
    down: &'a str,
}

/// The text of a script that is run online.
fn script(heading: &str, first: &[String], statements: &[String]) -> String {
    let all: Vec<&str> = first.iter().chain(statements).map(String::as_str).collect();
    format!("{heading}-- limosa: online\n\n{}\n", all.join("\n\n"))
}
