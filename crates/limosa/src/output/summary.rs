//! What came of a run, over all of its services.

use std::time::Duration;

use limosa_engine::{Direction, Event, Observer, TargetOutcome};

use super::duration::Calm;
use super::event_text::{count, done};
use super::style;
use super::table::{Alignment, Cell, Table};

/// What came of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SummaryRow {
    /// The service.
    pub(crate) service: String,
    /// Its database as people name it; `None` where its turn never came.
    pub(crate) database: Option<String>,
    /// How it ended.
    pub(crate) outcome: TargetOutcome,
    /// Wall time.
    pub(crate) took: Duration,
}

/// Collects how the services of a run ended, as an observer or row by row, and tells it: one service in a sentence,
/// several in a table with a line of totals.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    direction: Direction,
    /// The services whose turn has come, with their databases, and is not over.
    begun: Vec<(String, String)>,
    rows: Vec<SummaryRow>,
}

impl Summary {
    /// An empty summary of a run in this direction.
    pub(crate) fn new(direction: Direction) -> Self {
        Self { direction, begun: Vec::new(), rows: Vec::new() }
    }

    /// Adds a service, below those before.
    pub(crate) fn push(&mut self, row: SummaryRow) {
        self.rows.push(row);
    }

    /// The summary as text, each line with a line end; empty where there was no service. `took` is the wall time of the
    /// whole run; `width` the columns that there are.
    pub(crate) fn render(&self, took: Duration, width: Option<usize>) -> String {
        match self.rows.as_slice() {
            [] => String::new(),
            [row] => self.sentence(row),
            rows => {
                let mut table = Table::new([Alignment::Left, Alignment::Left, Alignment::Left, Alignment::Right])
                    .named(["service", "database", "outcome", "time"])
                    .firm(0)
                    .firm(3);
                for row in rows {
                    let time = match row.outcome {
                        TargetOutcome::Skipped { .. } => String::new(),
                        _ => Calm(row.took).to_string(),
                    };
                    table.push([
                        Cell::styled(row.service.as_str(), style::HEADING),
                        row.database.as_deref().unwrap_or("–").into(),
                        outcome(self.direction, &row.outcome),
                        Cell::styled(time, style::FAINT),
                    ]);
                }
                format!("{}\n{}\n", table.render(width), self.totals(took))
            }
        }
    }

    fn sentence(&self, row: &SummaryRow) -> String {
        let database = row.database.as_deref().unwrap_or(&row.service);
        let (done, time) = (done(self.direction), Calm(row.took));
        match &row.outcome {
            TargetOutcome::UpToDate => match self.direction {
                Direction::Up => format!("{} {database} is up to date\n", style::done("✓")),
                Direction::Down => format!("{} nothing to revert in {database}\n", style::done("✓")),
            },
            TargetOutcome::Changed { migrations } => {
                let preposition = match self.direction {
                    Direction::Up => "to",
                    Direction::Down => "from",
                };
                format!("{} {} {done} {preposition} {database} in {time}\n", style::done("✓"), count(*migrations))
            }
            TargetOutcome::Failed { migrations } => {
                format!("{} {database} failed{} in {time}\n", style::failed("✗"), after(*migrations, done))
            }
            TargetOutcome::Stopped { migrations } => {
                format!("{} {database} stopped{} in {time}\n", style::warning("◼"), after(*migrations, done))
            }
            TargetOutcome::Skipped { because_of } => format!("– {} skipped because of {because_of}\n", row.service),
        }
    }

