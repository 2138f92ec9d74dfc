//! Every file in `tests/cases/adopt` is a project and the tables of a database, in which another tool has left its
//! history; what is made of it is the snapshot beside it.
//!
//! Tables are files below `tables/`, called as the table is: the first line holds its columns, each further line a row
//! as JSON. Before the first header stands what the case is about, and lines `do: …`: `accept-edited`,
//! `accept-missing`, `write-kept`, `table NAME`, `tool NAME`. The file `applied` holds versions that are on record.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that its own set-up is broken")]

mod case;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_project::{
    Adopted, AdoptedTarget, AdoptionTerms, AppliedMigration, AppliedState, EntrySource, Identity, OldEntry, OldHistory,
    OldRow, OldState, SeenColumn, SeenTable, ToolFiles, candidate_folders, load, plan_adoption, read_migrations,
    recognise_histories,
};

use case::{Case, diagnostics};

#[test]
fn every_history_means_what_its_snapshot_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/adopt");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()))
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    assert!(paths.len() > 20, "only {} cases were found in {}", paths.len(), folder.display());
    let mut failed = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let outcome = std::panic::catch_unwind(|| {
            let case = Case::parse(&text);
            let shown = case.within_tree(|root| describe(root, &case));
            insta::with_settings!({
                snapshot_path => &folder,
                prepend_module_to_snapshot => false,
                omit_expression => true,
                description => case.about.clone(),
            }, { insta::assert_snapshot!(name.as_str(), shown) });
        });
        if outcome.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "these histories do not mean what their snapshots say: {}", failed.join(", "));
}

/// A table and its rows, from a file below `tables/`.
fn table(path: &Path) -> (SeenTable, Vec<OldRow>) {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let column = |text: &str| {
        let (name, data_type) = text.trim().split_once(' ').unwrap();
        SeenColumn { name: name.to_owned(), data_type: data_type.to_owned() }
    };
    let columns = lines.next().unwrap().split(", ").map(column).collect();
    let rows = lines.filter(|line| !line.is_empty());
    let rows = rows.map(|line| OldRow::parse(line).unwrap_or_else(|| panic!("no row: {line}"))).collect();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let (schema, name) = name.split_once('.').unwrap();
    let name = QualifiedName { schema: Identifier::new(schema).ok(), name: Identifier::new(name).unwrap() };
    (SeenTable { name, columns, readable: true, behind: None }, rows)
}

fn describe(root: &Path, case: &Case) -> String {
    let mut paths: Vec<_> = fs::read_dir(root.join("tables")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let tables: Vec<(SeenTable, Vec<OldRow>)> = paths.iter().map(|path| table(path)).collect();
    let rows_of = |seen: &SeenTable| tables.iter().find(|(own, _)| own == seen).unwrap().1.clone();
    let seen: Vec<SeenTable> = tables.iter().map(|(table, _)| table.clone()).collect();
    let said =
        |what: &'static str| case.actions.iter().filter_map(move |action| action.strip_prefix(what)).map(str::trim);
    let named: Vec<String> = said("table ").map(str::to_owned).collect();
    let only = said("tool ").next().map(|tool| tool.parse().unwrap());
    let recognised = recognise_histories(&seen, &named, only);

    let mut out = String::new();
    diagnostics(&mut out, &recognised.problems);
    let project = load(root).unwrap().project;
    let service = &project.services[0];
    let set = read_migrations(&project, service).unwrap();
    let folders = candidate_folders(&project, service);
    let folders: Vec<ToolFiles> =
        folders.iter().map(|folder| ToolFiles::read(&project.path(folder), &folder.to_string_lossy()).0).collect();
    let mut histories = Vec::new();
    for found in &recognised.histories {
        let beside: Vec<Vec<OldRow>> = found.beside.iter().map(rows_of).collect();
        let rows = rows_of(&found.table);
        let readings = folders.iter().map(|files| found.read(&rows, &beside, files));
        histories.push(readings.rev().max_by_key(files_met).unwrap());
    }
    for history in &histories {
        writeln!(out, "{} in {}", history.tool, history.table).unwrap();
        history.entries.iter().for_each(|entry| writeln!(out, "  {}", entry_line(entry)).unwrap());
    }
    let known: Vec<AppliedMigration> = case
        .applied
        .lines()
        .map(|version| {
            let migration = set.find(&version.parse().unwrap()).unwrap();
            AppliedMigration {
                identity: Identity::Version(migration.version.clone()),
                name: migration.name.clone(),
                checksum: Some(migration.checksum),
                state: AppliedState::Applied,
            }
        })
        .collect();
    let terms = AdoptionTerms {
        accept_edited: said("accept-edited").next().is_some(),
        accept_missing: said("accept-missing").next().is_some(),
        write_kept: said("write-kept").next().is_some(),
    };
    let plan = plan_adoption(&histories, &set, &known, terms);
    writeln!(out, "{}", if plan.is_refused() { "refused" } else { "to go on record" }).unwrap();
    plan.adopted.iter().for_each(|adopted| writeln!(out, "  {}", adopted_line(adopted)).unwrap());
    for (tool, entry) in &plan.programs {
        writeln!(out, "  program {tool} {}", entry.key).unwrap();
    }
    for kept in &plan.kept {
        writeln!(out, "  kept {} {:?}", kept.path, kept.text).unwrap();
    }
    for migration in &plan.pending {
        writeln!(out, "  pending {}", migration.path).unwrap();
    }
    diagnostics(&mut out, &plan.problems);
    out
}

fn files_met(history: &OldHistory) -> usize {
    let has_file =
        |entry: &&OldEntry| matches!(entry.source, EntrySource::Sql(_) | EntrySource::Code { path: Some(_), .. });
    history.entries.iter().filter(has_file).count()
}

fn entry_line(entry: &OldEntry) -> String {
    let state = match &entry.state {
        OldState::Applied => "applied",
        OldState::Pending => "pending",
        OldState::Skipped => "skipped",
        OldState::Failed { .. } => "failed",
    };
    let mut line = format!("{} {state} {:?}", entry.key, entry.verdict).to_lowercase();
    if let Some(at) = entry.applied_at {
        write!(line, " at {at}").unwrap();
    }
    if let Some(by) = &entry.applied_by {
        write!(line, " by {by}").unwrap();
    }
    match &entry.source {
        EntrySource::Sql(paths) => write!(line, ": {}", paths.join(", ")).unwrap(),
        EntrySource::Code { path, runs, .. } => write!(line, ": program {path:?} runs {runs:?}").unwrap(),
        EntrySource::Gone { kept } => {
            write!(line, ": gone{}", if kept.is_some() { ", kept" } else { "" }).unwrap();
        }
    }
    line
}

fn adopted_line(adopted: &Adopted<'_>) -> String {
    match adopted.target {
        AdoptedTarget::Migration(migration) => format!("{} `{}` {}", migration.version, migration.name, migration.path),
        AdoptedTarget::Repeatable(repeatable) => format!("repeatable `{}`", repeatable.name),
        AdoptedTarget::Event => format!("event of {} {}", adopted.tool, adopted.entry.key),
    }
}
