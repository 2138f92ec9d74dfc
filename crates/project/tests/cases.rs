//! Every file in `tests/cases/project` is a small tree of files, read as a project; what was read, and what is wrong
//! with it, is the snapshot beside it.
//!
//! Before the first header stands what the case is about, and lines `do: …` that say what to do besides reading: `do:
//! new NAME`, `do: rebase`, `do: renumber [behind|map|timestamps|sequence]`, `do: sum`, `do: init`. A header is
//! `-- path --`, with `(crlf)`, `(hex)` or `-> target` after the path where the file has other line ends, is given in
//! hexadecimal, or is a symbolic link; a path that ends in `/` is an empty folder. The file `applied` is the history:
//! one line `version name checksum state` per migration, `=` standing for the checksum of the file that is there.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that its own set-up is broken")]

mod case;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use limosa_project::{
    AppliedMigration, AppliedState, ColumnForm, Identity, Loaded, MigrationName, MigrationSet, OrderPolicy, Project,
    RENUMBER_FILE, Rename, RenumberMap, RenumberWish, Seed, SeedContent, SumState, ToolName, Value, Version, Wrappers,
    apply_renames, load, new_migration, plan_rebase, plan_renumber, read_migrations, read_seeds, recognise, reconcile,
    rehash, renumber_changes, service_waves, write_new,
};
use limosa_syntax::{BackfillManner, SourceFile};

use case::{Case, diagnostics};

#[test]
fn every_case_reads_as_its_snapshot_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/project");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()))
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    assert!(paths.len() > 30, "only {} cases were found in {}", paths.len(), folder.display());
    let mut failed = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
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
    assert!(failed.is_empty(), "these cases do not read as their snapshots say: {}", failed.join(", "));
}

fn now() -> Timestamp {
    "2024-12-24T12:00:00Z".parse().unwrap()
}

fn describe(root: &Path, case: &Case) -> String {
    let mut out = String::new();
    if case.actions.iter().any(|action| action == "init") {
        match recognise(root) {
            Ok(proposal) => {
                diagnostics(&mut out, &proposal.warnings);
                for service in proposal.services.iter().filter(|service| service.tool.is_some()) {
                    let tool = service.tool.map(ToolName::title).unwrap_or_default();
                    writeln!(out, "{} has been managed by {tool}", service.name).unwrap();
                }
                writeln!(out, "{}", proposal.toml).unwrap();
                std::fs::write(root.join("limosa.toml"), &proposal.toml).unwrap();
                for service in &proposal.services {
                    std::fs::create_dir_all(root.join(&service.migrations)).unwrap();
                }
            }
            Err(problems) => diagnostics(&mut out, &problems),
        }
    }
    match load(root) {
        Ok(Loaded { project, warnings }) => {
            diagnostics(&mut out, &warnings);
            describe_project(&mut out, &project);
            for service in &project.services {
                match read_migrations(&project, service) {
                    Ok(set) => describe_set(&mut out, case, &project, &set),
                    Err(problems) => diagnostics(&mut out, &problems),
                }
                match read_seeds(&project, service) {
                    Ok(seeds) => seeds.iter().for_each(|seed| describe_seed(&mut out, &project, seed)),
                    Err(problems) => diagnostics(&mut out, &problems),
                }
            }
        }
        Err(problems) => diagnostics(&mut out, &problems),
    }
    out
}

/// A seed and its rows, a line each.
fn describe_seed(out: &mut String, project: &Project, seed: &Seed) {
    let environments = project.environments.iter().filter(|environment| seed.is_for(environment));
    let environments: Vec<&str> = environments.map(|environment| environment.name.as_str()).collect();
    writeln!(out, "\nseed `{}` in {} for {}", seed.name, seed.source.path, environments.join(", ")).unwrap();
    let SeedContent::Table(settings) = &seed.content else { return writeln!(out, "  a script").unwrap() };
    writeln!(out, "  {} {}, key {:?}", settings.mode.word(), settings.table, settings.key).unwrap();
    let rows = match seed.rows() {
        Ok(rows) => rows.unwrap(),
        Err(problems) => return diagnostics(out, &problems),
    };
    let named = rows.columns().iter().map(|column| match &column.reference {
        Some(to) => format!("{} -> {to}", column.name),
        None => column.name.to_string(),
    });
    writeln!(out, "  {}", named.collect::<Vec<_>>().join(", ")).unwrap();
    let mut cursor = rows.cursor();
    while let Some(cells) = cursor.next_row() {
        let value = |value: &Value<'_>| match value {
            Value::Null => "NULL".to_owned(),
            Value::Text(text) => format!("{text:?}"),
            Value::Node(node) => node.text(ColumnForm::Json).unwrap_or_default().unwrap_or_default(),
        };
        let cells: Vec<String> = cells.iter().map(|cell| value(&cell.value)).collect();
        writeln!(out, "    {}", cells.join(" | ")).unwrap();
    }
}

