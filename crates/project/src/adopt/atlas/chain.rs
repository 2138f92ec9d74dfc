//! `atlas.sum`: a hash for each file, which covers all files before it as well.

use std::borrow::Cow;
use std::collections::BTreeMap;

use limosa_syntax::Diagnostic;
use sha2::{Digest, Sha256};

use super::super::ToolFiles;
use super::super::checksum::base64_of;
use crate::folder::FolderFile;

/// What Atlas keeps beside the migrations.
const SUM: &str = "atlas.sum";
/// A file that says so counts with its name alone.
const IGNORE: &str = "-- atlas:sum ignore";

/// The hashes that the files may have had when they were applied.
pub(super) struct Chains {
    chains: Vec<BTreeMap<String, String>>,
}

impl Chains {
    /// `is_applied` tells which files have a row: one that came between two others later was not there then.
    pub(super) fn of(files: &ToolFiles, is_applied: impl Fn(&str) -> bool) -> Self {
        let all: Vec<&FolderFile> = files.folder().top_sql().map(|(file, _)| file).collect();
        let applied: Vec<&FolderFile> = all.iter().copied().filter(|file| is_applied(&file.path)).collect();
        let with_ends = |ends: Ends| [chain(&all, ends), chain(&applied, ends)];
        Self { chains: [Ends::AsTheyAre, Ends::Unix, Ends::Windows].into_iter().flat_map(with_ends).collect() }
    }

    /// Whether a file and all before it lead to this hash.
    pub(super) fn lead_to(&self, path: &str, hash: &str) -> bool {
        self.chains.iter().any(|chain| chain.get(path).is_some_and(|own| own == hash))
    }
}

/// How lines end: a checkout on another system changes nothing else.
#[derive(Clone, Copy)]
enum Ends {
    AsTheyAre,
    Unix,
    Windows,
}

impl Ends {
    fn of(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::AsTheyAre => text.into(),
            Self::Unix => text.replace("\r\n", "\n").into(),
            Self::Windows => text.replace("\r\n", "\n").replace('\n', "\r\n").into(),
        }
    }
}

/// The hash of each file, by its name.
fn chain(files: &[&FolderFile], ends: Ends) -> BTreeMap<String, String> {
    let mut sha = Sha256::new();
    let hash = |file: &&FolderFile| {
        sha.update(&file.path);
        let is_ignored = file.text().lines().take_while(|line| line.starts_with("--")).any(|line| line == IGNORE);
        if !is_ignored {
            sha.update(ends.of(file.text()).as_ref());
        }
        (file.path.clone(), base64_of(sha.clone()))
    };
    files.iter().map(hash).collect()
}

/// What is wrong with `atlas.sum`, where there is one.
pub(super) fn problem(files: &ToolFiles) -> Option<Diagnostic> {
    let text = files.text(SUM)?;
    let all: Vec<&FolderFile> = files.folder().top_sql().map(|(file, _)| file).collect();
    let recorded: Vec<(&str, &str)> = text.lines().skip(1).filter_map(|line| line.rsplit_once(" h1:")).collect();
    let fits = |ends: Ends| {
        let chain = chain(&all, ends);
        let differs = |name: &str| chain.get(name).map(String::as_str) != hash_in(&recorded, name);
        let changed = all.iter().map(|file| file.path.as_str()).find(|name| differs(name)).map(str::to_owned);
        changed.or_else(|| recorded.iter().find(|(name, _)| !chain.contains_key(*name)).map(|it| it.0.to_owned()))
    };
    let first = fits(Ends::AsTheyAre)?;
    if [Ends::Unix, Ends::Windows].into_iter().any(|ends| fits(ends).is_none()) {
        return None;
    }
    let message = format!("`{}` is not that of the files: `{first}` is the first that differs", files.shown(SUM));
    Some(
        Diagnostic::warning("atlas-sum", message)
            .with_help("Atlas would refuse to run; see what was changed, then write it anew with `atlas migrate hash`"),
    )
}

fn hash_in<'t>(recorded: &[(&str, &'t str)], name: &str) -> Option<&'t str> {
    recorded.iter().find(|(own, _)| *own == name).map(|(_, hash)| *hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> FolderFile {
        let source = limosa_syntax::SourceFile { path: path.to_owned(), text: text.into() };
        FolderFile { path: path.to_owned(), source: Some(std::sync::Arc::new(source)), comments: Vec::new() }
    }

    #[test]
    fn each_hash_is_the_one_that_atlas_writes() {
        // The first two files of `sql/migrate/testdata/partial-checkpoint` in its own repository.
        let files = [
            file("1_first.sql", "create table `tbl_1` (`col` int);\n"),
            file("2_second.sql", "create table `tbl_2` (`col` int);\n"),
        ];
        let files: Vec<&FolderFile> = files.iter().collect();
        let hashes = chain(&files, Ends::AsTheyAre);
        assert_eq!(hashes["1_first.sql"], "uJ2MyyeTqXx4rCqtRMQAvRrfsvdwmvsZ3LcadVvCdOc=");
        assert_eq!(hashes["2_second.sql"], "TLO00GtsqSi8o0ySoaofBqxemrElL8fHOs3IRnqYvB8=");
        assert_eq!(chain(&files, Ends::Unix), hashes);
        assert_ne!(chain(&files, Ends::Windows), hashes);
    }

    #[test]
    fn a_file_that_is_ignored_counts_with_its_name() {
        let (one, other) = (file("1.sql", "-- atlas:sum ignore\nselect 1;\n"), file("1.sql", "-- atlas:sum ignore\n"));
        assert_eq!(chain(&[&one], Ends::AsTheyAre), chain(&[&other], Ends::AsTheyAre));
    }
}
