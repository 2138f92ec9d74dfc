//! How far jobs are.

use clap::Args;
use limosa_engine::{Job, JobState, StopSignal, Target, backfill_jobs};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::one_target::on_target;
use crate::output::duration::Calm;
use crate::output::{self, Alignment, Table, one_line, terminal_width};

#[derive(Debug, Args)]
pub(super) struct Status {
    /// So many of the newest.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    newest: usize,
}

impl Status {
    pub(super) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let mut jobs =
            on_target(invocation, "backfill", async |target: Target, _: StopSignal| Ok(backfill_jobs(&target).await?))
                .await?;
        jobs.truncate(self.newest);
        if invocation.global.json {
            output::print_json(&jobs.iter().map(json).collect::<Vec<_>>());
            return Ok(Exit::Done);
        }
        if jobs.is_empty() {
            invocation.say("there was no backfill yet");
            return Ok(Exit::Done);
        }
        let columns = [
            Alignment::Right,
            Alignment::Left,
            Alignment::Left,
            Alignment::Right,
            Alignment::Right,
            Alignment::Right,
            Alignment::Left,
        ];
        let mut table = Table::new(columns).named(["job", "table", "state", "rows", "of about", "busy", "note"]);
        for job in &jobs {
            let note = match (&job.error, job.state) {
                (Some(error), _) => one_line(error).into_owned(),
                (None, JobState::Running) if !job.is_attended => format!("cut off; `limosa {}` goes on", goes_on(job)),
                (None, JobState::Running) => format!("last batch {} ago", Calm(job.seen)),
                _ => String::new(),
            };
            table.push([
                job.number.to_string().into(),
                job.relation.clone().into(),
                job.state.word().into(),
                job.rows.to_string().into(),
                job.expected.max(job.rows).to_string().into(),
                Calm(job.busy).to_string().into(),
                note.into(),
            ]);
        }
        output::print(&table.render(terminal_width()));
        Ok(Exit::Done)
    }
}

/// The command that goes on with a job.
fn goes_on(job: &Job) -> &'static str {
    job.migration.as_ref().map_or("backfill resume", |migration| migration.direction.word())
}

/// A job as JSON.
pub(super) fn json(job: &Job) -> Value {
    json!({
        "job": job.number,
        "table": job.relation,
        "state": job.state,
        "rows": job.rows,
        "expected": job.expected,
        "batches": job.batches,
        "busy_ms": job.busy.as_secs_f64() * 1e3,
        "error": job.error,
        "migration": job.migration.as_ref().map(|it| json!({ "version": it.version, "direction": it.direction })),
        "actor": job.actor,
        "attended": job.is_attended,
    })
}
