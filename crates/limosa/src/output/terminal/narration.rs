//! Which words an event gets, and which events get none.

use std::time::Duration;

use limosa_engine::{BackfillEvent, Blocker, Direction, Event, TargetOutcome};

use super::super::backfill_text::{NowAndThen, backfill_level, backfill_line};
use super::super::duration::Calm;
use super::super::event_text::{Level, checked, count, doing, done, level, notice_level, process, saved, state};
use super::super::one_line::one_line;
use super::super::style;
use super::super::table::{Alignment, Cell, Table};
use super::super::verbosity::Verbosity;
use super::super::width::{display_width, fit, padding};

/// Finished migrations of one service that get a line each before the rest is only counted.
const LINES_PER_SERVICE: usize = 20;
/// The columns that the longest duration takes, `59 min 59 s`, and the gap before it.
const TIME: usize = 13;
/// The columns before the text of a line: two spaces, a mark and a space.
const MARGIN: usize = 4;
/// The names of migrations are given this room from the first line on, so that their times mostly stand in one column.
const LABEL: usize = 52;

/// Turns the events of a run into lines.
#[derive(Debug)]
pub(super) struct Narration {
    verbosity: Verbosity,
    /// The columns that there are; `None` where lines may be of any length.
    width: Option<usize>,
    target: Target,
    batches: NowAndThen,
}

/// What was told of the target whose turn it is.
#[derive(Debug, Default)]
struct Target {
    database: String,
    headed: bool,
    finished: usize,
    /// Finished migrations that got no line.
    untold: Option<Untold>,
    /// The room for names, which grows with the longest.
    label: usize,
    /// Those who were named as being in the way.
    blockers: Vec<i32>,
}

#[derive(Debug)]
struct Untold {
    migrations: usize,
    took: Duration,
    direction: Direction,
}

impl Narration {
    pub(super) fn new(verbosity: Verbosity, width: Option<usize>) -> Self {
        Self { verbosity, width, target: Target::default(), batches: NowAndThen::default() }
    }

    /// The lines that the event gets, each with a line end; mostly one or none.
    pub(super) fn tell(&mut self, event: &Event) -> String {
        if let Event::TargetBegun { database, .. } = event {
            self.target = Target { database: database.clone(), label: LABEL, ..Target::default() };
        }
        match self.verbosity {
            Verbosity::Quiet => error_alone(event),
            Verbosity::Normal | Verbosity::Verbose => self.lines(event),
        }
    }

