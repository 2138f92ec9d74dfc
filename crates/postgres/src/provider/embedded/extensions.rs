//! The extensions that the embedded server offers: citext, hstore, pg_trgm, vector and all others that are packed with
//! it.
//!
//! An extension has two parts. Its files must lie in the data folder, where `CREATE EXTENSION` looks for them: all are
//! unpacked once. Its native code must be loaded by this process before PostgreSQL asks for it, since there is no
//! compiler inside; that takes milliseconds for each at every start, so it is done for those that the caller may need,
//! and for those that were needed in this data folder before.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::thread::{self, JoinHandle};

use pglite_oxide::extensions::{ALL, by_sql_name};
use pglite_oxide::{Pglite, PglitePaths, install_extension_bytes, install_into};

use super::super::ProviderError;

/// What the unpacked files are, beside the server's own, so that another build unpacks its own.
const RECEIPT: &str = "limosa.extensions";

/// The extensions that were needed, a line each.
const NEEDED: &str = "limosa.extensions.needed";

/// Extensions of the embedded server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundledExtensions(BTreeSet<&'static str>);

impl BundledExtensions {
    /// Those whose names occur in texts that speak of extensions, in whatever way: in `CREATE EXTENSION`, in a `DO`
    /// block, in a comment. One too many costs milliseconds, one too few an error.
    #[must_use]
    pub fn named_in<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let word = b"extension";
        let speaks = |text: &&str| text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        let is_boundary = |char: char| !(char.is_ascii_alphanumeric() || char == '_');
        let words = texts.into_iter().filter(speaks).flat_map(|text| text.split(is_boundary));
        Self(words.filter_map(|word| by_sql_name(&word.to_ascii_lowercase())).map(|found| found.sql_name()).collect())
    }

    fn recorded_in(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join(NEEDED)).unwrap_or_default();
        Self(text.lines().filter_map(by_sql_name).map(|extension| extension.sql_name()).collect())
    }

    /// These and those that were needed before, on record for the next time.
    pub(super) fn on_record(mut self, folder: &Path) -> Result<Self, ProviderError> {
        let recorded = Self::recorded_in(folder);
        self.0.extend(&recorded.0);
        if self != recorded {
            let path = folder.join(NEEDED);
            let lines: String = self.0.iter().flat_map(|name| [name, "\n"]).collect();
            fs::write(&path, lines).map_err(ProviderError::file("write", &path))?;
        }
        Ok(self)
    }

    /// Loads their native code in a thread of its own. Where that fails, PostgreSQL says which library it misses.
    pub(super) fn load(self) -> Option<JoinHandle<()>> {
        if self.0.is_empty() {
            return None;
        }
        let load = move || {
            let _ = Pglite::preload_extensions(self.0.into_iter().filter_map(by_sql_name));
        };
        thread::Builder::new().name("limosa-extensions".to_owned()).spawn(load).ok()
    }
}

/// Unpacks all extensions' files into a data folder, making its cluster where there is none yet. Does nothing where the
/// same files were unpacked before.
pub(super) fn unpack(folder: &Path) -> Result<(), ProviderError> {
    let receipt = folder.join(RECEIPT);
    let wanted = contents();
    if fs::read_to_string(&receipt).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    // The cluster first: the server makes none around files that are there already.
    install_into(folder).map_err(failed)?;
    let paths = PglitePaths::with_root(folder);
    for (_, archive) in archives() {
        install_extension_bytes(&paths, archive).map_err(failed)?;
    }
    fs::write(&receipt, wanted).map_err(ProviderError::file("write", &receipt))
}

fn archives() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    ALL.iter().filter_map(|extension| {
        let name = extension.sql_name();
        pglite_oxide_assets::extension_archive(name).map(|archive| (name, archive))
    })
}

/// Names and sizes of the packed extensions: enough to tell one build's from another's.
fn contents() -> String {
    archives().fold(String::new(), |mut text, (name, archive)| {
        let _ = writeln!(text, "{name} {}", archive.len());
        text
    })
}

fn failed(error: impl std::fmt::Display) -> ProviderError {
    ProviderError::Embedded { doing: "unpacking its extensions", message: format!("{error:#}"), hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_in_texts_that_speak_of_extensions() {
        let named = |text| BundledExtensions::named_in([text]).0.into_iter().collect::<Vec<_>>();
        assert_eq!(named("create extension if not exists \"CITEXT\"; CREATE EXTENSION hstore"), ["citext", "hstore"]);
        assert_eq!(named("DO $$ BEGIN EXECUTE 'CREATE EXTENSION pg_trgm'; END $$"), ["pg_trgm"]);
        assert_eq!(named("CREATE EXTENSION pgcrypto"), [""; 0]);
        assert_eq!(named("CREATE TABLE t (v vector(3))"), [""; 0], "nothing is created here");
    }

    #[test]
    fn what_was_needed_once_is_needed_again() {
        let folder = tempfile::tempdir().unwrap();
        let first = BundledExtensions::named_in(["CREATE EXTENSION citext"]).on_record(folder.path()).unwrap();
        let second = BundledExtensions::named_in(["CREATE EXTENSION ltree"]).on_record(folder.path()).unwrap();
        assert!(first.0.is_subset(&second.0), "{second:?}");
        assert_eq!(BundledExtensions::default().on_record(folder.path()).unwrap(), second);
    }
}
