//! What shadows computed before, kept by what it was computed from.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use limosa_catalog::Catalog;
use limosa_postgres::ShadowIdentity;
use sha2::{Digest, Sha256};

/// Changes with every release, and with what is written below.
const FORMAT: &str = concat!("limosa ", env!("CARGO_PKG_VERSION"), " known 2");

/// How long an answer is kept after it was last of use.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Answers of earlier shadows, in a folder of files named by the hash of all that the answer depends on.
///
/// It saves time and nothing else: what cannot be read is computed again, what cannot be written is not kept.
#[derive(Debug, Clone)]
pub struct Answers {
    folder: Option<PathBuf>,
}

impl Answers {
    /// In this folder, which is made with the first answer.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder: Some(folder) }
    }

    /// Nothing is known, and nothing is kept.
    #[must_use]
    pub fn nothing() -> Self {
        Self { folder: None }
    }

    pub(super) fn catalog(&self, question: &Question) -> Option<Catalog> {
        Catalog::from_snapshot(&self.answer(question)?).ok()
    }

    pub(super) fn keep_catalog(&self, question: &Question, catalog: &Catalog) {
        self.keep(question, &catalog.to_snapshot());
    }

    /// The answer to a question, where it is known.
    pub(crate) fn answer(&self, question: &Question) -> Option<String> {
        let path = self.folder.as_ref()?.join(question.name());
        let text = fs::read_to_string(&path).ok()?;
        // So that it is kept for as long as it is of use.
        let _ = fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(text)
    }

    /// Keeps an answer, and forgets those that were of no use for long.
    pub(crate) fn keep(&self, question: &Question, answer: &str) {
        let Some(folder) = &self.folder else { return };
        let kept = || -> std::io::Result<()> {
            make_private(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(answer.as_bytes())?;
            file.persist(folder.join(question.name()))?;
            for entry in fs::read_dir(folder)?.flatten() {
                let unused = entry.metadata().and_then(|file| file.modified()).map(|modified| modified.elapsed());
                if unused.is_ok_and(|unused| unused.is_ok_and(|unused| unused > KEPT)) {
                    let _ = fs::remove_file(entry.path());
                }
            }
            Ok(())
        };
        let _ = kept();
    }
}

/// Schemas are nobody else's business.
fn make_private(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What is asked of a shadow, as the hash of everything that its answer depends on.
#[derive(Debug, Clone)]
pub(crate) struct Question(Sha256);

impl Question {
    /// A question to this server; `what` tells kinds of questions apart.
    pub(crate) fn to(server: ShadowIdentity, what: &str) -> Self {
        Self::of(&server.to_string()).and(what)
    }

    /// A question of this kind to nobody in particular.
    pub(crate) fn of(what: &str) -> Self {
        Self(Sha256::new()).and(FORMAT).and(what)
    }

    /// The same, which also depends on this. Each part is told apart from the next by its length.
    pub(crate) fn and(mut self, part: &str) -> Self {
        self.0.update(part.len().to_le_bytes());
        self.0.update(part);
        self
    }

    fn name(&self) -> String {
        self.0.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::ServerVersion;
    use limosa_postgres::provider::ProviderKind;

    use super::*;

    fn question(major: u32) -> Question {
        let version = ServerVersion::from_number(major * 10_000 + 4).unwrap();
        Question::to(ShadowIdentity { kind: ProviderKind::Binaries, version }, "test")
    }

    #[test]
    fn an_answer_is_found_by_its_question_alone() {
        let folder = tempfile::tempdir().unwrap();
        let known = Answers::in_folder(folder.path().join("deep/inside"));
        known.keep(&question(18).and("a").and("b"), "yes");
        assert_eq!(known.answer(&question(18).and("a").and("b")).as_deref(), Some("yes"));
        for other in [question(18).and("ab"), question(17).and("a").and("b"), question(18).and("a"), question(18)] {
            assert_eq!(known.answer(&other), None, "{other:?}");
        }
        assert_eq!(Answers::nothing().answer(&question(18).and("a").and("b")), None);
    }

    #[test]
    fn what_was_of_no_use_for_long_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let known = Answers::in_folder(folder.path().to_owned());
        known.keep(&question(18).and("old"), "old");
        known.keep(&question(18).and("used"), "used");
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = fs::File::options().append(true).open(file.unwrap().path()).unwrap();
            file.set_modified(SystemTime::now() - KEPT - Duration::from_secs(60)).unwrap();
        }
        assert!(known.answer(&question(18).and("used")).is_some());
        known.keep(&question(18).and("new"), "new");
        assert_eq!(known.answer(&question(18).and("old")), None);
        assert_eq!(known.answer(&question(18).and("used")).as_deref(), Some("used"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_time_only() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let known = Answers::in_folder(folder.path().join("file"));
        known.keep(&question(18), "yes");
        assert_eq!(known.answer(&question(18)), None);
    }
}
