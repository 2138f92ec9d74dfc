//! `-- limosa: verify`: queries behind a migration's statements that must return no rows.

use limosa_plan::Step;
use limosa_syntax::{Diagnostic, Directive, Script, SourceFile, Span};
use std::sync::Arc;

use crate::event::Direction;
use crate::rows::OffendingRows;
use crate::run_error::InEffect;

/// A query of a verify section that returned rows.
#[derive(Debug)]
pub struct VerifyFailure {
    /// The version of the migration.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Whether it was being applied or reverted.
    pub direction: Direction,
    /// The file.
    pub source: Arc<SourceFile>,
    /// The query.
    pub span: Span,
    /// What it returned, with the values of placeholders taken out.
    pub rows: OffendingRows,
    /// What of the migration is in effect.
    pub in_effect: InEffect,
}

/// Takes the queries of the verify section, which ends with the script, out of its statements.
///
/// # Errors
/// Statements in the section that are no queries, and a section without any.
pub(crate) fn take_verify_section(source: &Arc<SourceFile>, script: &mut Script) -> Result<Vec<Step>, Vec<Diagnostic>> {
    let Some(mark) = script.directives.iter().find(|placed| placed.directive == Directive::Verify) else {
        return Ok(Vec::new());
    };
    let mark = mark.span;
    let first = script.statements.partition_point(|statement| statement.span.start < mark.start);
    let queries = script.statements.split_off(first);
    if queries.is_empty() {
        let error = Diagnostic::error("empty-verify", "no query follows `-- limosa: verify`").at(source, mark);
        return Err(vec![
            error.with_help("write queries behind it that return the rows that must not be, or remove it"),
        ]);
    }
    let errors: Vec<Diagnostic> = queries
        .iter()
        .filter(|statement| !limosa_syntax::is_query(statement.span.of(&source.text)))
        .map(|statement| {
            let message = format!("`{}` cannot verify anything: it is no query", statement.class.tag);
            Diagnostic::error("verify-not-a-query", message)
                .at(source, statement.span)
                .with_note("what follows `-- limosa: verify` are queries that must return no rows")
                .with_help("move what changes something before `-- limosa: verify`")
        })
        .collect();
    if errors.is_empty() { Ok(queries.iter().map(Step::of).collect()) } else { Err(errors) }
}

impl VerifyFailure {
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let name = format!("{} {}", self.version, self.name);
        let way = match self.direction {
            Direction::Up => name,
            Direction::Down => format!("the way back of {name}"),
        };
        let error = Diagnostic::error("verify-failed", format!("{way} does not hold what it verifies"))
            .at(&self.source, self.span)
            .with_label("must return no rows")
            .with_note(format!("it returns {}:\n{}", self.rows.count(), self.rows.table()));
        match self.in_effect {
            InEffect::Nothing => error
                .with_note(format!("{way} was rolled back; nothing of it is in effect"))
                .with_help("mend the data or the migration, and run it again"),
            InEffect::Stages { .. } => error
                .with_note(format!(
                    "{way} ran in stages, which are committed: nothing was rolled back, and it counts as unfinished"
                ))
                .with_help("mend the data and run it again: what is done is not run again, only verified"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &str) -> (Vec<String>, Result<Vec<String>, Vec<String>>) {
        let source = Arc::new(SourceFile { path: "001_a.sql".into(), text: text.into() });
        let mut script = Script::parse(text);
        let taken = take_verify_section(&source, &mut script);
        let texts = |spans: Vec<Span>| spans.iter().map(|span| span.of(text).to_owned()).collect::<Vec<_>>();
        let left = texts(script.statements.iter().map(|statement| statement.span).collect());
        let taken = taken.map(|steps| texts(steps.iter().map(|step| step.span).collect()));
        (left, taken.map_err(|errors| errors.into_iter().map(|error| error.code.to_string()).collect()))
    }

    #[test]
    fn what_follows_the_mark_verifies() {
        for (text, left, verify) in [
            ("SELECT 1", vec!["SELECT 1"], Ok(vec![])),
            (
                "CREATE TABLE a ();\n-- limosa: verify\nTABLE a;\n(select 1 WHERE false) UNION SELECT 2;",
                vec!["CREATE TABLE a ()"],
                Ok(vec!["TABLE a", "(select 1 WHERE false) UNION SELECT 2"]),
            ),
            (
                "BEGIN; SELECT 1; COMMIT;\n-- limosa: verify\nVALUES (1)",
                vec!["BEGIN", "SELECT 1", "COMMIT"],
                Ok(vec!["VALUES (1)"]),
            ),
            ("SELECT 1;\n-- limosa: verify\n", vec!["SELECT 1"], Err(vec!["empty-verify"])),
            ("-- limosa: verify\nDELETE FROM a; SELECT 1; COMMIT", vec![], Err(vec!["verify-not-a-query"; 2])),
        ] {
            let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(take(text), (owned(left), verify.map(owned).map_err(owned)), "for {text}");
        }
    }
}
