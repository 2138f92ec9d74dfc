//! What holds for every input.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that its own set-up is broken")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use limosa_project::{ColumnName, SecretUrl, SumFile, UrlTemplate, Version, load, read_migrations};
use proptest::prelude::*;

/// Names as they come up in folders of migrations, the odd ones too.
fn file_name() -> impl Strategy<Value = String> {
    let folder =
        prop::sample::select(vec!["", "", "", "rollbacks/", "repeatable/", "core/", "20240101000000_x/", "committed/"]);
    let stem = prop_oneof![
        "[VURB]?[0-9]{0,3}(_|__|-)[a-c]{1,2}(\\.up|\\.down)?",
        "(migration|up|down|current|[0-9]{1,3}_rollback|[a-c]{1,2})",
    ];
    (folder, stem).prop_map(|(folder, stem)| format!("{folder}{stem}.sql"))
}

/// The text of a file, with the marks of some tool.
fn marks() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        "",
        "",
        "-- migrate:up\n",
        "-- +goose Up\n",
        "-- limosa:down\n",
        "-- atlas:txmode none\n",
    ])
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A line of `limosa.toml` that may make sense.
const KEY_AND_VALUE: &str = "(name|url|after|order|migrations|loose|references|kind|from|é) = \
    (\"[a-zé:/{}$@.]{0,12}\"|[0-9]{1,3}|true|\\[\"a\"\\]|\\{\\})";

proptest! {
    #[test]
    fn no_sql_file_is_passed_over_in_silence(files in prop::collection::btree_map(file_name(), marks(), 1..8)) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "limosa.toml", "[project]\nmigrations = \"migrations\"\n");
        let files: BTreeMap<String, &str> = files;
        for (path, mark) in &files {
            // Texts differ, so that two down scripts of one migration are never taken for the same.
            write(folder.path(), &format!("migrations/{path}"), &format!("{mark}select '{path}';\n"));
        }
        let project = load(folder.path()).unwrap().project;
        match read_migrations(&project, &project.services[0]) {
            Err(problems) => prop_assert!(problems.iter().any(limosa_syntax::Diagnostic::is_error)),
            Ok(set) => {
                let scripts =
                    set.migrations.iter().flat_map(|migration| std::iter::once(&migration.up).chain(&migration.down));
                let scripts = scripts.chain(set.repeatables.iter().map(|repeatable| &repeatable.up));
                let read: BTreeSet<&str> = scripts.map(|script| script.source.path.as_str()).collect();
                for path in files.keys().map(|path| format!("migrations/{path}")) {
                    let named = set.warnings.iter().any(|warning| warning.message.contains(&path));
                    prop_assert!(read.contains(path.as_str()) || named, "{} was passed over in {}", path, set.layout);
                }
                prop_assert!(set.migrations.is_sorted_by(|a, b| a.version <= b.version));
            }
        }
    }

    #[test]
    fn any_text_is_a_value_or_an_error(text in "\\PC{0,60}", url in "(postgres://)?[a-z:@/${}\\[\\].=?&é]{0,40}") {
        // What matters is that each of them comes back at all.
        let _ = (ColumnName::parse(&text), SumFile::parse(&text), Version::new(text.as_str()));
        let _ = (UrlTemplate::parse(&text), UrlTemplate::parse(&url), SecretUrl::new(url).to_string());
    }

    #[test]
    fn any_limosa_toml_is_a_project_or_errors_with_places(lines in prop::collection::vec(prop_oneof![
        Just("[project]".to_owned()),
        Just("[run]".to_owned()),
        Just("[service.api]".to_owned()),
        Just("[env.prod]".to_owned()),
        Just("[tenants]".to_owned()),
        Just("[service.api.loose]".to_owned()),
        Just("[log]".to_owned()),
        KEY_AND_VALUE,
        "\\PC{0,20}",
    ], 0..12)) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "limosa.toml", &lines.join("\n"));
        if let Err(problems) = load(folder.path()) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                if let (Some(source), Some(span)) = (&problem.source, problem.span) {
                    let marked = source.text.get(span.start..span.end);
                    prop_assert!(marked.is_some(), "{} is outside the file", problem.message);
                }
            }
        }
    }

    #[test]
    fn a_password_is_never_shown(password in "[a-zA-Z0-9%+]{6,16}Z9") {
        for url in [
            format!("postgresql://user:{password}@host:5432/db?sslmode=require"),
            format!("postgres://host/db?user=u&password={password}"),
            format!("host=h user=u password={password} dbname=d"),
            format!("host=h password = '{password}'"),
        ] {
            let secret = SecretUrl::new(url);
            let shown = [secret.to_string(), format!("{:?}", secret)].concat();
            prop_assert!(!shown.contains(&password), "{} was shown", password);
        }
    }
}

#[test]
fn a_project_is_found_from_a_folder_below_it_and_a_path_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "limosa.toml", "[project]\nname = \"clinic\"\n");
    write(folder.path(), "migrations/1_a.sql", "select 1;");
    write(folder.path(), "src/deep/main.rs", "");
    let loaded = load(&folder.path().join("src/deep")).unwrap();
    assert_eq!(loaded.project.root, folder.path().canonicalize().unwrap());
    let code = |path: &Path| load(path).unwrap_err().first().map(|problem| problem.code.to_string());
    assert_eq!(code(&folder.path().join("nowhere")).as_deref(), Some("unreadable-file"));
    assert_eq!(code(&folder.path().join("limosa.toml")).as_deref(), Some("file-not-folder"));
}
