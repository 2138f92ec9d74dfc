//! `seed export`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use limosa_catalog::{Identifier, QualifiedName};
use limosa_engine::{ExportError, ExportFormat, ExportWish, Exported, export_seed};
use limosa_project::{NewFile, write_new};
use limosa_syntax::Diagnostic;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::one_target::on_target;
use crate::output;

const EXAMPLES: &str = "\
The rows come in the order of their key, so that two exports of the same rows are the same file. Columns that are \
generated from others are left out, and with `--key` those that the database numbers.

Examples:
  limosa seed export country                                        on stdout, as CSV
  limosa seed export country --to seeds/country.yaml
  limosa --env prod seed export role --key code --where 'built_in'  some rows, found again by their code";

/// Write the rows of a table as a file of seeds
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Export {
    /// `table` or `schema.table`, letters as they are.
    #[arg(value_name = "TABLE", value_parser = table)]
    table: QualifiedName,
    /// The file, which must not be there yet; stdout otherwise.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// The form of the file; otherwise its ending says it.
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Format>,
    /// Only rows that meet this condition.
    #[arg(long = "where", value_name = "SQL")]
    condition: Option<String>,
    /// The columns that identify a row; otherwise the primary key.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', value_parser = identifier)]
    key: Vec<Identifier>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Csv,
    Json,
    Yaml,
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Json => Self::Json,
            Format::Yaml => Self::Yaml,
        }
    }
}

fn identifier(text: &str) -> Result<Identifier, String> {
    Identifier::new(text).map_err(|error| error.to_string())
}

fn table(text: &str) -> Result<QualifiedName, String> {
    let (schema, name) = match text.split_once('.') {
        Some((schema, name)) => (Some(identifier(schema)?), name),
        None => (None, text),
    };
    Ok(QualifiedName { schema, name: identifier(name)? })
}

impl Format {
    /// How files of it end.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Yaml => "yaml",
        }
    }

    fn of(chosen: Option<Self>, file: Option<&Path>) -> Result<ExportFormat, Failure> {
        let ending = file.map(|file| file.extension().unwrap_or_default().to_string_lossy().to_lowercase());
        Ok(match (chosen, ending.as_deref()) {
            (Some(format), _) => format.into(),
            (None, None | Some("csv")) => ExportFormat::Csv,
            (None, Some("json")) => ExportFormat::Json,
            (None, Some("yaml" | "yml")) => ExportFormat::Yaml,
            (None, Some(ending)) => {
                let message = format!("`.{ending}` is no form of seeds that an export can have");
                return Err(Failure::usage("unknown-seed-format", message, "name it `.csv`, `.json` or `.yaml`"));
            }
        })
    }
}

impl Export {
    pub(super) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let format = Format::of(self.format, self.to.as_deref())?;
        let wish = ExportWish { table: &self.table, key: &self.key, condition: self.condition.as_deref(), format };
        let exported =
            on_target(invocation, "seed export", async |target, _| Ok(export_seed(&target, &wish).await?)).await?;
        match &self.to {
            None => output::print(&exported.text),
            Some(path) => {
                write_file(path, &exported.text)?;
                let rows = if exported.rows == 1 { "1 row".to_owned() } else { format!("{} rows", exported.rows) };
                invocation.say(&format!("{}: {rows}", path.display()));
            }
        }
        invocation.warn(&key_to_declare(&exported, self.to.as_deref()));
        Ok(Exit::Done)
    }
}

/// Writes a file that is not there yet.
fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Failure::usage("no-file", format!("`{}` names no file", path.display()), "name a file"));
    };
    let file = NewFile { path: name.to_string_lossy().into_owned(), text: text.to_owned() };
    write_new(folder, &[file]).map_err(|error| {
        Failure::usage("no-new-seed", error.to_string(), "name another file, or let the shell write it with `>`")
    })
}

/// Says what limosa.toml has to say, where a reader of the file would find rows by another key.
pub(super) fn key_to_declare(exported: &Exported, file: Option<&Path>) -> Vec<Diagnostic> {
    let Some(key) = &exported.key else { return Vec::new() };
    let stem = file.and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    let name = stem.unwrap_or_else(|| exported.table.name.as_str().to_owned());
    let key: Vec<String> = key.iter().map(|column| format!("\"{column}\"")).collect();
    let message = "the file alone does not say which columns identify a row";
    let help = format!("put `key = [{}]` into [seed.{name}] of limosa.toml", key.join(", "));
    vec![Diagnostic::warning("key-to-declare", message).with_help(help)]
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Run(error) => error.into(),
            unfit => unfit.diagnostics().into(),
        }
    }
}