    fn lines(&mut self, event: &Event) -> String {
        let verbose = self.verbosity == Verbosity::Verbose;
        match event {
            Event::TargetBegun { .. } => String::new(),
            Event::Planned { service, direction, migrations } => match migrations {
                0 if verbose => self.head(service, "nothing to do in"),
                0 => String::new(),
                many if self.target.headed => {
                    self.under(service, &"·", &format!("{} {}", doing(*direction), count(*many)))
                }
                many => self.head(service, &format!("{} {} in", doing(*direction), count(*many))),
            },
            Event::LockWaiting { service, holder } => {
                let holder =
                    holder.as_deref().map_or(String::new(), |holder| format!(", held by {}", one_line(holder)));
                self.under(service, &style::warning("!"), &format!("waiting for the lock of this target{holder}"))
            }
            Event::MigrationBegun { service, version, name, .. } if verbose => {
                self.under(service, &"·", &format!("{version} {} begins", one_line(name)))
            }
            Event::StageBegun { service, version, stage, of, what } if verbose => {
                let text = format!("{version} stage {stage} of {of}: {}", one_line(what));
                self.under(service, &"·", &text)
            }
            Event::Resumed { service, version, stage, found } => {
                self.under(service, &"·", &format!("{version} resumed at stage {stage}: {}", one_line(found)))
            }
            Event::Blocked { service, version, blockers } => self.blocked(service, version, blockers),
            Event::Retrying { service, version, attempt, why, pause } if verbose => {
                let text = format!("{version} try {attempt} failed: {}; next in {}", one_line(why), Calm(*pause));
                self.under(service, &style::warning("!"), &text)
            }
            Event::Remarked { service, version, remark } => {
                self.under(service, &"·", &format!("{version} {}", one_line(remark)))
            }
            Event::Backfill { service, version, progress } => self.backfill(service, version, progress),
            Event::Notice { service, severity, message } => {
                let message = one_line(message);
                match notice_level(severity) {
                    Level::Info if !verbose => String::new(),
                    Level::Info => self.under(service, &"·", &format!("{}: {message}", severity.to_lowercase())),
                    _ => self.under(service, &style::warning("!"), &format!("{}: {message}", severity.to_lowercase())),
                }
            }
            Event::MigrationDone { service, direction, version, name, took } => {
                self.target.blockers.clear();
                self.target.finished += 1;
                if verbose || self.target.finished <= LINES_PER_SERVICE {
                    return self.finished(service, &format!("{version} {}", one_line(name)), *took);
                }
                let untold = self.target.untold.get_or_insert(Untold {
                    migrations: 0,
                    took: Duration::ZERO,
                    direction: *direction,
                });
                untold.migrations += 1;
                untold.took += *took;
                String::new()
            }
            Event::MigrationFailed { service, version, name, error } => {
                let text =
                    format!("  {} {version} {} failed: {}\n", style::failed("✗"), one_line(name), one_line(error));
                self.head_if_none(service) + &self.told_in_sum() + &text
            }
            Event::Checked { service, after, passed, skipped, failed, took } => {
                let text = checked(*passed, *skipped, failed);
                match (failed.as_slice(), after) {
                    ([], Some(_)) if !verbose => String::new(),
                    ([], Some(version)) => self.finished(service, &format!("after {version}: {text}"), *took),
                    ([], None) => self.told_in_sum() + &self.finished(service, &text, *took),
                    _ => self.under(service, &style::failed("✗"), &one_line(&text)),
                }
            }
            Event::BackupDone { service, file, bytes, rows, took } => {
                self.finished(service, &format!("{}: {}", saved(*bytes, *rows), one_line(file)), *took)
            }
            Event::TargetDone { service, outcome, .. } => {
                let sum = self.told_in_sum();
                let end = match outcome {
                    TargetOutcome::Skipped { because_of } => {
                        format!(
                            "{}: {}\n",
                            style::heading(service),
                            style::warning(format_args!("skipped because of {because_of}"))
                        )
                    }
                    TargetOutcome::Stopped { .. } => {
                        self.head_if_none(service) + &format!("  {} stopped on request\n", style::warning("◼"))
                    }
                    _ => String::new(),
                };
                self.target = Target::default();
                sum + &end
            }
            _ => String::new(),
        }
    }

    /// On a terminal the bar shows how far batches are; elsewhere a line now and then does.
    fn backfill(&mut self, service: &str, version: &str, progress: &BackfillEvent) -> String {
        let is_batch = matches!(progress, BackfillEvent::Batch { .. });
        if !self.batches.tells(progress) || is_batch && self.width.is_some() {
            return String::new();
        }
        let text = format!("{version} {}", backfill_line(progress));
        match backfill_level(progress) {
            Level::Info => self.under(service, &"·", &text),
            _ => self.under(service, &style::warning("!"), &text),
        }
    }

    fn head(&mut self, service: &str, what: &str) -> String {
        self.target.headed = true;
        format!("{}: {what} {}\n", style::heading(service), self.target.database)
    }

    fn head_if_none(&mut self, service: &str) -> String {
        if self.target.headed || self.target.database.is_empty() {
            return String::new();
        }
        self.target.headed = true;
        format!("{}: {}\n", style::heading(service), self.target.database)
    }

    /// A line of its own under the head of its service.
    fn under(&mut self, service: &str, mark: &dyn std::fmt::Display, text: &str) -> String {
        let room = self.width.map_or(usize::MAX, |width| width.saturating_sub(MARGIN));
        format!("{}{}  {mark} {}\n", self.head_if_none(service), self.told_in_sum(), fit(text, room))
    }

    fn finished(&mut self, service: &str, label: &str, took: Duration) -> String {
        let head = self.head_if_none(service);
        self.target.label = self.target.label.max(display_width(label));
        let room = self.width.map_or(usize::MAX, |width| width.saturating_sub(MARGIN + TIME));
        let columns = self.target.label.min(room);
        let label = fit(label, columns);
        let time = format!("{:>TIME$}", Calm(took));
        format!("{head}  {} {label}{}{}\n", style::done("✓"), padding(&label, columns), style::faint(time))
    }

