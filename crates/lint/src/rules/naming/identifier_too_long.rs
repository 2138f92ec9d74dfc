//! A name is longer than PostgreSQL keeps.
//!
//! Of a name, 63 bytes are kept, and the rest is cut off with no more than a notice. Two names that begin alike become
//! one, and whoever looks for the whole name in the catalogs does not find it.
//!
//! ```sql,bad
//! CREATE INDEX visit_by_patient_and_provider_and_appointment_and_day_of_the_month ON visit (patient_id);
//! ```
//! ```sql,good
//! CREATE INDEX visit_by_patient_and_provider_and_appointment_and_day ON visit (patient_id);
//! ```

use limosa_syntax::TokenKind;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

/// The longest name that PostgreSQL keeps, in bytes.
const LONGEST: usize = 63;

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    // Most statements have no word that long, and reading tokens takes longer than seeing that.
    let text = &step.looked.text;
    let words = text.split(|letter: char| letter.is_ascii_whitespace() || "(),;".contains(letter));
    let quoted = text.split('"').skip(1).step_by(2);
    if words.chain(quoted).all(|word| word.len() <= LONGEST) {
        return;
    }
    let tokens = step.tokens();
    let mut seen = Vec::new();
    for (token, here) in tokens.words().each() {
        let name = match token.kind {
            TokenKind::Word => here.text_of(token).to_owned(),
            TokenKind::QuotedIdentifier => here.text_of(token).trim_matches('"').replace("\"\"", "\""),
            _ => continue,
        };
        if name.len() <= LONGEST || seen.contains(&name) {
            continue;
        }
        let kept = name.get(..name.floor_char_boundary(LONGEST)).unwrap_or_default();
        let message = format!("this name is {} bytes long, of which PostgreSQL keeps {LONGEST}", name.len());
        found.at(step.place(token.span), message).note(format!("it will be called `{kept}`"));
        seen.push(name);
    }
}
