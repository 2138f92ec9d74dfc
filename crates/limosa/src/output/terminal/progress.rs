//! The bar over the migrations of the service whose turn it is.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use limosa_engine::{BackfillEvent, Blocker, Event};

use super::super::backfill_text::backfill_line;
use super::super::duration::Calm;
use super::super::event_text::blocker;
use super::super::one_line::one_line;
use super::super::width::{fit, terminal_width};

/// Between two drawings; nothing but this clock and lines above the bar draw it, so it costs the same whatever happens.
const REDRAWN_EVERY: Duration = Duration::from_millis(100);

/// A bar on stderr with the number of migrations done, rate, time and what is under way; below it, while a lock is
/// waited for, who holds it.
#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    waiting: bool,
}

impl Progress {
    /// No bar yet; it comes when a service has something to do. `None` where stderr is no terminal, or one that cannot
    /// draw a line again.
    pub(super) fn stderr() -> Option<Self> {
        (!ProgressDrawTarget::stderr().is_hidden()).then_some(Self { bar: None, waiting: false })
    }

    /// Writes lines above the bar.
    pub(super) fn above(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the event into the bar.
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Planned { migrations, .. } if *migrations > 0 => {
                self.clear();
                let bar =
                    ProgressBar::with_draw_target(Some(*migrations as u64), ProgressDrawTarget::stderr_with_hz(15));
                bar.set_style(style(Layout::Running));
                bar.enable_steady_tick(REDRAWN_EVERY);
                self.bar = Some(bar);
            }
            Event::TargetBegun { .. } | Event::TargetDone { .. } => self.clear(),
            _ => self.update(event),
        }
    }

    fn update(&mut self, event: &Event) {
        let Some(bar) = &self.bar else { return };
        if let Some(text) = waiting(event) {
            let columns = terminal_width().unwrap_or(80).saturating_sub(5);
            bar.set_prefix(fit(&one_line(&text), columns).into_owned());
            if !std::mem::replace(&mut self.waiting, true) {
                bar.set_style(style(Layout::Waiting));
            }
            return;
        }
        let running = match event {
            Event::MigrationBegun { version, name, .. } => format!("{version} {name}"),
            Event::StageBegun { version, stage, of, what, .. } => format!("{version} stage {stage} of {of}: {what}"),
            Event::Backfill { version, progress: progress @ BackfillEvent::Batch { .. }, .. } => {
                format!("{version} {}", backfill_line(progress))
            }
            Event::MigrationDone { .. } => {
                bar.inc(1);
                self.run_on();
                return;
            }
            Event::MigrationFailed { .. } => {
                self.run_on();
                return;
            }
            _ => return,
        };
        bar.set_message(one_line(&running).into_owned());
        self.run_on();
    }

    /// Takes away the line about waiting.
    fn run_on(&mut self) {
        if let (true, Some(bar)) = (std::mem::take(&mut self.waiting), &self.bar) {
            bar.set_style(style(Layout::Running));
        }
    }

    fn clear(&mut self) {
        self.waiting = false;
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What is waited for, if the event says so.
fn waiting(event: &Event) -> Option<String> {
    match event {
        Event::LockWaiting { holder: Some(holder), .. } => {
            Some(format!("waiting for the lock of this target, held by {holder}"))
        }
        Event::LockWaiting { holder: None, .. } => Some("waiting for the lock of this target".to_owned()),
        Event::Blocked { blockers, .. } => Some(held_up_by(blockers)),
        Event::Retrying { attempt, why, pause, .. } => {
            Some(format!("try {attempt} failed: {why}; next in {}", Calm(*pause)))
        }
        _ => None,
    }
}

fn held_up_by(blockers: &[Blocker]) -> String {
    match blockers {
        [] => "waiting for a lock".to_owned(),
        [one] => format!("waiting for a lock held by {}", blocker(one)),
        [first, others @ ..] => format!("waiting for a lock held by {}, and {} more", blocker(first), others.len()),
    }
}

#[derive(Debug, Clone, Copy)]
enum Layout {
    Running,
    Waiting,
}

impl Layout {
    fn template(self) -> &'static str {
        match self {
            Self::Running => "  {bar:20.green} {pos}/{len}  {rate}  {time}  {wide_msg}",
            Self::Waiting => "  {bar:20.yellow} {pos}/{len}  {rate}  {time}  {wide_msg}\n  ! {prefix:.yellow}",
        }
    }
}

fn style(layout: Layout) -> ProgressStyle {
    // A template that cannot be read leaves the library's own bar, which is no reason to end a run.
    ProgressStyle::with_template(layout.template())
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = out.write_str(&rate(state.per_sec()));
        })
        .with_key("time", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{}", Calm(state.elapsed()));
        })
}

/// `86/s`, `2.5/s`, `12/min`.
fn rate(per_second: f64) -> String {
    if per_second >= 9.95 {
        format!("{per_second:.0}/s")
    } else if per_second >= 1.0 {
        format!("{per_second:.1}/s")
    } else {
        format!("{:.0}/min", per_second * 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample::a_run;

    #[test]
    fn the_templates_can_be_read() {
        for layout in [Layout::Running, Layout::Waiting] {
            ProgressStyle::with_template(layout.template()).unwrap();
        }
    }

    #[test]
    fn rates_read_calmly() {
        for (per_second, text) in [(86.4, "86/s"), (9.96, "10/s"), (2.54, "2.5/s"), (0.2, "12/min"), (0.0, "0/min")] {
            assert_eq!(rate(per_second), text);
        }
    }

    #[test]
    fn the_first_in_the_way_is_named() {
        let told: Vec<String> = a_run().iter().filter_map(waiting).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        waiting for the lock of this target, held by ann@laptop, since 12 s
        waiting for a lock held by process 4711, user reporting, application nightly export, idle in transaction, open for 12 min 34 s
        waiting for a lock held by process 4711, user reporting, application nightly export, idle in transaction, open for 12 min 34 s, and 1 more
        try 1 failed: canceling statement due to lock timeout; next in 120 ms
        ");
    }
}
