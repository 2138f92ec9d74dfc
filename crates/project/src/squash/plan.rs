//! What is replaced, and what happens to the files.

use limosa_syntax::Diagnostic;

use super::archive::{ARCHIVE, MARK, archive_sum, within_archive};
use crate::layout::DownPlace;
use crate::reversion::respellable;
use crate::{
    FileAct, LayoutName, Migration, MigrationSet, NewFile, NewMigration, Rename, SUM_FILE, SumFile, SumState, Version,
};

/// The name of a baseline.
const NAME: &str = "baseline";

/// How long a line of versions gets.
const LINE: usize = 100;

/// The migrations that become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SquashPlan {
    /// Those that are replaced, by their places in the set, which are the first ones.
    pub replaced: usize,
    /// The version of the last of them, which the baseline gets.
    pub version: Version,
    /// The baseline's file, relative to the migrations folder.
    pub path: String,
    /// The mark that the baseline begins with: a comment that names what it replaces.
    pub mark: String,
}

/// Plans a baseline of all migrations up to a version.
///
/// # Errors
/// Everything that is in the way, together: a version that is not there, nothing to join, an archive that some
/// databases still need, versions that several migrations have, a folder whose tool makes its files itself.
pub fn plan_squash(set: &MigrationSet, to: &Version) -> Result<SquashPlan, Vec<Diagnostic>> {
    let Some(last) = set.find(to) else {
        let error = Diagnostic::error("unknown-version", format!("there is no migration with version {to}"));
        return Err(vec![error.with_help("`limosa status -v` lists the versions")]);
    };
    let replaced = set.migrations.partition_point(|migration| migration.version <= *to);
    let mut problems = Vec::new();
    if set.squashed.as_ref().is_some_and(|squashed| squashed.originals.is_some()) {
        let message = format!("`{}` holds what an earlier baseline replaces", set.shown(ARCHIVE));
        let error = Diagnostic::error("archive-in-use", message);
        problems.push(error.with_help("when all databases have passed it: `limosa squash --remove-archive`"));
    }
    let replaced_ones = &set.migrations[..replaced];
    if replaced < 2 {
        let error = Diagnostic::error("nothing-to-squash", format!("{to} is the first migration; one is one already"));
        problems.push(error.with_help("name a later version"));
    }
    for same in replaced_ones.windows(2).filter(|pair| pair[0].version == pair[1].version) {
        let message = format!("version {} is there several times", same[0].version);
        let error = Diagnostic::error("duplicate-version", message).in_file(&same[1].up.source);
        problems.push(error.with_help("give each its own version first: `limosa renumber`"));
    }
    let spelled = match respellable(set, last) {
        Ok(spelled) => spelled,
        Err(problem) => {
            problems.push(*problem);
            last.version.as_str()
        }
    };
    let path = match file(set, last, spelled, "") {
        Ok(file) => file.path,
        Err(problem) => {
            problems.push(*problem);
            String::new()
        }
    };
    let mark = mark(replaced_ones);
    if problems.is_empty() { Ok(SquashPlan { replaced, version: to.clone(), path, mark }) } else { Err(problems) }
}

fn mark(replaced: &[Migration]) -> String {
    let mut lines = vec![MARK.to_owned()];
    for migration in replaced {
        let version = migration.version.as_str();
        let is_full = lines.last().is_some_and(|line| line.len() + version.len() > LINE);
        if is_full {
            lines.push(MARK.to_owned());
        }
        if let Some(line) = lines.last_mut() {
            let comma = if line.len() == MARK.len() { "" } else { ", " };
            line.push_str(comma);
            line.push_str(version);
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The baseline's file in the layout of the folder.
fn file(set: &MigrationSet, last: &Migration, spelled: &str, text: &str) -> Result<NewFile, Box<Diagnostic>> {
    let module = last.path.rsplit_once('/').map(|(module, _)| module);
    let name = match module {
        Some(module) if set.layout == LayoutName::Modules => format!("{module}/{NAME}"),
        _ => NAME.to_owned(),
    };
    let no_file = |why: &str| {
        let error =
            Diagnostic::error("no-new-migration", format!("a folder of {} takes no baseline: {why}", set.layout));
        Box::new(error.with_help("squash with the tool that the folder belongs to"))
    };
    let templates = set.layout.rules().new_files(spelled, &name, DownPlace::Own).map_err(no_file)?;
    let files = templates.into_iter().map(|(path, text)| NewFile { path, text }).collect();
    let new = NewMigration { version: last.version.clone(), files, warnings: Vec::new() };
    new.with_scripts(text, "").files.into_iter().next().ok_or_else(|| no_file("it has none"))
}

impl SquashPlan {
    /// The set as it would be with this baseline alone, for a replay; the text is that of the up script, mark included.
    #[must_use]
    pub fn as_set(&self, set: &MigrationSet, text: &str) -> MigrationSet {
        let last = set.migrations.get(self.replaced.saturating_sub(1)).cloned();
        let alone = MigrationSet {
            migrations: last.into_iter().collect(),
            repeatables: Vec::new(),
            sum: SumState::Absent,
            squashed: None,
            ..set.clone()
        };
        alone.with_text(&self.version, text)
    }

    /// The migrations that are replaced, alone.
    #[must_use]
    pub fn originals(&self, set: &MigrationSet) -> MigrationSet {
        let migrations = set.migrations.iter().take(self.replaced).cloned().collect();
        MigrationSet { migrations, repeatables: Vec::new(), sum: SumState::Absent, squashed: None, ..set.clone() }
    }

    /// What happens to the files: the baseline is written, the others move into the archive, both with their sums.
    ///
    /// # Errors
    /// A folder whose tool makes its files itself.
    pub fn act(&self, set: &MigrationSet, text: &str) -> Result<FileAct, Vec<Diagnostic>> {
        let replaced = &set.migrations[..self.replaced];
        let Some(last) = replaced.last() else { return Ok(FileAct::default()) };
        let spelled = respellable(set, last).map_err(|problem| vec![*problem])?;
        let baseline = file(set, last, spelled, text).map_err(|problem| vec![*problem])?;
        let archived: Vec<Migration> = replaced.iter().cloned().map(within_archive).collect();
        let mut texts = vec![(format!("{ARCHIVE}/{SUM_FILE}"), archive_sum(&archived).render())];
        if !matches!(set.sum, SumState::Absent) {
            let own = std::iter::once((baseline.path.as_str(), crate::Checksum::of(text)));
            let rest = set.migrations.iter().skip(self.replaced).map(|it| (it.path.as_str(), it.checksum));
            texts.push((SUM_FILE.to_owned(), SumFile::chain(own.chain(rest)).render()));
        }
        let owned = replaced.iter().flat_map(|migration| &migration.owned);
        let mut renames: Vec<Rename> =
            owned.map(|path| Rename { from: path.clone(), to: format!("{ARCHIVE}/{path}") }).collect();
        // Written under a name that no layout reads, so that there is never a baseline beside what it replaces.
        let aside = format!("{}.squashing", baseline.path);
        texts.push((aside.clone(), baseline.text));
        renames.push(Rename { from: aside, to: baseline.path });
        Ok(FileAct { texts, renames })
    }
}
