//! Changelogs in SQL: a file with several changesets, each of which begins with a comment.

use super::super::checksum::md5;
use super::super::python::closed;
use crate::adopt::KnownSql;

/// A changeset, and what the sum of it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Changeset {
    pub(super) author: String,
    pub(super) id: String,
    /// Another name for the file that it stands in.
    pub(super) logical_path: Option<String>,
    sql: String,
    rollback: Option<String>,
    splits: bool,
    strips_comments: bool,
    end_delimiter: Option<String>,
}

/// A line of a changelog.
enum Line<'t> {
    Changeset(&'t str),
    Rollback(&'t str),
    BlockOfRollback,
    IgnoreLines(&'t str),
    /// What only Liquibase reads.
    Own,
    Sql,
}

/// Whether a file is such a changelog, and not just SQL.
pub(super) fn is_formatted(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let words = first.trim_start().strip_prefix("--").map(str::split_whitespace);
    let words: Vec<String> = words.into_iter().flatten().take(2).map(str::to_lowercase).collect();
    words == ["liquibase", "formatted"]
}

/// The changesets of a file. One that is no changelog is a single changeset.
pub(super) fn changesets(text: &str) -> Vec<Changeset> {
    if !is_formatted(text) {
        let whole = Changeset { splits: false, strips_comments: false, ..Changeset::new("includeAll", "raw", "") };
        return vec![Changeset { sql: text.trim_start_matches('\u{feff}').trim().to_owned(), ..whole }];
    }
    let mut found: Vec<Changeset> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match (Line::of(line), found.last_mut()) {
            (Line::Changeset(rest), _) => found.extend(Changeset::begun(rest)),
            (Line::IgnoreLines("start"), _) => {
                let _ = lines.by_ref().find(|line| matches!(Line::of(line), Line::IgnoreLines("end")));
            }
            (Line::IgnoreLines(count), _) => {
                let count = count.parse::<usize>().unwrap_or(0);
                lines.by_ref().take(count).for_each(drop);
            }
            (Line::Rollback(sql), Some(changeset)) => changeset.add_rollback(sql),
            (Line::BlockOfRollback, Some(changeset)) => {
                for line in lines.by_ref() {
                    let end = line.trim_end().strip_suffix("*/");
                    changeset.add_rollback(end.unwrap_or(line));
                    if end.is_some() {
                        break;
                    }
                }
            }
            (Line::Sql, Some(changeset)) => {
                changeset.sql.push_str(line);
                changeset.sql.push('\n');
            }
            (Line::Own | Line::Rollback(_) | Line::BlockOfRollback | Line::Sql, _) => {}
        }
    }
    found.iter_mut().for_each(|changeset| changeset.sql = changeset.sql.trim().to_owned());
    found
}

impl<'t> Line<'t> {
    fn of(line: &'t str) -> Self {
        let start = line.trim_start();
        if let Some(block) = start.strip_prefix("/*") {
            let words = block.split_whitespace().map(str::to_lowercase);
            return if words.eq(["liquibase", "rollback"]) { Self::BlockOfRollback } else { Self::Sql };
        }
        let Some(comment) = start.strip_prefix("--").map(str::trim_start) else { return Self::Sql };
        let end = comment.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(comment.len());
        let (word, rest) = comment.split_at(end);
        let is_first = start.len() == line.len();
        let takes_text = rest.starts_with(": ") || rest.starts_with(' ');
        match word.to_ascii_lowercase().as_str() {
            "changeset" if rest.starts_with(char::is_whitespace) => Self::Changeset(rest.trim_start()),
            "rollback" if rest.starts_with(' ') => Self::Rollback(&rest[1..]),
            "ignorelines" if is_first && rest.starts_with(':') => Self::IgnoreLines(rest[1..].trim()),
            "comment" | "validchecksum" if is_first && takes_text => Self::Own,
            "preconditions" => Self::Own,
            "precondition" if rest.starts_with('-') => Self::Own,
            "property" if rest.starts_with(char::is_whitespace) => Self::Own,
            _ => Self::Sql,
        }
    }
}

impl Changeset {
    fn new(author: &str, id: &str, sql: &str) -> Self {
        Self {
            author: author.to_owned(),
            id: id.to_owned(),
            logical_path: None,
            sql: sql.to_owned(),
            rollback: None,
            splits: true,
            strips_comments: true,
            end_delimiter: None,
        }
    }

    /// `author:id key:value key:value`, author and id perhaps in double quotes.
    fn begun(line: &str) -> Option<Self> {
        let (author, rest) = match line.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\":")?,
            None => line.split_once(':')?,
        };
        let rest = rest.trim_start();
        let (id, attributes) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        let value = |wanted: &str| {
            let of = |word: &str| {
                let (key, value) = word.split_once(':')?;
                key.eq_ignore_ascii_case(wanted).then(|| value.trim_matches('"').to_owned())
            };
            attributes.split_whitespace().find_map(of)
        };
        let is_not_off = |key: &str| value(key).is_none_or(|value| !value.eq_ignore_ascii_case("false"));
        Some(Self {
            logical_path: value("logicalFilePath"),
            splits: is_not_off("splitStatements"),
            strips_comments: is_not_off("stripComments"),
            end_delimiter: value("endDelimiter"),
            ..Self::new(author, id, "")
        })
    }

    fn add_rollback(&mut self, sql: &str) {
        let rollback = self.rollback.get_or_insert_default();
        rollback.push_str(sql);
        rollback.push('\n');
    }

    /// Whether its sum is the one on record; `None` where that cannot be told: values are put in before the sum is
    /// made, and sums of the first versions are made otherwise.
    pub(super) fn has_sum(&self, recorded: &str) -> Option<bool> {
        if self.sql.contains("${") {
            return None;
        }
        let (version, _) = recorded.split_once(':')?;
        let of_sql = match version {
            "9" => md5(self.sql.bytes().filter(|byte| !is_space(*byte)).collect::<Vec<u8>>().as_slice()),
            "8" => md5(&self.with_single_spaces()),
            _ => return None,
        };
        Some(recorded == format!("{version}:{}", md5(format!("{version}:{of_sql}:").as_bytes())))
    }

    /// How the eighth version reads SQL: its options first, then the text with one space for any number of them.
    fn with_single_spaces(&self) -> Vec<u8> {
        let delimiter = self.end_delimiter.as_deref().unwrap_or("null");
        let mut bytes = format!("{delimiter}:{}:{}:", self.splits, self.strips_comments).into_bytes();
        let words = self.sql.as_bytes().split(|byte| is_space(*byte)).filter(|word| !word.is_empty());
        bytes.extend(words.collect::<Vec<_>>().join(&b' '));
        bytes
    }

    /// What it runs, unless that hangs on values that are put in, or on an end of statements that only Liquibase knows.
    pub(super) fn known_sql(&self) -> Option<KnownSql> {
        let is_plain = |text: &str| !text.contains("${");
        if self.end_delimiter.is_some() || !is_plain(&self.sql) {
            return None;
        }
        let down = self.rollback.as_deref().map(str::trim).filter(|down| is_plain(down)).map(|down| {
            let does_nothing = ["empty", "not required"].iter().any(|word| down.eq_ignore_ascii_case(word));
            if does_nothing { String::new() } else { closed(down) }
        });
        Some(KnownSql { up: closed(&self.sql), down })
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "--liquibase formatted sql\n\
        --property name:x value:y\n\
        --changeset ann:1 splitStatements:true\n--comment: the first\n\
        CREATE TABLE patient (\n  id int PRIMARY KEY\n);\n--rollback DROP TABLE patient;\n\n\
        --changeset \"Ann B\":\"add name\" endDelimiter:/\nALTER TABLE patient ADD name text\n/\n\
        --ignoreLines:1\nno SQL\n--ignoreLines:start\nno SQL\n--ignoreLines:end\n\
        -- a comment of its own\n/* liquibase rollback\nALTER TABLE patient\nDROP name;\n*/\n\
        --changeset ann:3\nGRANT SELECT ON patient TO ${reader};\n--rollback empty\n";

    #[test]
    fn a_file_is_parted_into_its_changesets() {
        let found = changesets(TEXT);
        let ids: Vec<(&str, &str)> = found.iter().map(|it| (it.author.as_str(), it.id.as_str())).collect();
        assert_eq!(ids, [("ann", "1"), ("Ann B", "add name"), ("ann", "3")]);
        let first = found[0].known_sql().unwrap();
        assert_eq!(first.up, "CREATE TABLE patient (\n  id int PRIMARY KEY\n);\n");
        assert_eq!(first.down.as_deref(), Some("DROP TABLE patient;\n"));
        assert_eq!(found[1].sql, "ALTER TABLE patient ADD name text\n/\n-- a comment of its own");
        assert_eq!(found[1].rollback.as_deref().map(str::trim), Some("ALTER TABLE patient\nDROP name;"));
        assert_eq!((found[1].known_sql(), found[2].known_sql()), (None, None));
        assert_eq!(changesets("SELECT 1;\n")[0].id, "raw");
        assert!(
            changesets("--liquibase formatted sql\n--changeset nobody\n--rollback x\n/* liquibase rollback\n")
                .is_empty()
        );
    }

    #[test]
    fn sums_are_those_of_the_eighth_and_the_ninth_version() {
        // As `hashlib.md5` of Python makes them of what Liquibase's `NormalizingStream`s let through.
        let first = &changesets(TEXT)[0];
        assert_eq!(first.has_sum("9:42e2666221efc30478a16cbed78ed5e7"), Some(true));
        assert_eq!(first.has_sum("8:af1b2b6655e148b533965ea5fce750bd"), Some(true));
        assert_eq!(first.has_sum("9:00000000000000000000000000000000"), Some(false));
        assert_eq!(first.has_sum("7:00000000000000000000000000000000"), None);
        assert_eq!(changesets(TEXT)[2].has_sum("9:00000000000000000000000000000000"), None, "a value is put in");
        let spaced = TEXT.replace("  id int PRIMARY KEY", "\tid  int\r\n PRIMARY KEY");
        assert_eq!(
            changesets(&spaced)[0].has_sum("8:af1b2b6655e148b533965ea5fce750bd"),
            Some(true),
            "how many spaces there are does not count"
        );
        assert_eq!(
            changesets(&TEXT.replace("id int", "idint"))[0].has_sum("9:42e2666221efc30478a16cbed78ed5e7"),
            Some(true),
            "nor any of them does"
        );
        assert_eq!(
            changesets(&TEXT.replace("id int", "idint"))[0].has_sum("8:af1b2b6655e148b533965ea5fce750bd"),
            Some(false)
        );
    }
}
