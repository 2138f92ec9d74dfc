//! `-- limosa: backfill …`: that a statement is run in batches, and how.

use limosa_catalog::Identifier;

use super::duration;
use super::manner::{BackfillManner, data_size};
use crate::token::TokenKind;
use crate::words::Tokens;

/// How a statement is run in batches. What is not said is as on the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackfillDirective {
    /// `generate public_id=cuid2:pat_`: the column that gets ids which are made here, and how they are made.
    pub generate: Option<(Identifier, String)>,
    /// `on-error skip|stop`: whether a row that cannot be changed is left as it is and put on record.
    pub skips_errors: bool,
    /// How batches follow each other.
    pub manner: BackfillManner,
}

/// The words of the directive, for messages.
pub(super) const FORM: &str = "backfill [generate COLUMN=GENERATOR] [parallel 2] [batch-time 50ms] [batch-rows 5000] \
                               [pause 10ms] [max-lag 5s] [max-active 20] [max-wal 20MB] [max-transaction-age 10min] \
                               [yield-to-autovacuum] [on-error skip] [hold-while QUERY]";

/// Reads what stands behind `backfill`; the error is the part that is not understood, or `None` where something is
/// missing at the end.
pub(super) fn parse(mut rest: &str) -> Result<BackfillDirective, Option<String>> {
    let mut directive = BackfillDirective::default();
    let mut seen = Vec::new();
    while !rest.is_empty() {
        let (name, behind) = next_word(rest);
        if seen.contains(&name) {
            return Err(Some(rest.to_owned()));
        }
        seen.push(name);
        if name == "yield-to-autovacuum" {
            directive.manner.yield_to_autovacuum = Some(true);
            rest = behind;
            continue;
        }
        if behind.is_empty() {
            return Err(if NAMES.contains(&name) { None } else { Some(name.to_owned()) });
        }
        let (value, after) = next_word(behind);
        let wrong = || Some(format!("{name} {value}"));
        let time = || duration::parse(value).ok_or_else(wrong);
        let manner = &mut directive.manner;
        rest = after;
        match name {
            "generate" => {
                let (column, generator, after) = generated(behind).ok_or_else(wrong)?;
                directive.generate = Some((column, generator.to_owned()));
                rest = after;
            }
            "parallel" => manner.parallel = Some(value.parse().map_err(|_| wrong())?),
            "batch-time" => manner.batch_time = Some(time()?),
            "batch-rows" => manner.batch_rows = Some(value.parse().ok().filter(|rows| *rows > 0).ok_or_else(wrong)?),
            "pause" => manner.pause = Some(time()?),
            "max-lag" => manner.max_lag = Some(time()?),
            "max-active" => manner.max_active = Some(value.parse().map_err(|_| wrong())?),
            "max-wal" => manner.max_wal = Some(data_size(value).ok_or_else(wrong)?),
            "max-transaction-age" => manner.max_transaction_age = Some(time()?),
            "on-error" => {
                directive.skips_errors = match value {
                    "skip" => true,
                    "stop" => false,
                    _ => return Err(wrong()),
                }
            }
            "hold-while" => {
                manner.hold_while = Some(behind.to_owned());
                rest = "";
            }
            _ => return Err(Some(name.to_owned())),
        }
    }
    Ok(directive)
}

/// The words that want a value.
const NAMES: &[&str] = &[
    "generate",
    "parallel",
    "batch-time",
    "batch-rows",
    "pause",
    "max-lag",
    "max-active",
    "max-wal",
    "max-transaction-age",
    "on-error",
    "hold-while",
];

/// The first word, and what follows it.
fn next_word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// `column=generator`, and what follows.
fn generated(text: &str) -> Option<(Identifier, &str, &str)> {
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    let column = words.identifier()?;
    let equals = words.next().filter(|token| token.kind == TokenKind::Operator && token.span.of(text) == "=")?;
    let (generator, rest) = next_word(text.get(equals.span.end..)?.trim_start());
    (!generator.is_empty()).then_some((column, generator, rest))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;

    #[test]
    fn words_are_read_in_any_order() {
        let read = parse("batch-time 50ms generate \"Public id\"=cuid2:pat_ on-error skip batch-rows 500").unwrap();
        let column = Identifier::new("Public id").unwrap();
        assert_eq!(
            read,
            BackfillDirective {
                generate: Some((column, "cuid2:pat_".into())),
                skips_errors: true,
                manner: BackfillManner {
                    batch_time: Some(Duration::from_millis(50)),
                    batch_rows: Some(500),
                    ..BackfillManner::default()
                },
            }
        );
        let read = parse("yield-to-autovacuum parallel 2 max-wal 20MB max-transaction-age 10min").unwrap();
        let manner = BackfillManner {
            parallel: NonZeroU32::new(2),
            max_wal: Some(20_000_000),
            max_transaction_age: Some(Duration::from_secs(600)),
            yield_to_autovacuum: Some(true),
            ..BackfillManner::default()
        };
        assert_eq!(read, BackfillDirective { manner, ..BackfillDirective::default() });
        let read = parse("pause 10ms max-lag 5s max-active 20 hold-while SELECT pause FROM ops").unwrap();
        assert_eq!(read.manner.hold_while.as_deref(), Some("SELECT pause FROM ops"));
        assert_eq!((read.manner.pause, read.manner.max_active), (Some(Duration::from_millis(10)), Some(20)));
        assert_eq!(parse(""), Ok(BackfillDirective::default()));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, wrong) in [
            ("in batches of 1000", Some("in")),
            ("batch-time", None),
            ("batch-time 50", Some("batch-time 50")),
            ("batch-rows 0", Some("batch-rows 0")),
            ("batch-rows -1", Some("batch-rows -1")),
            ("on-error ignore", Some("on-error ignore")),
            ("pause 1s pause 2s", Some("pause 2s")),
            ("generate public_id", Some("generate public_id")),
            ("generate public_id=", Some("generate public_id=")),
            ("parallel", None),
            ("parallel 0", Some("parallel 0")),
            ("max-wal 20MiB", Some("max-wal 20MiB")),
            ("yield-to-autovacuum yes", Some("yes")),
            ("together", Some("together")),
        ] {
            assert_eq!(parse(text), Err(wrong.map(str::to_owned)), "{text}");
        }
    }
}
