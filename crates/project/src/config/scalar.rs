//! Durations and paths, as the file writes them.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::DeclaredSchema;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidDuration {
    #[error(
        "`{0}` is not a duration; expected a number and a unit (`ms`, `s`, `min` or `h`), such as `100ms` or `3 s`"
    )]
    Form(String),
    #[error("`{0}` is too long; PostgreSQL's timeouts end at 2147483647 ms, about 24 days")]
    TooLong(String),
    #[error("a duration of zero would mean no limit at all; leave the key out or give a positive one")]
    Zero,
}

/// Reads `100ms`, `3 s`, `1.5s`, `2min` (or `m`), `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, InvalidDuration> {
    let form = || InvalidDuration::Form(text.to_owned());
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(form)?;
    let (number, unit) = text.split_at(unit_at);
    let milliseconds = match unit.trim() {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" | "min" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return Err(form()),
    };
    let number: f64 = number.parse().map_err(|_| form())?;
    let duration = Duration::try_from_secs_f64(number * milliseconds / 1_000.0).map_err(|_| form())?;
    if duration.as_millis() > i32::MAX as u128 {
        Err(InvalidDuration::TooLong(text.to_owned()))
    } else if duration.as_millis() == 0 {
        Err(InvalidDuration::Zero)
    } else {
        Ok(duration)
    }
}

/// Why a text does not say how long something is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time to keep something; expected hours, days or weeks, such as `12h`, `30d` or `8w`")]
pub(super) struct InvalidKeepingTime(String);

/// Reads `12h`, `30d`, `8w`, as the directive `set-aside` has it.
pub(super) fn keeping_time(text: &str) -> Result<Duration, InvalidKeepingTime> {
    limosa_syntax::keeping_time(text.trim()).ok_or_else(|| InvalidKeepingTime(text.to_owned()))
}

/// Why a text is not a path of a project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidPath {
    #[error("the path is empty; `.` is the folder of limosa.toml")]
    Empty,
    #[error(
        "`{0}` is an absolute path; write it relative to the folder of limosa.toml, so that it holds on every machine"
    )]
    Absolute(String),
    #[error("behind `cmd:` stands the command that prints the schema, such as `cmd:npx drizzle-kit export`")]
    NoCommand,
}

/// Reads a path relative to the project's root.
pub(super) fn path(text: &str) -> Result<PathBuf, InvalidPath> {
    let path = Path::new(text);
    if text.is_empty() {
        return Err(InvalidPath::Empty);
    }
    if path.has_root() || matches!(path.components().next(), Some(Component::Prefix(_))) {
        return Err(InvalidPath::Absolute(text.to_owned()));
    }
    Ok(path.to_owned())
}

/// Reads where a desired state comes from: a path, or `cmd:` and a command.
pub(super) fn declared_schema(text: &str) -> Result<DeclaredSchema, InvalidPath> {
    match text.strip_prefix("cmd:").map(str::trim) {
        Some("") => Err(InvalidPath::NoCommand),
        Some(command) => Ok(DeclaredSchema::Command(command.to_owned())),
        None => path(text).map(DeclaredSchema::Files),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, milliseconds) in
            [("100ms", 100), ("3 s", 3_000), ("1.5s", 1_500), ("2min", 120_000), ("1m", 60_000), (" 1 h ", 3_600_000)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "for `{text}`");
        }
        for text in ["", "100", "ms", "3 seconds", "1..5s", "-1s", "1e3s"] {
            assert!(matches!(duration(text), Err(InvalidDuration::Form(_))), "for `{text}`");
        }
        assert_eq!(duration("0s"), Err(InvalidDuration::Zero));
        assert!(matches!(duration("999999h"), Err(InvalidDuration::TooLong(_))));
    }

    #[test]
    fn a_schema_is_a_path_or_a_command() {
        assert_eq!(declared_schema("db/schema.sql"), Ok(DeclaredSchema::Files("db/schema.sql".into())));
        assert_eq!(declared_schema("cmd: npx x --y"), Ok(DeclaredSchema::Command("npx x --y".to_owned())));
        assert_eq!(declared_schema("cmd: "), Err(InvalidPath::NoCommand));
        assert_eq!(declared_schema("/schema.sql"), Err(InvalidPath::Absolute("/schema.sql".to_owned())));
        assert_eq!(declared_schema("cmd:cat 'a b'").unwrap().to_string(), "cmd:cat 'a b'");
    }
}