fn describe_project(out: &mut String, project: &Project) {
    writeln!(out, "project {} (history in {})", project.name, project.history_schema).unwrap();
    for environment in &project.environments {
        let default = if environment.name == project.default_environment { " (default)" } else { "" };
        let (backup, run) = (environment.backup, &environment.run);
        writeln!(out, "environment {}{default}: {:?}", environment.name, environment.url).unwrap();
        writeln!(out, "  confirm {}, protected {}, backup {backup:?}", environment.confirm, environment.protected)
            .unwrap();
        writeln!(
            out,
            "  lock timeout {:?}, patience {:?}, statement timeout {:?}, order {:?}",
            run.lock_timeout, run.patience, run.statement_timeout, run.order
        )
        .unwrap();
        if environment.backfill != BackfillManner::default() {
            writeln!(out, "  backfill {:?}", environment.backfill).unwrap();
        }
    }
    if let Some(tenants) = &project.tenants {
        writeln!(out, "tenants: {tenants:?}").unwrap();
    }
    if let Some(logs) = &project.logs {
        writeln!(out, "logs: {logs:?}").unwrap();
    }
    if project.ids.schema.as_str() != "ids" || !project.ids.columns.is_empty() {
        writeln!(out, "functions for ids in {}", project.ids.schema).unwrap();
    }
    for (column, spec) in &project.ids.columns {
        writeln!(out, "ids of {column}: {spec}").unwrap();
    }
    for (name, raw) in &project.raw {
        // The order of a TOML table is a feature of the parser that another crate may have turned on.
        writeln!(out, "kept [{name}]: {:?}", raw.values.keys().collect::<BTreeSet<_>>()).unwrap();
    }
    if project.services.len() > 1 {
        let waves = service_waves(&project.services).unwrap();
        let named = |wave: &Vec<usize>| {
            wave.iter().map(|at| project.services[*at].name.to_string()).collect::<Vec<_>>().join(", ")
        };
        writeln!(out, "order: {}", waves.iter().map(named).collect::<Vec<_>>().join(" | ")).unwrap();
    }
    for service in &project.services {
        writeln!(out, "service {} in {}, database {}", service.name, service.migrations.display(), service.database)
            .unwrap();
        for reference in &service.references {
            writeln!(out, "  {} refers to {}:{}", reference.column, reference.service, reference.to).unwrap();
        }
        let schema = &service.schema.as_ref().map(ToString::to_string);
        let extras = (&service.url, &service.owner_role, &service.schemas, schema, &service.seeds);
        if extras != (&None, &None, &Vec::new(), &None, &None) {
            writeln!(out, "  url, owner, schemas, schema, seeds: {extras:?}").unwrap();
        }
    }
}

fn describe_set(out: &mut String, case: &Case, project: &Project, set: &MigrationSet) {
    writeln!(out, "\n{} in the layout {}", set.shown_folder, set.layout).unwrap();
    for migration in &set.migrations {
        let transaction = format!("{:?}", migration.transaction).to_lowercase();
        writeln!(
            out,
            "  {} `{}`, transaction {transaction}, {:?}",
            migration.version, migration.name, migration.up.separator
        )
        .unwrap();
        writeln!(out, "    up   {} {:?}", migration.up.source.path, shortened(migration.up.text())).unwrap();
        if let Some(down) = &migration.down {
            writeln!(out, "    down {} {:?}", down.source.path, shortened(down.text())).unwrap();
        }
        if migration.owned.len() > 1 {
            writeln!(out, "    owns {}", migration.owned.join(", ")).unwrap();
        }
    }
    for repeatable in &set.repeatables {
        writeln!(out, "  repeatable `{}`", repeatable.name).unwrap();
        writeln!(out, "    up   {} {:?}", repeatable.up.source.path, shortened(repeatable.up.text())).unwrap();
    }
    diagnostics(out, &set.warnings);
    let applied = applied(case, set);
    reconciled(out, project, set, &applied);
    for action in &case.actions {
        match action.split_once(' ').unwrap_or((action, "")) {
            ("new", name) => describe_new(out, set, name),
            ("rebase", _) => describe_rebase(out, set, &applied),
            ("renumber", how) => describe_renumber(out, set, &applied, how),
            ("sum", _) => match rehash(set, &applied) {
                Ok(sum) => writeln!(out, "sum of {} lines", sum.lines.len()).unwrap(),
                Err(problems) => {
                    writeln!(out, "no sum:").unwrap();
                    diagnostics(out, &problems);
                }
            },
            ("init", _) => {}
            (other, _) => panic!("`do: {other}` is not known; expected new, rebase, renumber, sum or init"),
        }
    }
}

