//! Statements under `-- limosa: backfill`.

use std::collections::BTreeMap;
use std::sync::Arc;

use limosa_catalog::Identifier;
use limosa_syntax::{
    BackfillDirective, BatchedAssignment, BatchedChange, BatchedStatement, Diagnostic, Directive, PlacedDirective,
    Script, SourceFile, Span, batched_statement,
};

use super::Step;

/// A change of rows that is run in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillStep {
    /// The statement as it stands in the file.
    pub step: Step,
    /// Its parts; spans count in the file.
    pub statement: BatchedStatement,
    /// What is said of its batches.
    pub directive: BackfillDirective,
    /// Where that is said.
    pub place: Span,
}

impl BackfillStep {
    /// That it stands between the file's own `BEGIN` and `COMMIT`.
    pub(super) fn in_transaction(&self, source: &Arc<SourceFile>) -> Diagnostic {
        Diagnostic::error("backfill-in-transaction", "a backfill cannot be in a transaction of the file")
            .at(source, self.place)
            .with_label("each of its batches commits by itself")
            .with_help("take `BEGIN` and `COMMIT` away: a migration is a transaction by itself wherever it can be")
    }
}

/// The statements of a script that are to be run in batches, by their numbers.
pub(super) fn find(
    source: &Arc<SourceFile>,
    script: &Script,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<usize, BackfillStep> {
    let mut found: BTreeMap<usize, BackfillStep> = BTreeMap::new();
    for PlacedDirective { span: place, directive, statement } in &script.directives {
        let Directive::Backfill(directive) = directive else { continue };
        let under = statement.and_then(|index| Some((index, script.statements.get(index)?)));
        let Some((index, under)) = under else {
            errors.push(
                Diagnostic::error("backfill-of-nothing", "no statement stands under this directive")
                    .at(source, *place)
                    .with_help("put it on the line before an `UPDATE`, `DELETE` or `INSERT … SELECT`"),
            );
            continue;
        };
        if found.contains_key(&index) {
            errors.push(
                Diagnostic::error("backfill-twice", "a statement is run in batches in one way")
                    .at(source, *place)
                    .with_label("a second directive `backfill` for the same statement")
                    .with_help("write all of its words in one line"),
            );
            continue;
        }
        match batched_statement(&source.text, under.span) {
            Ok(statement) => {
                errors.extend(default_problems(source, &statement, directive, *place));
                let step = Step::of(under);
                found.insert(index, BackfillStep { step, statement, directive: directive.clone(), place: *place });
            }
            Err(problems) => errors.extend(problems.into_iter().map(|problem| problem.into_diagnostic(source))),
        }
    }
    found
}

/// `DEFAULT` stands for ids that are made here, where the directive says which, and for nothing else.
fn default_problems(
    source: &Arc<SourceFile>,
    statement: &BatchedStatement,
    directive: &BackfillDirective,
    place: Span,
) -> Option<Diagnostic> {
    let assignments: &[BatchedAssignment] = match &statement.change {
        BatchedChange::Update { assignments, from: None } => assignments,
        BatchedChange::Update { assignments, from: Some(from) } => {
            if directive.generate.is_some() {
                return Some(only_defaults(source, *from, None));
            }
            assignments
        }
        BatchedChange::Insert { .. } | BatchedChange::Delete => &[],
    };
    match &directive.generate {
        Some((column, _)) => match assignments {
            [BatchedAssignment { column: set, value: None, .. }] if set == column => None,
            _ => Some(only_defaults(source, place, Some(column))),
        },
        None => assignments.iter().find(|assignment| assignment.value.is_none()).map(|assignment| {
            Diagnostic::error("backfill-default", "a default is not known to batches")
                .at(source, assignment.span)
                .with_label("which value?")
                .with_help(format!(
                    "write the expression; ids are made by `-- limosa: backfill generate {}=cuid2`",
                    assignment.column.for_people()
                ))
        }),
    }
}

fn only_defaults(source: &Arc<SourceFile>, at: Span, column: Option<&Identifier>) -> Diagnostic {
    let column = column.map_or_else(|| "column".to_owned(), |column| column.to_string());
    Diagnostic::error("backfill-generate", "ids are made for one column, and for nothing else in the statement")
        .at(source, at)
        .with_help(format!("write the statement as `UPDATE t SET {column} = DEFAULT WHERE {column} IS NULL`"))
}

#[cfg(test)]
mod tests {
    use super::super::{Execution, Mode, Stage, plan_execution};
    use super::*;

    /// The stages of a text, or what is wrong with it: the code and what is underlined.
    fn staged(text: &str, mode: Mode) -> Vec<String> {
        let source = Arc::new(SourceFile { path: "001_a.sql".into(), text: text.into() });
        let tags = |steps: &[Step]| steps.iter().map(|step| step.tag.clone()).collect::<Vec<_>>().join(", ");
        match plan_execution(&source, &Script::parse(text), mode) {
            Ok(Execution::Whole { steps, .. }) => vec![format!("whole: {}", tags(&steps))],
            Ok(Execution::Staged(stages)) => {
                let each = stages.iter().map(|stage| match stage {
                    Stage::Transaction { steps, .. } => format!("together: {}", tags(steps)),
                    Stage::Alone { step, .. } => format!("alone: {}", step.tag),
                    Stage::Backfill(backfill) => format!("batches: {}", backfill.statement.table.of(text)),
                });
                each.collect()
            }
            Err(errors) => {
                let underlined = |error: &Diagnostic| error.span.map(|span| span.of(text)).unwrap_or_default();
                errors.iter().map(|error| format!("{}: {}", error.code, underlined(error))).collect()
            }
        }
    }

    #[test]
    fn a_backfill_is_a_stage_of_its_own() {
        let text = "ALTER TABLE t ADD COLUMN a int;\nALTER TABLE t ADD COLUMN b int;\n-- limosa: backfill\n\
                    UPDATE t SET a = 1;\nUPDATE t SET b = 1;\nDELETE FROM u; -- limosa: backfill\n\
                    ALTER TABLE t ALTER COLUMN a SET NOT NULL;";
        for mode in [Mode::Auto, Mode::Off] {
            let stages = staged(text, mode);
            assert_eq!(stages.iter().filter(|stage| stage.starts_with("batches")).count(), 2, "{stages:?}");
        }
        assert_eq!(
            staged(text, Mode::Auto),
            [
                "together: ALTER TABLE, ALTER TABLE",
                "batches: t",
                "together: UPDATE",
                "batches: u",
                "together: ALTER TABLE"
            ]
        );
        assert_eq!(staged("-- limosa: backfill batch-rows 10\nDELETE FROM u", Mode::Auto), ["batches: u"]);
    }

    #[test]
    fn what_cannot_be_done_in_batches_is_told_with_its_place() {
        for (text, found) in [
            ("-- limosa: backfill\n\nUPDATE t SET a = 1", vec!["backfill-of-nothing: -- limosa: backfill"]),
            ("UPDATE t SET a = 1;\n-- limosa: backfill", vec!["backfill-of-nothing: -- limosa: backfill"]),
            (
                "-- limosa: backfill\n-- limosa: backfill pause 1s\nUPDATE t SET a = 1",
                vec!["backfill-twice: -- limosa: backfill pause 1s"],
            ),
            ("-- limosa: backfill\nUPDATE t SET a = 1 RETURNING a", vec!["cannot-be-batched: RETURNING a"]),
            (
                "BEGIN;\n-- limosa: backfill\nDELETE FROM t;\nCOMMIT",
                vec!["backfill-in-transaction: -- limosa: backfill"],
            ),
            ("-- limosa: backfill\nUPDATE t SET a = 1, b = DEFAULT", vec!["backfill-default: DEFAULT"]),
            (
                "-- limosa: backfill generate b=cuid2\nUPDATE t SET a = DEFAULT",
                vec!["backfill-generate: -- limosa: backfill generate b=cuid2"],
            ),
            (
                "-- limosa: backfill generate a=cuid2\nUPDATE t SET a = 1",
                vec!["backfill-generate: -- limosa: backfill generate a=cuid2"],
            ),
            (
                "-- limosa: backfill generate a=cuid2\nUPDATE t SET a = DEFAULT FROM u WHERE u.id = t.id",
                vec!["backfill-generate: u"],
            ),
            (
                "-- limosa: backfill generate a=cuid2\nDELETE FROM t",
                vec!["backfill-generate: -- limosa: backfill generate a=cuid2"],
            ),
            ("-- limosa: backfill generate a=cuid2\nUPDATE t SET a = DEFAULT WHERE a IS NULL", vec!["batches: t"]),
        ] {
            assert_eq!(staged(text, Mode::Auto), found, "{text}");
        }
        let whole = staged("-- limosa: backfill\nDELETE FROM t", Mode::Whole);
        assert_eq!(whole, ["cannot-share-a-transaction: DELETE FROM t"]);
    }
}
