//! A job as a person sees it: one line that is drawn again on a terminal, a line now and then elsewhere.

use std::path::Path;

use indicatif::ProgressBar;
use limosa_engine::BackfillEvent;
use limosa_project::Project;

use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{
    Level, LogFile, NowAndThen, Verbosity, backfill_level, backfill_line, one_line, print_json, redrawn_line, tell,
};

pub(super) struct Progress {
    json: bool,
    quiet: bool,
    bar: Option<ProgressBar>,
    told: NowAndThen,
    /// The file of `[log]`.
    log: Option<(LogFile, NowAndThen)>,
    /// The file of --log, in which each batch has a line.
    run_log: Option<LogFile>,
}

impl Progress {
    pub(super) fn new(invocation: &Invocation, project: &Project, run_log: Option<&Path>) -> Self {
        let log = project.logs.as_ref().and_then(|logs| logs.backfill.as_ref());
        let log = log.map(|path| (LogFile::new(project.path(path)), NowAndThen::default()));
        let (json, quiet) = (invocation.global.json, invocation.global.verbosity() == Verbosity::Quiet);
        let bar = if json || quiet { None } else { redrawn_line() };
        Self { json, quiet, bar, told: NowAndThen::default(), log, run_log: run_log.map(LogFile::new) }
    }

    pub(super) fn on(&mut self, event: &BackfillEvent) {
        self.log(event);
        if self.json {
            print_json(event);
            return;
        }
        if self.quiet {
            return;
        }
        let line = backfill_line(event);
        match (&self.bar, event) {
            (Some(bar), BackfillEvent::Batch { .. }) => {
                bar.set_message(line);
                bar.tick();
            }
            (Some(bar), _) => bar.suspend(|| tell(&format!("{line}\n"))),
            (None, _) if self.told.tells(event) => tell(&format!("{line}\n")),
            (None, _) => {}
        }
    }

    fn log(&mut self, event: &BackfillEvent) {
        if let Some(file) = &mut self.run_log {
            let line = match event {
                BackfillEvent::Batch { range, changed, rows, took, .. } => {
                    format!("range {range}: {changed} rows in {:.1} ms, {rows} in all", took.as_secs_f64() * 1e3)
                }
                _ => backfill_line(event),
            };
            file.tell(backfill_level(event), &line);
        }
        let Some((file, told)) = &mut self.log else { return };
        if told.tells(event) {
            file.tell(backfill_level(event), &backfill_line(event));
        }
    }

    /// Takes the line away; tells how the run ended where that was not well, and what kept the log from being written.
    pub(super) fn end<T>(mut self, invocation: &Invocation, result: &Result<T, Failure>) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        for mut file in self.log.take().map(|(file, _)| file).into_iter().chain(self.run_log.take()) {
            for diagnostic in result.as_ref().err().iter().flat_map(|failure| &failure.diagnostics) {
                file.tell(Level::Error, &one_line(&diagnostic.message));
            }
            if let Some(failure) = file.failure() {
                invocation.warn(&[failure.diagnostic()]);
            }
        }
    }
}
