//! Which files, in which order, and what is deployed together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_lint::{File, Role};
use limosa_plan::Mode;
use limosa_project::{Migration, MigrationSet, Script, TransactionMode, Version};
use limosa_syntax::{Diagnostic, Directive, Script as Parsed, SourceFile, Span};

use crate::failure::Failure;

/// Which of a service's migrations are looked at. Those before them are read for what they make.
#[derive(Debug, Clone)]
pub(crate) enum Choice {
    /// All from a version on, each as it was deployed in its time.
    Since(Option<Version>),
    /// These, to be deployed together: paths relative to the project.
    Paths(BTreeSet<String>),
    /// These versions, to be deployed together.
    Versions(BTreeSet<Version>),
}

/// The files of a service in the order in which they run.
pub(crate) fn files_of(set: &MigrationSet, choice: &Choice) -> Vec<File> {
    let mut files = Vec::new();
    for (number, migration) in set.migrations.iter().enumerate() {
        let (wanted, rollout) = match choice {
            Choice::Since(since) => (since.as_ref().is_none_or(|since| migration.version >= *since), number),
            Choice::Paths(paths) => (paths.contains(&migration.up.source.path), usize::MAX),
            Choice::Versions(versions) => (versions.contains(&migration.version), usize::MAX),
        };
        let file = File {
            name: Some(migration.name.to_string()),
            version: Some(migration.version.to_string()),
            has_down: migration.down.is_some(),
            context: !wanted,
            rollout: if wanted { rollout } else { number },
            ..file(&migration.up, Role::Migration, migration.transaction)
        };
        if let Some(down) = down(migration, wanted) {
            files.push(file);
            files.push(File { context: false, rollout: files[files.len() - 1].rollout, ..down });
        } else {
            files.push(file);
        }
    }
    for repeatable in &set.repeatables {
        let wanted = match choice {
            Choice::Since(_) => true,
            Choice::Paths(paths) => paths.contains(&repeatable.up.source.path),
            Choice::Versions(_) => false,
        };
        files.push(File {
            name: Some(repeatable.name.to_string()),
            context: !wanted,
            rollout: usize::MAX,
            ..file(&repeatable.up, Role::Repeatable, repeatable.transaction)
        });
    }
    files
}

fn down(migration: &Migration, wanted: bool) -> Option<File> {
    let script = migration.down.as_ref().filter(|_| wanted)?;
    let version = Some(migration.version.to_string());
    Some(File { name: Some(migration.name.to_string()), version, ..file(script, Role::Down, TransactionMode::Auto) })
}

/// Files that belong to no project, to be deployed together in the order in which they were named. A folder stands for
/// all `.sql` files below it.
pub(crate) fn loose_files(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, &mut found).map_err(|error| {
            let message = format!("`{}` cannot be read: {error}", path.display());
            Failure::from(Diagnostic::error("unreadable-file", message).with_help("check the path"))
        })?;
    }
    let read = |path: &PathBuf| {
        let shown = path.to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(path).map_err(|error| {
            Failure::from(Diagnostic::error("unreadable-file", format!("`{shown}` cannot be read: {error}")))
        })?;
        // What is not UTF-8 is found by the rules, in its place.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let source = Arc::new(SourceFile { path: shown, text: text.into() });
        Ok(file(&Script::whole(&source, limosa_project::Separator::Semicolon), Role::Migration, TransactionMode::Auto))
    };
    found.iter().map(read).collect()
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !std::fs::metadata(path)?.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "sql") {
            collect(&entry, found)?;
        }
    }
    Ok(())
}

fn file(script: &Script, role: Role, transaction: TransactionMode) -> File {
    File {
        source: Arc::clone(&script.source),
        section: script.section,
        role,
        mode: mode(script, transaction),
        name: None,
        version: None,
        has_down: false,
        context: false,
        rollout: usize::MAX,
    }
}

/// As the layout asks, unless the text says something else.
fn mode(script: &Script, transaction: TransactionMode) -> Mode {
    let asked = match transaction {
        TransactionMode::Auto => Mode::Auto,
        TransactionMode::Off => Mode::Off,
        TransactionMode::Whole => Mode::Whole,
    };
    let Span { start, end } = script.section;
    let text = script.source.text.get(start..end).unwrap_or_default();
    if !text.contains("transaction") {
        return asked;
    }
    Parsed::parse(text).file_directives().fold(asked, |mode, directive| match directive {
        Directive::Transaction { on: true } => Mode::Whole,
        Directive::Transaction { on: false } => Mode::Off,
        _ => mode,
    })
}