fn reconciled(out: &mut String, project: &Project, set: &MigrationSet, applied: &[AppliedMigration]) {
    let environment = project.environment(&project.default_environment).unwrap();
    let found = reconcile(set, applied, environment.run.order);
    let versions =
        |at: &[usize]| at.iter().map(|at| set.migrations[*at].version.to_string()).collect::<Vec<_>>().join(", ");
    if !applied.is_empty() || !matches!(set.sum, SumState::Absent) || !found.problems.is_empty() {
        writeln!(out, "pending: [{}]", versions(&found.pending)).unwrap();
        let names = found.pending_repeatables.iter().map(|at| set.repeatables[*at].name.to_string());
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            writeln!(out, "pending repeatables: [{}]", names.join(", ")).unwrap();
        }
        for unfinished in &found.unfinished {
            writeln!(out, "unfinished: {} after {} statements", unfinished.version, unfinished.done).unwrap();
        }
        diagnostics(out, &found.problems);
    }
}

fn describe_new(out: &mut String, set: &MigrationSet, name: &str) {
    match new_migration(set, name, now()) {
        Ok(new) => {
            diagnostics(out, &new.warnings);
            for file in &new.files {
                writeln!(out, "new {} {:?}", file.path, file.text).unwrap();
            }
            write_new(&set.folder, &new.files).unwrap();
            let again = write_new(&set.folder, &new.files).unwrap_err().to_string();
            assert!(again.contains("already exists"), "writing twice must not overwrite, but said: {again}");
        }
        Err(error) => writeln!(out, "no new file: {error}").unwrap(),
    }
}

fn describe_rebase(out: &mut String, set: &MigrationSet, applied: &[AppliedMigration]) {
    match plan_rebase(set, applied, now()) {
        Ok(renames) => {
            renames.iter().for_each(|rename| writeln!(out, "rename {} to {}", rename.from, rename.to).unwrap());
            apply_renames(&set.folder, &renames).unwrap();
            let back = renames.iter().all(|rename| !set.folder.join(&rename.to).exists());
            assert!(renames.is_empty() || !back, "the new names must be there");
        }
        Err(problems) => diagnostics(out, &problems),
    }
}

fn describe_renumber(out: &mut String, set: &MigrationSet, applied: &[AppliedMigration], how: &str) {
    let source = |path: &str| {
        let text = std::fs::read_to_string(set.folder.join("..").join(path)).unwrap_or_default();
        Arc::new(SourceFile { path: path.to_owned(), text: text.into() })
    };
    let map = match RenumberMap::parse(&source("map.txt")) {
        Ok(map) => Some(map),
        Err(problems) if how == "map" => return diagnostics(out, &problems),
        Err(_) => None,
    };
    // The second of them was made a day before the first, and of the others nothing is known.
    let known: Vec<Option<Timestamp>> =
        ["2024-03-02T10:00:00Z", "2024-03-01T10:00:00Z"].iter().map(|at| at.parse().ok()).collect();
    let wish = match (how, &map) {
        ("map", Some(map)) => RenumberWish::Map(map),
        ("behind", _) => RenumberWish::Behind,
        ("timestamps", _) => RenumberWish::Timestamps(&known),
        ("sequence", _) => RenumberWish::Sequence,
        _ => RenumberWish::Apart,
    };
    let histories: Vec<Vec<AppliedMigration>> = [applied.to_vec()].into_iter().filter(|it| !it.is_empty()).collect();
    let plan = match plan_renumber(set, &histories, wish, now()) {
        Ok(plan) => plan,
        Err(problems) => return diagnostics(out, &problems),
    };
    let order = if plan.keeps_order() { "kept" } else { "another" };
    writeln!(out, "renumber {how}: {} moves, order {order}", plan.moves.len()).unwrap();
    plan.left.iter().for_each(|version| writeln!(out, "  still twice: {version}").unwrap());
    if plan.moves.is_empty() {
        return;
    }
    let changes = match renumber_changes(set, &plan, now(), Wrappers::Rename) {
        Ok(changes) => changes,
        Err(error) => return diagnostics(out, &[error.diagnostic()]),
    };
    changes.act.renames.iter().for_each(|it| writeln!(out, "  rename {} to {}", it.from, it.to).unwrap());
    for rewrite in &changes.rewrites {
        let names: Vec<String> = rewrite.names.iter().map(|it| format!("{} for {}", it.to, it.from)).collect();
        writeln!(out, "  write {} with {}", rewrite.path, names.join(", ")).unwrap();
    }
    changes.mentions.iter().for_each(|it| writeln!(out, "  leave {}:{} {:?}", it.path, it.line, it.text).unwrap());
    let record = changes.act.texts.iter().find(|(path, _)| path == RENUMBER_FILE);
    out.push_str(record.map_or("", |(_, text)| text));
    changes.act.perform(&set.folder).unwrap();
    let is_there = |it: &Rename| it.to.ends_with(".renumbering") || set.folder.join(&it.to).exists();
    assert!(changes.act.renames.iter().all(is_there));
}

