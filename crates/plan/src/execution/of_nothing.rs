//! Directives that say something of one statement, and stand at none.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, Directive, Script, SourceFile};

/// Those that would go unheard. Elsewhere a directive without a statement holds for the file.
pub(super) fn find(source: &Arc<SourceFile>, script: &Script) -> Vec<Diagnostic> {
    let unheard = script.directives.iter().filter(|it| it.statement.is_none() && is_of_one_statement(&it.directive));
    let told = unheard.map(|directive| {
        Diagnostic::error("directive-of-nothing", "no statement stands under this directive")
            .at(source, directive.span)
            .with_label("it would not be heard")
            .with_help("put it on the line before its statement, without an empty line between")
    });
    told.collect()
}

fn is_of_one_statement(directive: &Directive) -> bool {
    matches!(
        directive,
        Directive::Forward(_)
            | Directive::Back(_)
            | Directive::Quarantine
            | Directive::Phase(_)
            | Directive::Undo(_)
            | Directive::Rekey(_)
            | Directive::Follows(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_without_a_statement_are_told() {
        let change = "ALTER TABLE t ALTER COLUMN a TYPE int";
        for (text, found) in [
            (format!("-- limosa: online\n-- limosa: forward a::int\n{change}"), 0),
            (format!("-- limosa: online\n-- limosa: forward a::int\n-- limosa: back a::text\n\n{change}"), 2),
            (format!("-- limosa: lock-timeout 1s\n-- limosa: quarantine\n\n{change}"), 1),
            (format!("{change};\n-- limosa: follows"), 1),
            (format!("{change}; -- limosa: phase contract"), 0),
        ] {
            let source = Arc::new(SourceFile { path: "x.sql".into(), text: text.into() });
            assert_eq!(find(&source, &Script::parse(&source.text)).len(), found, "{}", source.text);
        }
    }
}
