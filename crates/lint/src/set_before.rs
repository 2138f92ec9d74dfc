//! Whether a setting holds where a statement runs.

use limosa_syntax::{LineIndex, Setting};

use crate::step::{Looked, Place, Script};

/// A walk over the statements of a script that keeps account of one setting.
pub(crate) struct SetBefore<'a> {
    script: &'a Script<'a>,
    name: String,
    /// The transaction that it is set for alone, where it is set.
    set: Option<Option<usize>>,
    here: Option<usize>,
}

impl<'a> Script<'a> {
    /// Keeps account of a setting from the first statement on.
    pub(crate) fn settings(&'a self, name: &str) -> SetBefore<'a> {
        SetBefore { script: self, name: name.to_ascii_lowercase(), set: None, here: None }
    }
}

impl SetBefore<'_> {
    /// Takes in the next statement.
    pub(crate) fn pass(&mut self, looked: &Looked) {
        self.here = looked.transaction;
        if looked.place == Place::File {
            for setting in Setting::within(&looked.text) {
                if setting.name == self.name || setting.name == "all" {
                    let transaction = if setting.local { looked.transaction } else { None };
                    self.set = sets(&setting).then_some(transaction);
                }
            }
        }
    }

    /// Whether it holds for the statement that was passed last.
    pub(crate) fn is_set(&self) -> bool {
        self.set.is_some_and(|only_in| only_in.is_none() || only_in == self.here)
    }

    /// The line of a later statement that sets it.
    pub(crate) fn is_set_later(&self, looked: &Looked) -> Option<usize> {
        let is_it = |setting: &Setting| setting.name == self.name && sets(setting);
        let behind = self.script.statements.iter().filter(|it| it.span.start > looked.span.start);
        let later = behind.into_iter().find(|it| Setting::within(&it.text).iter().any(is_it))?;
        let text = &self.script.file.source.text;
        Some(LineIndex::new(text).locate(text, later.span.start).line)
    }
}

/// Whether it is given a value, and not that of no limit.
fn sets(setting: &Setting) -> bool {
    setting.values.first().is_some_and(|value| milliseconds(value) != Some(0))
}

/// A timeout as PostgreSQL writes it, in milliseconds: `2s`, `500ms`, `1.5 min`; a bare number is of milliseconds.
pub(crate) fn milliseconds(value: &str) -> Option<u64> {
    let value = value.trim();
    let digits = value.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let factor = match unit.trim_start() {
        "us" => 0.001,
        "" | "ms" => 1.0,
        "s" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a conversion of floats saturates")]
    Some((number * factor).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn timeouts_are_read_as_the_server_reads_them() {
        for (value, expected) in [
            ("2s", Some(2_000)),
            ("500", Some(500)),
            ("0", Some(0)),
            ("1.5 min", Some(90_000)),
            ("900us", Some(1)),
            ("1h", Some(3_600_000)),
            ("soon", None),
            ("2 weeks", None),
        ] {
            assert_eq!(milliseconds(value), expected, "{value}");
        }
    }
}
