//! How far a backup is: one line that is drawn again on a terminal, a line now and then elsewhere.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use limosa_engine::{BackupEvent, bytes_for_people};

use crate::invocation::Invocation;
use crate::output::{Verbosity, one_line, print_json, redrawn_line, tell};

/// Off a terminal, so often.
const TOLD_EVERY: Duration = Duration::from_secs(10);

pub(crate) struct Progress {
    json: bool,
    quiet: bool,
    tables: Option<usize>,
    bar: Option<ProgressBar>,
    told: Instant,
}

impl Progress {
    pub(crate) fn new(invocation: &Invocation) -> Self {
        let (json, quiet) = (invocation.global.json, invocation.global.verbosity() == Verbosity::Quiet);
        let bar = if json || quiet { None } else { redrawn_line() };
        Self { json, quiet, tables: None, bar, told: Instant::now() }
    }

    pub(crate) fn on(&mut self, event: &BackupEvent) {
        if let BackupEvent::Begun { tables, .. } = event {
            self.tables = *tables;
        }
        if self.json {
            print_json(event);
            return;
        }
        if self.quiet {
            return;
        }
        let line = self.line(event);
        match (&self.bar, event) {
            (Some(bar), BackupEvent::Progress { .. } | BackupEvent::Verifying) => {
                bar.set_message(line);
                bar.tick();
            }
            (Some(bar), _) => bar.suspend(|| tell(&format!("{line}\n"))),
            (None, BackupEvent::Verifying) => {}
            (None, BackupEvent::Progress { .. }) if self.told.elapsed() < TOLD_EVERY => {}
            (None, _) => {
                self.told = Instant::now();
                tell(&format!("{line}\n"));
            }
        }
    }

    /// Takes the line away.
    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn line(&self, event: &BackupEvent) -> String {
        match event {
            BackupEvent::Begun { database, tables: Some(1) } => format!("saving 1 table of {database}"),
            BackupEvent::Begun { database, tables: Some(tables) } => format!("saving {tables} tables of {database}"),
            BackupEvent::Begun { database, tables: None } => format!("saving {database}"),
            BackupEvent::Progress { table, tables_done, rows, bytes, took } => {
                #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let rate = (*bytes as f64 / took.as_secs_f64().max(1e-3)) as u64;
                let (bytes, rate) = (bytes_for_people(*bytes), bytes_for_people(rate));
                match (table, self.tables) {
                    (Some(table), Some(tables)) => {
                        let (table, at) = (one_line(table), tables_done + 1);
                        format!("table {at} of {tables}, {table}: {rows} rows, {bytes}, {rate}/s")
                    }
                    _ => format!("{bytes}, {rate}/s"),
                }
            }
            BackupEvent::Verifying => "reading it again".to_owned(),
            BackupEvent::Remarked { remark } => one_line(remark).into_owned(),
        }
    }
}
