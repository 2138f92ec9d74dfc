//! What checks find.

use std::sync::Arc;
use std::time::Duration;

use limosa_syntax::{Diagnostic, SourceFile, Span};

use crate::rows::OffendingRows;

/// How one check came out.
#[derive(Debug)]
pub struct CheckOutcome {
    /// Its name.
    pub name: String,
    /// Wall time.
    pub took: Duration,
    /// What was found.
    pub verdict: CheckVerdict,
}

/// What a check found.
#[derive(Debug)]
pub enum CheckVerdict {
    /// All is well.
    Passed,
    /// It was not run, and why.
    Skipped(String),
    /// A query returned rows.
    Rows {
        /// The file.
        source: Arc<SourceFile>,
        /// The query.
        span: Span,
        /// What it returned.
        rows: OffendingRows,
    },
    /// It could not be run to its end, or says no.
    Failed(Box<Diagnostic>),
}

impl CheckOutcome {
    /// Whether it failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.verdict, CheckVerdict::Rows { .. } | CheckVerdict::Failed(_))
    }

    /// What is to be said about a check that failed.
    #[must_use]
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        match &self.verdict {
            CheckVerdict::Passed | CheckVerdict::Skipped(_) => None,
            CheckVerdict::Failed(diagnostic) => Some((**diagnostic).clone()),
            CheckVerdict::Rows { source, span, rows } => Some(
                Diagnostic::error("check-failed", format!("the check `{}` does not hold", self.name))
                    .at(source, *span)
                    .with_label("must return no rows")
                    .with_note(format!("it returns {}:\n{}", rows.count(), rows.table())),
            ),
        }
    }
}

/// Checks that failed during a run.
#[derive(Debug)]
pub struct ChecksFailed {
    /// All that were run.
    pub outcomes: Vec<CheckOutcome>,
    /// How many migrations the run has applied.
    pub applied: usize,
    /// How many more it would have.
    pub left: usize,
}

impl ChecksFailed {
    /// Those that failed.
    pub fn failed(&self) -> impl Iterator<Item = &CheckOutcome> {
        self.outcomes.iter().filter(|outcome| outcome.is_failed())
    }

    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut diagnostics: Vec<Diagnostic> = self.failed().filter_map(CheckOutcome::diagnostic).collect();
        if let Some(last) = diagnostics.last_mut() {
            let migrations =
                |count: usize| if count == 1 { "1 migration".into() } else { format!("{count} migrations") };
            last.notes.push(match self.left {
                0 => format!("nothing was undone: {} applied by this run stay applied", migrations(self.applied)),
                left => format!(
                    "nothing was undone: {} applied by this run stay applied, and {} not begun",
                    migrations(self.applied),
                    if left == 1 { "1 more was".into() } else { format!("{left} more were") },
                ),
            });
            if last.help.is_none() {
                last.help = Some("mend what it found; `limosa check --checks --env NAME` looks again".to_owned());
            }
        }
        diagnostics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_applied_is_said_once() {
        let failed = |name: &str| CheckOutcome {
            name: name.to_owned(),
            took: Duration::ZERO,
            verdict: CheckVerdict::Failed(Box::new(Diagnostic::error("check-failed", name.to_owned()))),
        };
        let passed = CheckOutcome { name: "c".into(), took: Duration::ZERO, verdict: CheckVerdict::Passed };
        let all = ChecksFailed { outcomes: vec![failed("a"), passed, failed("b")], applied: 1, left: 2 };
        let told = all.diagnostics();
        assert_eq!(told.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(told[0].notes, Vec::<String>::new());
        let note = "nothing was undone: 1 migration applied by this run stay applied, and 2 more were not begun";
        assert_eq!(told[1].notes, [note]);
    }
}
