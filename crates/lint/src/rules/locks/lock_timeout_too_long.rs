//! A file sets a lock_timeout that is too long, or none.
//!
//! While a statement waits for a strong lock, everybody who comes after it waits behind it. A short wait that is
//! tried again disturbs less than a long one; `0` waits for as long as it takes. Limosa sets its own for each
//! statement that locks tables; turn this rule on for files that something else runs.
//!
//! ```sql,bad
//! SET lock_timeout = '5min';
//! ALTER TABLE visit ADD COLUMN room text;
//! ```
//! ```sql,bad
//! SET lock_timeout = 0;
//! ALTER TABLE visit ADD COLUMN room text;
//! ```
//! ```sql,good
//! SET lock_timeout = '2s';
//! ALTER TABLE visit ADD COLUMN room text;
//! ```

use limosa_syntax::Setting;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::set_before::milliseconds;
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]).with(&[Parameter {
    name: "longest",
    kind: ParameterKind::Text,
    default: "\"10s\"",
    meaning: "the longest that a statement may wait for a lock, as PostgreSQL writes it: `500ms`, `10s`, `1min`",
}]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    if step.looked.place != Place::File || !matches!(step.class().tag.as_ref(), "SET" | "SELECT") {
        return;
    }
    let settings = Setting::within(&step.looked.text);
    let Some(setting) = settings.iter().find(|setting| setting.name == "lock_timeout") else { return };
    let Some(set) = setting.values.first().and_then(|value| milliseconds(value)) else { return };
    let longest = found.parameters.text("longest").unwrap_or_default();
    if set == 0 {
        found
            .at(step.span(), "with `lock_timeout = 0` a statement waits for its lock as long as it takes")
            .help(format!("set it to `{longest}` at most"));
    } else if milliseconds(&longest).is_some_and(|longest| set > longest) {
        found
            .at(step.span(), format!("a statement may keep everybody waiting behind it for longer than `{longest}`"))
            .help(format!("set `lock_timeout` to `{longest}` at most, and try again when it runs out"));
    }
}
