//! A setting outlives the transaction that it is made for.
//!
//! `SET` holds until the session ends, which behind a pooler is somebody else's. Limosa puts settings back when a
//! file is done; turn this rule on for files that something else runs.
//!
//! ```sql,bad
//! SET lock_timeout = '2s';
//! ALTER TABLE visit ADD COLUMN room text;
//! ```
//! ```sql,good
//! SET LOCAL lock_timeout = '2s';
//! ALTER TABLE visit ADD COLUMN room text;
//! ```

use limosa_syntax::{Setting, SettingsChange};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let class = step.class();
    let lasts = class.tag == "SET" && class.settings == SettingsChange::Session;
    if !lasts || step.looked.place != Place::File || !step.shares_transaction() {
        return;
    }
    let Some(setting) = Setting::within(&step.looked.text).into_iter().next() else { return };
    let finding = found.at(step.span(), format!("`{}` stays set when the transaction is over", setting.name));
    finding.help("use `SET LOCAL`");
    let tokens = step.tokens();
    let mut words = tokens.words();
    let set = words.next();
    let session = if words.at(&["SESSION"]) && setting.name != "session authorization" { words.next() } else { None };
    if let Some(last) = session.or(set) {
        let span = limosa_syntax::Span::new(0, last.span.end);
        finding.fix("set it for this transaction", step.place(span), "SET LOCAL");
    }
}
