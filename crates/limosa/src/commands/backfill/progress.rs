//! A job as a person sees it: one line that is drawn again on a terminal, a line now and then elsewhere.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use limosa_engine::{BackfillEvent, Order};
use limosa_project::Project;

use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::duration::Calm;
use crate::output::{Level, LogFile, Verbosity, one_line, print_json, tell};

/// Off a terminal, so often.
const TOLD_EVERY: Duration = Duration::from_secs(10);

pub(super) struct Progress {
    json: bool,
    quiet: bool,
    bar: Option<ProgressBar>,
    told: Instant,
    /// The file of `[log]`, and when a batch was last told there.
    log: Option<(LogFile, Instant)>,
    /// The file of --log, in which each batch has a line.
    run_log: Option<LogFile>,
}

impl Progress {
    pub(super) fn new(invocation: &Invocation, project: &Project, run_log: Option<&Path>) -> Self {
        let log = project.logs.as_ref().and_then(|logs| logs.backfill.as_ref());
        let log = log.map(|path| (LogFile::new(project.path(path)), Instant::now()));
        let (json, quiet) = (invocation.global.json, invocation.global.verbosity() == Verbosity::Quiet);
        let bar = (!json && !quiet && !ProgressDrawTarget::stderr().is_hidden()).then(|| {
            let bar = ProgressBar::new_spinner();
            let style = ProgressStyle::with_template("  {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar
        });
        Self { json, quiet, bar, told: Instant::now(), log, run_log: run_log.map(LogFile::new) }
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
        let line = line(event);
        match (&self.bar, event) {
            (Some(bar), BackfillEvent::Batch { .. }) => {
                bar.set_message(line);
                bar.tick();
            }
            (Some(bar), _) => bar.suspend(|| tell(&format!("{line}\n"))),
            (None, BackfillEvent::Batch { .. }) if self.told.elapsed() < TOLD_EVERY => {}
            (None, _) => {
                self.told = Instant::now();
                tell(&format!("{line}\n"));
            }
        }
    }

    fn log(&mut self, event: &BackfillEvent) {
        if let Some(file) = &mut self.run_log {
            let line = match event {
                BackfillEvent::Batch { range, changed, rows, took, .. } => {
                    format!("range {range}: {changed} rows in {:.1} ms, {rows} in all", took.as_secs_f64() * 1e3)
                }
                _ => line(event),
            };
            file.tell(level(event), &line);
        }
        let Some((file, told)) = &mut self.log else { return };
        if matches!(event, BackfillEvent::Batch { .. }) {
            if told.elapsed() < TOLD_EVERY {
                return;
            }
            *told = Instant::now();
        }
        file.tell(level(event), &line(event));
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

fn level(event: &BackfillEvent) -> Level {
    match event {
        BackfillEvent::Held { .. } | BackfillEvent::Retrying { .. } => Level::Warn,
        _ => Level::Info,
    }
}

fn line(event: &BackfillEvent) -> String {
    match event {
        BackfillEvent::Begun { job, table, order, rows, expected, workers } => {
            let order = match order {
                Order::Key => "in the order of the key",
                Order::Stride => "in windows of pages, strided",
            };
            let done = if *rows > 0 { format!(", {rows} of them done") } else { String::new() };
            let workers = if *workers > 1 { format!(", {workers} workers") } else { String::new() };
            format!("job {job}: about {expected} rows of {table}{done}, {order}{workers}")
        }
        BackfillEvent::Batch { rows, expected, rate, lag, took, .. } => {
            #[expect(clippy::cast_precision_loss, reason = "for people")]
            let (share, left) = (*rows as f64 / (*expected).max(1) as f64, (expected - rows) as f64 / rate.max(1e-3));
            // Only the last look tells that all is done.
            let share = (share * 100.0).min(99.0);
            let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
            let lag = lag.map(|lag| format!("  standby {} behind", Calm(lag))).unwrap_or_default();
            format!("~{share:2.0} %  {rows} rows  {rate:.0}/s  batch {}{lag}  about {} left", Calm(*took), Calm(left))
        }
        BackfillEvent::Held { reason, .. } => format!("holding: {}", one_line(reason)),
        BackfillEvent::Released { .. } => "going on".to_owned(),
        BackfillEvent::Retrying { why, .. } => format!("a batch failed and is tried again: {}", one_line(why)),
        BackfillEvent::Remarked { remark, .. } => one_line(remark).into_owned(),
        BackfillEvent::Done { rows, rounds, checked, took, .. } => {
            let looked = match (checked, rounds) {
                (false, _) => "each visited once".to_owned(),
                (true, 1) => "none is left".to_owned(),
                (true, rounds) => format!("none is left after {rounds} rounds"),
            };
            format!("{rows} rows in {}, {looked}", Calm(*took))
        }
    }
}