    /// The finished migrations that got no line of their own so far, in one.
    fn told_in_sum(&mut self) -> String {
        let Some(Untold { migrations, took, direction }) = self.target.untold.take() else { return String::new() };
        let room = self.width.map_or(usize::MAX, |width| width.saturating_sub(MARGIN + TIME));
        let text = format!("… and {migrations} more {}", done(direction));
        let columns = self.target.label.min(room);
        let time = format!("{:>TIME$}", Calm(took));
        format!("  {} {text}{}{}\n", style::done("✓"), padding(&text, columns), style::faint(time))
    }

    /// Those who are in the way, each once for a migration.
    fn blocked(&mut self, service: &str, version: &str, blockers: &[Blocker]) -> String {
        let new: Vec<&Blocker> =
            blockers.iter().filter(|blocker| !self.target.blockers.contains(&blocker.pid)).collect();
        if new.is_empty() {
            return String::new();
        }
        let words =
            if self.target.blockers.is_empty() { "waiting for a lock held by" } else { "the lock is held also by" };
        let mut table = Table::new([Alignment::Left; 6]).indented(6).firm(0).firm(4);
        for blocker in new {
            self.target.blockers.push(blocker.pid);
            let cell = |text: &Option<String>| Cell::from(one_line(text.as_deref().unwrap_or_default()));
            table.push([
                process(blocker).into(),
                cell(&blocker.user),
                cell(&blocker.application),
                cell(&state(blocker)),
                format!("open for {}", Calm(blocker.age)).into(),
                cell(&blocker.query),
            ]);
        }
        let line = self.under(service, &style::warning("!"), &format!("{version} {words}"));
        line + &table.render(self.width)
    }
}