    /// `31 migrations applied to 5 of 8 services in 3.4 s; 1 up to date, 1 failed, 1 skipped`.
    fn totals(&self, took: Duration) -> String {
        let (mut migrations, mut touched) = (0, 0);
        let (mut idle, mut failed, mut stopped, mut skipped) = (0, 0, 0, 0);
        for row in &self.rows {
            let of_this = match row.outcome {
                TargetOutcome::UpToDate => {
                    idle += 1;
                    0
                }
                TargetOutcome::Changed { migrations } => migrations,
                TargetOutcome::Failed { migrations } => {
                    failed += 1;
                    migrations
                }
                TargetOutcome::Stopped { migrations } => {
                    stopped += 1;
                    migrations
                }
                TargetOutcome::Skipped { .. } => {
                    skipped += 1;
                    0
                }
            };
            migrations += of_this;
            touched += usize::from(of_this > 0);
        }
        let services = self.rows.len();
        let time = Calm(took);
        let head = match (migrations, self.direction) {
            (0, Direction::Up) if idle == services => {
                return format!("all {services} services are up to date, in {time}");
            }
            (0, Direction::Up) => format!("no migration was applied to any of {services} services in {time}"),
            (0, Direction::Down) => format!("no migration was reverted in any of {services} services in {time}"),
            (_, Direction::Up) => {
                format!("{} applied to {touched} of {services} services in {time}", count(migrations))
            }
            (_, Direction::Down) => {
                format!("{} reverted in {touched} of {services} services in {time}", count(migrations))
            }
        };
        let idle_words = match self.direction {
            Direction::Up => "up to date",
            Direction::Down => "with nothing to revert",
        };
        let rest: Vec<String> = [(idle, idle_words), (failed, "failed"), (stopped, "stopped"), (skipped, "skipped")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, words)| format!("{number} {words}"))
            .collect();
        if rest.is_empty() { head } else { format!("{head}; {}", rest.join(", ")) }
    }
}

impl Observer for Summary {
    fn on(&mut self, event: &Event) {
        match event {
            Event::TargetBegun { service, database } => self.begun.push((service.clone(), database.clone())),
            Event::TargetDone { service, outcome, took } => {
                let begun = self.begun.iter().position(|(begun, _)| begun == service);
                let database = begun.map(|at| self.begun.swap_remove(at).1);
                self.push(SummaryRow { service: service.clone(), database, outcome: outcome.clone(), took: *took });
            }
            _ => {}
        }
    }
}

/// ` after 2 migrations applied,`, or nothing where there was none.
fn after(migrations: usize, done: &str) -> String {
    match migrations {
        0 => String::new(),
        some => format!(" after {} {done},", count(some)),
    }
}

