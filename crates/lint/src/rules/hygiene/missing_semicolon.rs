//! The last statement of a file does not end with a semicolon.
//!
//! Limosa runs it all the same. Where files are put together by other tools, the next one's first statement becomes a
//! part of it.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY)
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```

use limosa_syntax::Span;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let Some(last) = script.parsed.statements.last() else { return };
    let behind = Span::new(last.span.end, script.file.section.end).of(&script.file.source.text);
    if last.copy_data.is_some() || behind.trim_start().starts_with(';') || script.parsed.has_errors() {
        return;
    }
    let end = Span::new(last.span.end, last.span.end);
    found.at(last.span, "the last statement does not end with a semicolon").help("add `;`").safe_fix(
        "end the statement",
        end,
        ";",
    );
}
