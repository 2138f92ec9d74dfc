//! Files of which something is demanded.

use std::time::Instant;

use limosa_engine::{CheckOutcome, CheckVerdict};
use limosa_project::{FileCheck, FileFacts, FileVerdict, PendingName, Project};
use limosa_syntax::Diagnostic;

/// Checks a file of `[check]` against what is known.
pub(crate) fn check_file(
    check: &FileCheck,
    project: &Project,
    pending: Option<&[PendingName]>,
    changed: Option<&[String]>,
) -> CheckOutcome {
    let begun = Instant::now();
    let bytes = std::fs::read(project.path(&check.path)).ok();
    let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let verdict = match check.judge(FileFacts { text: text.as_deref(), pending, changed }) {
        FileVerdict::Passed => CheckVerdict::Passed,
        FileVerdict::Unknown(why) => CheckVerdict::Skipped(why),
        FileVerdict::Failed(wrong) => {
            let mut diagnostic = Diagnostic::error("check-failed", format!("the check `{}` does not hold", check.name));
            diagnostic.notes = wrong;
            CheckVerdict::Failed(Box::new(diagnostic))
        }
    };
    CheckOutcome { name: check.name.clone(), took: begun.elapsed(), verdict }
}
