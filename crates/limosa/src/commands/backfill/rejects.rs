//! The rows that a job left as they are.

use clap::Args;
use limosa_engine::{Reject, StopSignal, Target, backfill_rejects};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::one_target::on_target;
use crate::output::{self, Alignment, Table, one_line, terminal_width};

#[derive(Debug, Args)]
pub(super) struct Rejects {
    /// The number of a job; those of all where there is none.
    job: Option<i32>,
}

impl Rejects {
    pub(super) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let look = async |target: Target, _: StopSignal| Ok(backfill_rejects(&target, self.job).await?);
        let rejects: Vec<Reject> = on_target(invocation, "backfill", look).await?;
        if invocation.global.json {
            output::print_json(&rejects);
            return Ok(Exit::Done);
        }
        if rejects.is_empty() {
            invocation.say("no row was left as it is");
            return Ok(Exit::Done);
        }
        let columns = [Alignment::Right, Alignment::Left, Alignment::Left, Alignment::Left];
        let mut table = Table::new(columns).named(["job", "table", "key", "error"]);
        for reject in rejects {
            let key = reject.key.join(", ");
            table.push([
                reject.job.to_string().into(),
                reject.table.into(),
                one_line(&key).into_owned().into(),
                one_line(&reject.error).into_owned().into(),
            ]);
        }
        output::print(&table.render(terminal_width()));
        Ok(Exit::Done)
    }
}
