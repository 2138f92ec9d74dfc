//! `-- limosa: ignore RULE reason`.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, Directive, Script, Severity, SourceFile, Span};

use crate::found::Finding;
use crate::rules::rule;
use crate::settings::nearest;

/// An `ignore`, and whether it was needed.
pub(crate) struct Ignore {
    rule: String,
    /// The statement that it stands at; all of the file where it stands at none.
    statement: Option<usize>,
    span: Span,
    used: bool,
}

pub(crate) fn read(script: &Script) -> Vec<Ignore> {
    let ignore = |placed: &limosa_syntax::PlacedDirective| match &placed.directive {
        Directive::Ignore { rule, .. } => {
            Some(Ignore { rule: rule.clone(), statement: placed.statement, span: placed.span, used: false })
        }
        _ => None,
    };
    script.directives.iter().filter_map(ignore).collect()
}

/// Takes out what is ignored. Gives how many findings that were.
pub(crate) fn apply(findings: &mut Vec<Finding>, ignores: &mut [Ignore]) -> usize {
    let before = findings.len();
    findings.retain(|finding| {
        let fits = |ignore: &&mut Ignore| {
            ignore.rule == finding.rule && (ignore.statement.is_none() || ignore.statement == finding.statement)
        };
        match ignores.iter_mut().find(fits) {
            Some(ignore) => {
                ignore.used = true;
                false
            }
            None => true,
        }
    });
    before - findings.len()
}

/// The ones that ignore nothing. Those of rules that were not asked are left alone.
pub(crate) fn left_over(
    ignores: &[Ignore],
    source: &Arc<SourceFile>,
    was_asked: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ignore in ignores.iter().filter(|ignore| !ignore.used) {
        let (id, diagnostic) = if rule(&ignore.rule).is_none() {
            let message = format!("there is no rule `{}` to ignore", ignore.rule);
            let help = match nearest(&ignore.rule) {
                Some(near) => format!("did you mean `{near}`? `limosa lint --rules` lists all"),
                None => "`limosa lint --rules` lists all".to_owned(),
            };
            ("unknown-ignore", Diagnostic::new("unknown-ignore", Severity::Warning, message).with_help(help))
        } else if was_asked(&ignore.rule) {
            let message = format!("`{}` finds nothing here, so there is nothing to ignore", ignore.rule);
            let diagnostic = Diagnostic::new("unused-ignore", Severity::Warning, message);
            ("unused-ignore", diagnostic.with_help("delete this comment"))
        } else {
            continue;
        };
        let diagnostic = diagnostic.at(source, ignore.span);
        findings.push(Finding { rule: id, diagnostic, object: None, table: None, statement: ignore.statement });
    }
    findings
}
