//! The end of an online change: one transaction, with its record.

use limosa_plan::{Execution, Step};

use super::{Executor, Job};
use crate::history::{self, Prepared};
use crate::run_error::RunError;

impl Executor<'_> {
    /// Runs the statements that come before the end, in one transaction that is tried again while its locks are not to
    /// be had. Nothing is put on record: whoever comes next begins with them again.
    pub(crate) async fn before_online(&mut self, job: &Job<'_>) -> Result<(), RunError> {
        self.blockers.clear();
        let steps: Vec<Step> = job.execution.steps().cloned().collect();
        let done = self.run_transaction(job, None, (&steps, &[]), &[], false).await;
        if let Err(error) = &done {
            self.record_failure(job, error).await;
        }
        done
    }

    /// Runs the statements with what is put on record, in one transaction that is tried again while its locks are not
    /// to be had. `kind` is that of the event.
    pub(crate) async fn end_online(
        &mut self,
        job: &Job<'_>,
        kind: &str,
        detail: String,
        mut record: Vec<String>,
    ) -> Result<(), RunError> {
        self.blockers.clear();
        let steps: Vec<Step> = job.execution.steps().cloned().collect();
        let begin = match job.execution {
            Execution::Whole { begin, .. } => *begin,
            Execution::Staged(_) => None,
        };
        let event = self.event(job, kind, Some(detail));
        let (event, link) = history::append_event(self.schema, &self.last, &event, Prepared::No);
        record.push(event);
        match self.run_transaction(job, begin, (&steps, &[]), &record, true).await {
            Ok(()) => {
                self.last = link;
                Ok(())
            }
            Err(error) => {
                self.record_failure(job, &error).await;
                Err(error)
            }
        }
    }
}