/// The history that the case describes.
fn applied(case: &Case, set: &MigrationSet) -> Vec<AppliedMigration> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let mut word = |what: &str| words.next().unwrap_or_else(|| panic!("`{line}` lacks its {what}")).to_owned();
        let (version, name, checksum, state) = (word("version"), word("name"), word("checksum"), word("state"));
        let identity = match Version::new(version.as_str()) {
            Ok(version) => Identity::Version(version),
            Err(_) => Identity::Repeatable(MigrationName::new(name.as_str()).unwrap()),
        };
        let on_disk = match &identity {
            Identity::Version(version) => set.find(version).map(|migration| migration.checksum),
            Identity::Repeatable(name) => {
                set.repeatables.iter().find(|repeatable| repeatable.name == *name).map(|repeatable| repeatable.checksum)
            }
        };
        AppliedMigration {
            identity,
            name: MigrationName::new(name).unwrap(),
            checksum: match checksum.as_str() {
                "=" => on_disk,
                "-" => None,
                text => Some(limosa_project::Checksum::of(text)),
            },
            state: match state.strip_prefix("running:") {
                Some(done) => AppliedState::Running { done: done.parse().unwrap() },
                None => AppliedState::Applied,
            },
        }
    };
    case.applied.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 100 { text.chars().take(100).chain("…".chars()).collect() } else { text.to_owned() }
}

/// A fact of the harness itself: an order policy of `any` makes a late migration pending without a problem.
#[test]
fn a_late_migration_is_an_error_in_linear_order_only() {
    let case = Case::parse(
        "late\n-- migrations/1_a.sql --\nselect 1;\n-- migrations/2_b.sql --\nselect 2;\n\
         -- applied --\n2 b = applied\n",
    );
    case.within_tree(|root| {
        let project = load(root).unwrap().project;
        let set = read_migrations(&project, &project.services[0]).unwrap();
        let applied = applied(&case, &set);
        let problems = |order| reconcile(&set, &applied, order).problems.len();
        assert_eq!((problems(OrderPolicy::Linear), problems(OrderPolicy::Any)), (1, 0));
        String::new()
    });
}

/// The largest example reads without a word, and every migration in it can be reverted.
#[test]
fn the_service_fleet_reads_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/service-fleet");
    let Loaded { project, warnings } = load(&root).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(warnings, []);
    assert_eq!(project.services.len(), 8);
    for service in &project.services {
        let set = read_migrations(&project, service).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert_eq!(set.warnings, [], "in {}", service.name);
        assert!(set.migrations.len() >= 3, "{} has only {} migrations", service.name, set.migrations.len());
        for migration in &set.migrations {
            assert!(migration.down.is_some(), "{} {} has no down script", service.name, migration.path);
        }
    }
}

/// A file of 50 MB is read like any other, and its checksum does not depend on its line ends.
#[test]
fn a_large_file_is_read() {
    let line = "insert into t values (1, 'some text that makes the line about as long as usual');\n";
    let text = line.repeat(50 * 1024 * 1024 / line.len());
    let files = [
        format!("large\n-- migrations/1_unix.sql --\n{text}"),
        format!("large\n-- migrations/1_dos.sql (crlf) --\n{text}"),
    ];
    let read = |text: &String| {
        let case = Case::parse(text);
        case.within_tree(|root| {
            let project = load(root).unwrap().project;
            let set = read_migrations(&project, &project.services[0]).unwrap();
            assert!(set.migrations[0].up.text().len() > 49 * 1024 * 1024);
            set.migrations[0].checksum.to_string()
        })
    };
    assert_eq!(read(&files[0]), read(&files[1]));
}
