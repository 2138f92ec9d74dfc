//! A seed that is run, and its place among the others.

use std::collections::BTreeMap;

use limosa_plan::Step;
use limosa_postgres::ServerError;
use limosa_project::SeedMode;
use limosa_syntax::Diagnostic;

use super::error::SeedError;
use super::order::{Place, Tie};
use super::prepare::ChosenSeed;
use super::report::{RowDifference, SeedCounts, SeedOutcome};
use super::work::{TableWork, spelled};

/// A seed that is run, ready for it.
pub(super) enum Work<'a> {
    /// Rows of a table.
    Table(Box<TableWork<'a>>),
    /// The statements of a script.
    Script(Vec<Step>),
}

/// A seed that is run, and what came of it so far.
pub(super) struct Task<'a> {
    pub(super) chosen: &'a ChosenSeed<'a>,
    pub(super) work: Work<'a>,
    /// Whether its rows went straight into an empty table, and so were compared with none.
    pub(super) straight: bool,
    pub(super) counts: SeedCounts,
    pub(super) differences: Vec<RowDifference>,
    /// What a run in earnest would be refused for.
    pub(super) warnings: Vec<Diagnostic>,
}

impl<'a> Task<'a> {
    pub(super) fn new(chosen: &'a ChosenSeed<'a>, work: Work<'a>) -> Self {
        let (differences, warnings) = (Vec::new(), Vec::new());
        Self { chosen, work, straight: false, counts: SeedCounts::default(), differences, warnings }
    }

    /// What is told of it.
    pub(super) fn outcome(self) -> SeedOutcome {
        SeedOutcome {
            table: match &self.work {
                Work::Table(work) => Some(work.relation.name.to_string()),
                Work::Script(_) => None,
            },
            counts: Some(self.counts),
            differences: self.differences,
            warnings: self.warnings,
            ..self.chosen.outcome()
        }
    }

    /// What its place depends on.
    pub(super) fn place(&self) -> Place {
        let name = self.chosen.seed.name.to_string();
        let Work::Table(work) = &self.work else { return Place { name, table: None, ties: Vec::new() } };
        let position = |name: &String| work.columns.iter().position(|column| column.name.as_str() == name);
        let may_wait = |at: &usize| {
            let column = &work.columns[*at];
            !column.facts.not_null && !column.in_key && !column.facts.identity_always
        };
        let mut ties = Vec::new();
        for key in &work.relation.foreign_keys {
            let columns: Vec<usize> = key.columns.iter().filter_map(position).collect();
            if columns.is_empty() {
                continue;
            }
            ties.push(Tie {
                to: key.to,
                deferrable: key.deferrable.then(|| key.name.clone()),
                looked_up: columns.iter().any(|at| work.columns[*at].lookup.is_some()),
                nullable: columns.into_iter().filter(may_wait).collect(),
            });
        }
        for (at, column) in work.columns.iter().enumerate() {
            if let Some(lookup) = &column.lookup {
                let nullable = Some(at).filter(may_wait).into_iter().collect();
                ties.push(Tie { to: lookup.oid, deferrable: None, looked_up: true, nullable });
            }
        }
        Place { name, table: Some(work.relation.oid), ties }
    }
}

/// Two seeds of one table of which one deletes what the other has, again and again.
pub(super) fn shared_tables(tasks: &[Task<'_>]) -> Vec<Diagnostic> {
    let mut of_table: BTreeMap<u32, Vec<&TableWork<'_>>> = BTreeMap::new();
    for task in tasks {
        if let Work::Table(work) = &task.work {
            of_table.entry(work.relation.oid).or_default().push(work);
        }
    }
    let mut problems = Vec::new();
    for works in of_table.values().filter(|works| works.len() > 1) {
        let unowned = works.iter().find(|it| it.settings.mode == SeedMode::Sync && it.settings.owner.is_none());
        if let Some(work) = unowned {
            let others: Vec<String> = works
                .iter()
                .map(|it| format!("`{}`", it.seed.name))
                .filter(|it| *it != format!("`{}`", work.seed.name))
                .collect();
            let message = format!(
                "`{}` deletes all rows of {} that it does not hold, and {} fills it too",
                work.seed.name,
                spelled(&work.relation.name),
                others.join(", ")
            );
            let error = Diagnostic::error("shared-table", message).in_file(work.source());
            problems.push(
                error.with_help(format!("say which rows are its own: `owner = \"…\"` in [seed.{}]", work.seed.name)),
            );
        }
    }
    problems
}

/// A constraint that was checked at the end, told of the seed whose table has it.
pub(super) fn constraint_refused(tasks: &[Task<'_>], error: ServerError) -> SeedError {
    let table = error.database().and_then(|database| database.table.clone());
    let of_table = tasks.iter().find(|task| match &task.work {
        Work::Table(work) => Some(work.relation.name.name.as_str()) == table.as_deref(),
        Work::Script(_) => false,
    });
    match of_table.or(tasks.first()) {
        Some(task) => {
            let seed = task.chosen.seed;
            SeedError::refused(seed.name.as_str(), &seed.source, None, error, &|text| task.chosen.mask(text))
        }
        None => error.into(),
    }
}
