//! `--accept-rename a=b`.

use std::str::FromStr;

use limosa_catalog::{Catalog, Identifier, Rename, Renames};

use super::subject::{is_there, subjects};

/// A rename as people write it: `patient.full_name=patient.name`, `table:public.a=b`. Names are read as SQL reads them:
/// folded to lower case unless they stand in double quotes. Outer parts may be left out where one object alone is
/// meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRename {
    /// As it was written.
    text: String,
    /// Such as `column` or `table`.
    kind: Option<String>,
    from: Vec<String>,
    to: Vec<String>,
}

/// Why a rename cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// It is not of the form `a=b`.
    #[error("`{0}` is no rename; write OLD=NEW, such as `public.patient.full_name=public.patient.name`")]
    Form(String),
    /// There is no such object on either side.
    #[error("`{text}`: {why}")]
    Nothing {
        /// As it was written.
        text: String,
        /// What is missing.
        why: String,
    },
    /// It can mean several objects.
    #[error("`{text}` can mean several things; write one of {}", choices.join(", "))]
    Ambiguous {
        /// As it was written.
        text: String,
        /// How each can be written.
        choices: Vec<String>,
    },
    /// What is there has the new name already.
    #[error("`{text}`: there is a {what} of the new name already, and it is not renamed as well")]
    Taken {
        /// As it was written.
        text: String,
        /// Such as `column`.
        what: &'static str,
    },
}

impl FromStr for AcceptedRename {
    type Err = AcceptError;

    fn from_str(text: &str) -> Result<Self, AcceptError> {
        let wrong = || AcceptError::Form(text.to_owned());
        let (left, right) = split_outside_quotes(text, '=').ok_or_else(wrong)?;
        let (kind, left) = match split_outside_quotes(left, ':') {
            Some((kind, rest)) => (Some(kind.trim().to_lowercase().replace(['-', '_'], " ")), rest),
            None => (None, left),
        };
        let path = |text: &str| dotted(text).filter(|parts| !parts.is_empty()).ok_or_else(wrong);
        Ok(Self { text: text.to_owned(), kind, from: path(left)?, to: path(right)? })
    }
}

impl AcceptedRename {
    /// The same from the parts of the new name and the old own name, as a schema file's annotation says it.
    #[must_use]
    pub fn annotated(kind: &str, new: Vec<String>, old: String) -> Self {
        let mut from = new.clone();
        from.pop();
        from.push(old);
        Self { text: format!("renamed from {}", from.join(".")), kind: Some(kind.to_owned()), from, to: new }
    }

    /// The rename that takes it back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let mut from = self.to.clone();
        // What the new name leaves out is where it was.
        if from.len() < self.from.len() {
            let missing = self.from.len() - from.len();
            from.splice(0..0, self.from.iter().take(missing).cloned());
        }
        Self { text: format!("{} taken back", self.text), kind: self.kind.clone(), from, to: self.from.clone() }
    }

    fn is_of_kind(&self, rename: &Rename) -> bool {
        let words = rename.words();
        self.kind.as_deref().is_none_or(|kind| words == kind || (words.ends_with(" type") && words.contains(kind)))
    }

    /// Whether the rename's old name is meant, as it was or as others leave it.
    fn means(&self, rename: &Rename, renames: &Renames) -> bool {
        let ends = |path: &[String]| path.ends_with(&self.from);
        if self.from.last().is_none_or(|own| own != rename.old()) {
            return false;
        }
        if ends(&rename.path()) {
            return true;
        }
        !renames.is_empty() && ends(&renames.moved(rename).path())
    }
}

/// Finds out what each one means. Those that others make sense of come later: a column of a renamed table.
///
/// # Errors
/// One that means nothing, or several things, or a name that is taken.
pub fn accept(from: &Catalog, to: &Catalog, accepted: &[AcceptedRename]) -> Result<Vec<Rename>, AcceptError> {
    let mut waiting: Vec<&AcceptedRename> = accepted.iter().collect();
    let mut found: Vec<Rename> = Vec::new();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for one in waiting {
            let renames = Renames::of(from, found.clone());
            match meant(from, to, one, &renames)? {
                Some(rename) if found.contains(&rename) => {}
                Some(rename) => found.push(rename),
                None => later.push(one),
            }
        }
        if later.len() == before {
            let renames = Renames::of(from, found);
            return Err(later.first().map_or_else(
                || AcceptError::Form(String::new()),
                |one| AcceptError::Nothing { text: one.text.clone(), why: missing(from, one, &renames) },
            ));
        }
        waiting = later;
    }
    for rename in &found {
        let is_left = |other: &Rename| found.iter().any(|it| it.path() == other.path() && it.words() == other.words());
        if is_there(from, rename, &Renames::default(), true) && !is_left(&swapped(rename)) {
            return Err(AcceptError::Taken { text: rename.as_option(), what: rename.words() });
        }
    }
    Ok(found)
}