fn outcome(direction: Direction, outcome: &TargetOutcome) -> Cell {
    let done = done(direction);
    match outcome {
        TargetOutcome::UpToDate => match direction {
            Direction::Up => Cell::styled("✓ up to date", style::FAINT),
            Direction::Down => Cell::styled("✓ nothing to revert", style::FAINT),
        },
        TargetOutcome::Changed { migrations } => Cell::styled(format!("✓ {migrations} {done}"), style::DONE),
        TargetOutcome::Failed { migrations: 0 } => Cell::styled("✗ failed", style::FAILED),
        TargetOutcome::Failed { migrations } => {
            Cell::styled(format!("✗ failed after {migrations} {done}"), style::FAILED)
        }
        TargetOutcome::Stopped { migrations: 0 } => Cell::styled("◼ stopped", style::WARNING),
        TargetOutcome::Stopped { migrations } => {
            Cell::styled(format!("◼ stopped after {migrations} {done}"), style::WARNING)
        }
        TargetOutcome::Skipped { because_of } => {
            Cell::styled(format!("– skipped because of {because_of}"), style::WARNING)
        }
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::output::sample::a_run;

    fn summary(direction: Direction, outcomes: &[(&str, TargetOutcome)]) -> String {
        let mut summary = Summary::new(direction);
        for (service, outcome) in outcomes {
            let turn_came = !matches!(outcome, TargetOutcome::Skipped { .. });
            summary.push(SummaryRow {
                service: (*service).to_owned(),
                database: turn_came.then(|| format!("healthcare_{service}")),
                outcome: outcome.clone(),
                took: Duration::from_millis(1_234),
            });
        }
        strip_str(&summary.render(Duration::from_millis(3_400), Some(100))).to_string()
    }

    #[test]
    fn a_table_over_several_services() {
        insta::assert_snapshot!(summary(Direction::Up, &[
            ("auth", TargetOutcome::Changed { migrations: 4 }),
            ("api", TargetOutcome::Failed { migrations: 1 }),
            ("telehealth", TargetOutcome::Skipped { because_of: "api".into() }),
            ("pharmacy", TargetOutcome::UpToDate),
            ("imaging", TargetOutcome::Stopped { migrations: 0 }),
            ("laboratory", TargetOutcome::Failed { migrations: 0 }),
        ]), @r"
        service     database               outcome                    time
        auth        healthcare_auth        ✓ 4 applied               1.2 s
        api         healthcare_api         ✗ failed after 1 applied  1.2 s
        telehealth  –                      – skipped because of api
        pharmacy    healthcare_pharmacy    ✓ up to date              1.2 s
        imaging     healthcare_imaging     ◼ stopped                 1.2 s
        laboratory  healthcare_laboratory  ✗ failed                  1.2 s

        5 migrations applied to 2 of 6 services in 3.4 s; 1 up to date, 2 failed, 1 stopped, 1 skipped
        ");
    }

    #[test]
    fn the_way_back() {
        insta::assert_snapshot!(summary(Direction::Down, &[
            ("auth", TargetOutcome::Changed { migrations: 2 }),
            ("api", TargetOutcome::UpToDate),
        ]), @r"
        service  database         outcome               time
        auth     healthcare_auth  ✓ 2 reverted         1.2 s
        api      healthcare_api   ✓ nothing to revert  1.2 s

        2 migrations reverted in 1 of 2 services in 3.4 s; 1 with nothing to revert
        ");
    }

    #[test]
    fn the_totals_say_when_nothing_was_done() {
        let last = |text: String| text.lines().last().unwrap_or_default().to_owned();
        let idle = ("auth", TargetOutcome::UpToDate);
        assert_eq!(
            last(summary(Direction::Up, &[idle.clone(), idle.clone()])),
            "all 2 services are up to date, in 3.4 s"
        );
        assert_eq!(
            last(summary(Direction::Up, &[("api", TargetOutcome::Failed { migrations: 0 }), idle])),
            "no migration was applied to any of 2 services in 3.4 s; 1 up to date, 1 failed"
        );
    }

    #[test]
    fn one_service_is_told_in_a_sentence() {
        let mut told = String::new();
        for direction in [Direction::Up, Direction::Down] {
            for outcome in [
                TargetOutcome::UpToDate,
                TargetOutcome::Changed { migrations: 1 },
                TargetOutcome::Failed { migrations: 0 },
                TargetOutcome::Stopped { migrations: 7 },
                TargetOutcome::Skipped { because_of: "api".into() },
            ] {
                told.push_str(&summary(direction, &[("auth", outcome)]));
            }
        }
        insta::assert_snapshot!(told, @r"
        ✓ healthcare_auth is up to date
        ✓ 1 migration applied to healthcare_auth in 1.2 s
        ✗ healthcare_auth failed in 1.2 s
        ◼ healthcare_auth stopped after 7 migrations applied, in 1.2 s
        – auth skipped because of api
        ✓ nothing to revert in healthcare_auth
        ✓ 1 migration reverted from healthcare_auth in 1.2 s
        ✗ healthcare_auth failed in 1.2 s
        ◼ healthcare_auth stopped after 7 migrations reverted, in 1.2 s
        – auth skipped because of api
        ");
    }

    #[test]
    fn it_can_be_collected_from_events() {
        let mut summary = Summary::new(Direction::Up);
        for event in a_run() {
            summary.on(&event);
        }
        let rows: Vec<_> = summary.rows.iter().map(|row| (row.service.as_str(), row.database.as_deref())).collect();
        assert_eq!(
            rows,
            [
                ("auth", Some("healthcare_auth (embedded)")),
                ("api", None),
                ("imaging", Some("healthcare_imaging (embedded)")),
            ]
        );
    }

    #[test]
    fn no_service_no_words() {
        assert_eq!(summary(Direction::Up, &[]), "");
    }
}
