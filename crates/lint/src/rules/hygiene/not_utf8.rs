//! A file is not UTF-8.
//!
//! Where its bytes are no UTF-8, letters are replaced by `�`, and that is what the database would get. Save the file as
//! UTF-8.
//!
//! ```sql,bad
//! INSERT INTO city VALUES ('M�nchen');
//! ```
//! ```sql,good
//! INSERT INTO city VALUES ('München');
//! ```

use limosa_syntax::Span;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let section = script.file.section;
    let text = section.of(&script.file.source.text);
    let Some(first) = text.find(char::REPLACEMENT_CHARACTER) else { return };
    let count = text.matches(char::REPLACEMENT_CHARACTER).count();
    let span = Span::new(first, first + char::REPLACEMENT_CHARACTER.len_utf8()).shifted(section.start);
    let finding = found.at(span, "a letter is lost here: the file is not UTF-8");
    if count > 1 {
        finding.note(format!("{count} letters are lost in the file"));
    }
    finding.help("save the file as UTF-8");
}