/// What the annotations of a schema file come to: those that the catalogs have already are passed over, so that they
/// may stay in the file for ever.
///
/// # Errors
/// One that can mean several things.
pub fn accept_annotated(from: &Catalog, to: &Catalog, said: &[AcceptedRename]) -> Result<Vec<Rename>, AcceptError> {
    let mut found: Vec<Rename> = Vec::new();
    loop {
        let before = found.len();
        for one in said {
            let renames = Renames::of(from, found.clone());
            let rename = meant(from, to, one, &renames)?;
            let is_new = |it: &Rename| !found.contains(it) && !is_there(from, it, &Renames::default(), true);
            found.extend(rename.filter(is_new));
        }
        if found.len() == before {
            return Ok(found);
        }
    }
}

/// The rename of what has the new name now.
fn swapped(rename: &Rename) -> Rename {
    let alone = Renames::together(vec![rename.clone()]);
    match rename.clone() {
        Rename::Object { from, to } => Rename::Object { from: alone.id(&from), to },
        Rename::Column { of, from, to } => Rename::Column { of, from: to, to: from },
        Rename::Label { of, from, to } => Rename::Label { of, from: to, to: from },
    }
}

fn meant(from: &Catalog, to: &Catalog, one: &AcceptedRename, renames: &Renames) -> Result<Option<Rename>, AcceptError> {
    let Some(new) = one.to.last() else { return Ok(None) };
    let fits = |rename: &Rename| {
        let mut path = renames.moved(rename).path();
        path.pop();
        path.push(new.clone());
        one.is_of_kind(rename)
            && one.means(rename, renames)
            && path.ends_with(&one.to)
            && rename.old() != rename.to()
            && is_there(to, rename, renames, true)
    };
    let mut found: Vec<Rename> = subjects(from, new).filter(fits).collect();
    if found.len() > 1 {
        // What is wanted under its old name as well is hardly meant.
        let gone: Vec<Rename> = found.iter().filter(|it| !is_there(to, it, renames, false)).cloned().collect();
        if !gone.is_empty() {
            found = gone;
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        _ => {
            let choice = |rename: &Rename| format!("`{}:{}`", rename.words(), rename.as_option());
            Err(AcceptError::Ambiguous { text: one.text.clone(), choices: found.iter().map(choice).collect() })
        }
    }
}

/// What is missing, in words.
fn missing(from: &Catalog, one: &AcceptedRename, renames: &Renames) -> String {
    let new = one.to.last().map(String::as_str).unwrap_or_default();
    let kind = one.kind.as_deref().unwrap_or("object");
    match subjects(from, new).find(|rename| one.is_of_kind(rename) && one.means(rename, renames)) {
        Some(rename) => format!(
            "there is {} {}, but no {} `{}` is wanted in its place",
            article(rename.words()),
            one.from.join("."),
            rename.words(),
            one.to.join(".")
        ),
        None => format!("there is no {kind} `{}` that could be renamed", one.from.join(".")),
    }
}

fn article(words: &str) -> String {
    let is_vowel = words.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {words}", if is_vowel { "an" } else { "a" })
}

fn split_outside_quotes(text: &str, sign: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, found) in text.char_indices() {
        match found {
            '"' => quoted = !quoted,
            _ if found == sign && !quoted => return Some((&text[..at], &text[at + sign.len_utf8()..])),
            _ => {}
        }
    }
    None
}

/// The parts of a name with dots, as SQL reads them.
fn dotted(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = Some(text.trim());
    while let Some(text) = rest {
        let (part, after) = match split_outside_quotes(text, '.') {
            Some((part, after)) => (part.trim(), Some(after)),
            None => (text.trim(), None),
        };
        let quoted = part.strip_prefix('"').and_then(|part| part.strip_suffix('"'));
        let part = quoted.map_or_else(|| part.to_lowercase(), |part| part.replace("\"\"", "\""));
        if part.is_empty() || (quoted.is_none() && part.contains('"')) {
            return None;
        }
        parts.push(part);
        rest = after;
    }
    // An enum value may be longer than a name, and anything else not.
    parts.iter().rev().skip(1).all(|part| Identifier::new(part.as_str()).is_ok()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_sql_reads_them() {
        let read: AcceptedRename = "Column:public.Patient.\"Full.Na=me\"=Name".parse().unwrap();
        assert_eq!(read.kind.as_deref(), Some("column"));
        assert_eq!(read.from, ["public", "patient", "Full.Na=me"]);
        assert_eq!(read.to, ["name"]);
        for wrong in ["", "a", "a=", "=b", "a..b=c", "a\"b=c"] {
            assert!(wrong.parse::<AcceptedRename>().is_err(), "{wrong}");
        }
    }
}