/// What is told where only errors are asked for; each line names its service, since no head does.
fn error_alone(event: &Event) -> String {
    match event {
        Event::MigrationFailed { service, version, name, error } => {
            format!("{} {service}: {version} {} failed: {}\n", style::failed("✗"), one_line(name), one_line(error))
        }
        Event::Notice { service, message, .. } if level(event) == Level::Error => {
            format!("{} {service}: {}\n", style::failed("✗"), one_line(message))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::output::sample::{a_long_run, a_migration, a_run, target_done};

    fn told(verbosity: Verbosity, width: Option<usize>, run: &[Event]) -> String {
        let mut narration = Narration::new(verbosity, width);
        let text: String = run.iter().map(|event| narration.tell(event)).collect();
        strip_str(&text).to_string()
    }

    #[test]
    fn normally() {
        insta::assert_snapshot!(told(Verbosity::Normal, None, &a_run()), @r#"
        auth: healthcare_auth (embedded)
          ! waiting for the lock of this target, held by ann@laptop, since 12 s
          · applying 3 migrations
          ✓ 20241222120600 initial_schema                               41 ms
          · 20241222140000 resumed at stage 1: the index login_attempt_ip_idx is not there
          · 20241222140000 dropped the invalid index login_attempt_ip_idx of an earlier run
          ! 20241222140000 waiting for a lock held by
              process 4711  reporting  nightly export  idle in transaction  open for 12 min 34 s  SELECT * FROM login_attempt
          ! 20241222140000 the lock is held also by
              a prepared transaction  reporting      open for 12 min 34 s
          ! warning: there is no transaction
          ✓ 20241222140000 add_index_on_login_attempt_ip                2.3 s
          ✗ 20241222160000 rename_column_in_users failed: column "fullname" does not exist
        api: skipped because of auth
        "#);
    }

    #[test]
    fn with_everything() {
        insta::assert_snapshot!(told(Verbosity::Verbose, None, &a_run()), @r#"
        auth: healthcare_auth (embedded)
          ! waiting for the lock of this target, held by ann@laptop, since 12 s
          · applying 3 migrations
          · 20241222120600 initial_schema begins
          ✓ 20241222120600 initial_schema                               41 ms
          · 20241222140000 add_index_on_login_attempt_ip begins
          · 20241222140000 resumed at stage 1: the index login_attempt_ip_idx is not there
          · 20241222140000 dropped the invalid index login_attempt_ip_idx of an earlier run
          · 20241222140000 stage 1 of 2: CREATE INDEX CONCURRENTLY login_attempt_ip_idx
          ! 20241222140000 waiting for a lock held by
              process 4711  reporting  nightly export  idle in transaction  open for 12 min 34 s  SELECT * FROM login_attempt
          ! 20241222140000 the lock is held also by
              a prepared transaction  reporting      open for 12 min 34 s
          ! 20241222140000 try 1 failed: canceling statement due to lock timeout; next in 120 ms
          · notice: relation "login_attempt" already exists, skipping
          ! warning: there is no transaction
          ✓ 20241222140000 add_index_on_login_attempt_ip                2.3 s
          ✗ 20241222160000 rename_column_in_users failed: column "fullname" does not exist
        api: skipped because of auth
        imaging: nothing to do in healthcare_imaging (embedded)
        "#);
    }

    #[test]
    fn errors_only() {
        let quiet = told(Verbosity::Quiet, None, &a_run());
        insta::assert_snapshot!(
            quiet,
            @r#"✗ auth: 20241222160000 rename_column_in_users failed: column "fullname" does not exist"#
        );
    }

    #[test]
    fn on_a_narrow_terminal_only_errors_are_longer_than_a_line() {
        for verbosity in [Verbosity::Normal, Verbosity::Verbose] {
            let text = told(verbosity, Some(80), &a_run());
            for line in text.lines().filter(|line| !line.contains('✗')) {
                assert!(display_width(line) <= 80, "{} columns: {line}\n{text}", display_width(line));
            }
        }
    }

    #[test]
    fn no_width_is_too_narrow() {
        for width in 0..40 {
            assert!(told(Verbosity::Verbose, Some(width), &a_run()).contains("fullname"));
        }
    }

    #[test]
    fn the_rest_of_many_is_summed_up() {
        let text = told(Verbosity::Normal, Some(80), &a_long_run(1_000));
        assert_eq!(text.lines().count(), 1 + LINES_PER_SERVICE + 1, "{text}");
        insta::assert_snapshot!(text.lines().skip(LINES_PER_SERVICE - 1).collect::<Vec<_>>().join("\n"), @r"
        ✓ 0019 add_table_19                                            7 ms
        ✓ 0020 add_table_20                                            7 ms
        ✓ … and 980 more applied                                      6.9 s
        ");
        assert_eq!(told(Verbosity::Verbose, None, &a_long_run(100)).matches('✓').count(), 100);
    }

    #[test]
    fn what_was_summed_up_comes_before_a_failure() {
        let mut run = a_long_run(30);
        run.pop();
        run.push(Event::MigrationFailed {
            service: "api".into(),
            version: "0031".into(),
            name: "drop_table".into(),
            error: "no".into(),
        });
        run.push(target_done("api", TargetOutcome::Failed { migrations: 30 }, 9));
        let text = told(Verbosity::Normal, None, &run);
        let (sum, failure) = (text.find("and 10 more applied").unwrap(), text.find("0031").unwrap());
        assert!(sum < failure, "{text}");
        assert_eq!(text.matches("more applied").count(), 1, "{text}");
    }

    #[test]
    fn a_stop_and_a_way_back() {
        let mut run = vec![
            Event::TargetBegun { service: "api".into(), database: "healthcare_api".into() },
            Event::Planned { service: "api".into(), direction: Direction::Down, migrations: 2 },
        ];
        run.extend(a_migration("api", Direction::Down, "20241222160001", "migrate_date_of_birth_data", 1_440));
        run.push(target_done("api", TargetOutcome::Stopped { migrations: 1 }, 2_000));
        insta::assert_snapshot!(told(Verbosity::Normal, Some(80), &run), @r"
        api: reverting 2 migrations in healthcare_api
          ✓ 20241222160001 migrate_date_of_birth_data                   1.4 s
          ◼ stopped on request
        ");
    }

    #[test]
    fn a_server_cannot_move_the_cursor() {
        let notice = Event::Notice {
            service: "api".into(),
            severity: "WARNING".into(),
            message: "\u{1b}[2J\r✓ all is well".into(),
        };
        let text = Narration::new(Verbosity::Normal, None).tell(&notice);
        assert!(!text.contains("\u{1b}[2J") && !text.contains('\r'), "{text:?}");
    }
}
