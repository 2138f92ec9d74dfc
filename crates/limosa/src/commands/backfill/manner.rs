//! How batches follow each other.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use limosa_engine::{BackfillOptions, OnError};
use limosa_project::Environment;
use limosa_syntax::{BackfillManner, data_size};

use super::super::up::duration;

/// How batches follow each other.
#[derive(Debug, Args)]
pub(super) struct Manner {
    /// So many workers at once, each with rows and a connection of its own; one more connection looks after others.
    /// Where this and what follows is not said, it is as [env.NAME.backfill] in limosa.toml says; else one, and for a
    /// table of 32 MB or more two, one of which works only while no other client does.
    #[arg(long, value_name = "N")]
    parallel: Option<NonZeroU32>,
    /// How long a batch should take, as its rows are locked for so long, and shorter while others wait for them; else
    /// 5ms, and while other clients are at work 0.5ms, each then on the server's disk before the next one begins.
    /// Both are longer where the server is far away.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    batch_time: Option<Duration>,
    /// Rows in a batch, at most; else 20000.
    #[arg(long, value_name = "N")]
    batch_rows: Option<u64>,
    /// A pause behind each batch.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pause: Option<Duration>,
    /// Hold while a standby is further behind than this; else 10s.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_lag: Option<Duration>,
    /// Hold while more than so many sessions are busy.
    #[arg(long, value_name = "N")]
    max_active: Option<u32>,
    /// Hold while the server writes more WAL than this in a second: `20MB`.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_wal: Option<u64>,
    /// Hold while a transaction of the database is older than this: what batches leave behind is cleared away only when
    /// it is over.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_transaction_age: Option<Duration>,
    /// Hold while an autovacuum clears the table of rows that batches left behind.
    #[arg(long)]
    yield_to_autovacuum: bool,
    /// Hold while this query gives true, or a text, which is then the reason.
    #[arg(long, value_name = "QUERY")]
    hold_while: Option<String>,
    /// What is done about a row that cannot be changed: stop, or leave it and put it on record.
    #[arg(long, value_enum, default_value_t = Failing::Stop)]
    on_error: Failing,
    /// How long to wait for another runner of the same job; the last batch of one that was killed may still be running.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    wait: Duration,
    /// Append a line to this file for each batch, hold and end.
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Failing {
    /// The job stops before its batch, and names the row.
    Stop,
    /// It is left as it is; `limosa backfill rejects` shows its key and the error.
    Skip,
}

impl Manner {
    /// What is said here, and what is usual in the environment where nothing is.
    pub(super) fn options<'a>(&self, actor: &'a str, environment: &Environment) -> BackfillOptions<'a> {
        let manner = BackfillManner {
            parallel: self.parallel,
            batch_time: self.batch_time,
            batch_rows: self.batch_rows,
            pause: self.pause,
            max_lag: self.max_lag,
            max_active: self.max_active,
            max_wal: self.max_wal,
            max_transaction_age: self.max_transaction_age,
            yield_to_autovacuum: self.yield_to_autovacuum.then_some(true),
            hold_while: self.hold_while.clone(),
        };
        BackfillOptions {
            on_error: match self.on_error {
                Failing::Stop => OnError::Stop,
                Failing::Skip => OnError::Skip,
            },
            wait: self.wait,
            ..BackfillOptions::new(actor, manner.or(&environment.backfill))
        }
    }
}

fn size(text: &str) -> Result<u64, String> {
    data_size(text).ok_or_else(|| "expected a size such as 500kB, 20MB or 1.5GB".to_owned())
}
