//! What a `down` has kept, for the run that makes it again.

use limosa_plan::{Execution, Step};
use limosa_project::Script;

use super::Executor;
use crate::aside::{AsideRecord, coming_again};
use crate::event::Event;

impl Executor<'_> {
    /// What a `down` of this migration, by version and checksum, has set aside, and what its script makes again. What
    /// stays as it is kept, and why, is told.
    pub(crate) fn comes_again(
        &mut self,
        (version, checksum): (&str, &str),
        script: &Script,
        execution: &Execution,
        kept: &[AsideRecord],
    ) -> Vec<AsideRecord> {
        let own = kept.iter().filter(|record| record.version == version && record.taken_back.is_some()).cloned();
        let (same, others): (Vec<_>, Vec<_>) = own.partition(|record| record.taken_back.as_deref() == Some(checksum));
        self.tell_kept(version, &others, "the migration is another since");
        let Execution::Whole { steps, .. } = execution else {
            self.tell_kept(version, &same, "the migration does not run in one transaction");
            return Vec::new();
        };
        let steps: Vec<(&Step, &str)> = steps.iter().map(|step| (step, step.span.of(&script.source.text))).collect();
        match coming_again(&steps, &same) {
            Ok(coming) => coming,
            Err(_) => {
                self.tell_kept(version, &same, "what the migration writes cannot be told from what is kept");
                Vec::new()
            }
        }
    }

    fn tell_kept(&mut self, version: &str, records: &[AsideRecord], why: &str) {
        for record in records {
            let (what, names) = (record.subjects().join(", "), record.names().join(", "));
            let remark =
                format!("{what} stays set aside as {names}, since {why}; `limosa purge {}` removes it", record.id);
            self.observer.on(&Event::Remarked {
                service: self.service.to_owned(),
                version: version.to_owned(),
                remark,
            });
        }
    }
}
