//! `snapshot`.

use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output;
use crate::schemas::{Schemas, Side};

const EXAMPLES: &str = "\
Prints a schema as data: every object with its facts, the server's major version and a fingerprint. A file with it, \
named .json, can stand wherever a schema is named.

Examples:
  limosa --env prod snapshot > clinic.json
  limosa diff clinic.json schema                   what is declared and was not there then
  limosa snapshot cmd:'pg_dump -s clinic' > clinic.json";

/// Save a schema as data, to compare with later
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Snapshot {
    /// Which; `limosa diff --help` lists what can stand here.
    #[arg(default_value = "db")]
    schema: Side,
}

impl Snapshot {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let mut schemas = Schemas::new(invocation)?;
        let catalog = schemas.one(&self.schema).await;
        schemas.stop().await?;
        output::print(&format!("{}\n", catalog?.to_snapshot().trim_end()));
        Ok(Exit::Done)
    }
}
