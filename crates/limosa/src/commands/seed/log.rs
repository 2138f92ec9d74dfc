//! What a run of seeds leaves in the project's log file.

use limosa_engine::SeedRun;
use limosa_project::Project;

use super::render::{Seeded, written};
use crate::invocation::Invocation;
use crate::output::{Level, LogFile, one_line};

/// Appends a line for each seed that was run, and for each error.
pub(super) fn keep(invocation: &Invocation, project: &Project, told: &[Seeded<'_>]) {
    let Some(path) = project.logs.as_ref().and_then(|logs| logs.migration.as_ref()) else { return };
    let mut file = LogFile::new(project.path(path));
    for seeded in told {
        let service = seeded.service;
        match &seeded.result {
            Ok(report) => {
                for seed in &report.seeds {
                    let Some(counts) = seed.counts else { continue };
                    let what = written(seed, counts, SeedRun::Write);
                    file.tell(Level::Info, &format!("{service} seed {}: {what}", one_line(&seed.name)));
                }
            }
            Err(failure) => {
                for diagnostic in &failure.diagnostics {
                    let message = one_line(&diagnostic.message);
                    file.tell(Level::Error, &format!("{service} no seed was written: {message}"));
                }
            }
        }
    }
    if let Some(failure) = file.failure() {
        invocation.warn(&[failure.diagnostic()]);
    }
}
