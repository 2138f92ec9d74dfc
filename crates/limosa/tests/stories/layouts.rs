//! `init` and `new` in folders of every layout: what is recognised, and the form that a new migration gets.

use crate::project::Project;

/// Files that the folder of a layout holds, the layout's name, and the files that `new add_allergy` makes in it, with
/// `…` for the version.
const FOLDERS: &[(&[&str], &str, &[&str])] = &[
    (
        &["migrations/20240101120000_create_patient.sql", "migrations/20240101120000_create_patient.down.sql"],
        "plain",
        &["migrations/…_add_allergy.sql", "migrations/…_add_allergy.down.sql"],
    ),
    (&["001_create_patient.sql", "002_add_name.sql"], "plain", &["…_add_allergy.sql", "…_add_allergy.down.sql"]),
    (
        &["prisma/migrations/20240101120000_init/migration.sql", "prisma/migrations/migration_lock.toml"],
        "prisma",
        &["prisma/migrations/…_add_allergy/migration.sql", "prisma/migrations/…_add_allergy/down.sql"],
    ),
    (
        &["sql/V1__init.sql", "sql/V2__add_name.sql", "sql/U2__add_name.sql"],
        "flyway",
        &["sql/V…__add_allergy.sql", "sql/U…__add_allergy.sql"],
    ),
    (&["db/migrations/20240101120000_init.sql"], "dbmate", &["db/migrations/…_add_allergy.sql"]),
    (&["goose/00001_init.sql"], "goose", &["goose/…_add_allergy.sql"]),
    (
        &[
            "migrations/20240101120000_init.up.sql",
            "migrations/20240101120000_init.down.sql",
            "migrations/20240102120000_index_outside.up.sql",
        ],
        "sqlx",
        &["migrations/…_add_allergy.up.sql", "migrations/…_add_allergy.down.sql"],
    ),
    (
        &["migrations/000001_init.up.sql", "migrations/000001_init.down.sql"],
        "golang-migrate",
        &["migrations/…_add_allergy.up.sql", "migrations/…_add_allergy.down.sql"],
    ),
    (&["migrations/1700000000000_init.sql"], "node-pg-migrate", &["migrations/…_add-allergy.sql"]),
    (
        &["supabase/migrations/20240101120000_init.sql", "supabase/config.toml"],
        "supabase",
        &["supabase/migrations/…_add_allergy.sql", "supabase/migrations/rollbacks/…_add_allergy_rollback.sql"],
    ),
    (
        &["migrations/2024-01-31-120000_init/up.sql", "migrations/2024-01-31-120000_init/down.sql", "diesel.toml"],
        "diesel",
        &["migrations/…_add_allergy/up.sql", "migrations/…_add_allergy/down.sql"],
    ),
    (
        &["db/migrate/20240101120000_init.sql"],
        "rails",
        &["db/migrate/…_add_allergy.sql", "db/migrate/…_add_allergy.down.sql"],
    ),
    (&["tern/001_init.sql"], "tern", &["tern/…_add_allergy.sql"]),
];

/// The same, of layouts whose files another tool has to make, and what is said then.
const FOLDERS_OF_OTHERS: &[(&[&str], &str, &str)] = &[
    (&["drizzle/0000_init.sql", "drizzle/meta/_journal.json"], "drizzle", "drizzle-kit generate --custom"),
    (&["migrations/committed/000001-init.sql", "migrations/current.sql"], "graphile", "write into `current.sql`"),
    (&["migrations/core/001_init.sql", "migrations/crm/010_leads.sql"], "modules", "limosa new <module>/<name>"),
];

#[test]
fn a_new_migration_looks_like_those_that_are_there() {
    for (files, layout, expected) in FOLDERS {
        let project = recognised(files, layout);
        let new = project.limosa("--json new add_allergy").exits(0).json();
        let version = new["version"].as_str().unwrap();
        let files_made = new["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap());
        let made: Vec<String> =
            files_made.map(|file| file.replace(version, "…").replace(&with_dashes(version), "…")).collect();
        assert_eq!(made, *expected, "the new files beside {files:?}");
        let status = project.limosa("--json status").exits(0).json();
        let newest = status["targets"][0]["pending"].as_array().unwrap().last().unwrap()["version"].clone();
        assert_eq!(newest, version, "the new migration comes last: {status}");
    }
}

#[test]
fn what_another_tool_has_to_make_is_left_to_it() {
    for (files, layout, says) in FOLDERS_OF_OTHERS {
        let project = recognised(files, layout);
        let before = project.limosa("plan").exits(0).stdout;
        project.limosa("new add_allergy").exits(2).says(says);
        assert_eq!(project.limosa("plan").stdout, before, "nothing is made beside {files:?}");
    }
}

#[test]
fn names_are_checked_and_the_nearest_good_one_is_offered() {
    let project = recognised(&["001_create_patient.sql"], "plain");
    for (name, says) in [
        ("AddAllergy", "try `limosa new add_allergy`"),
        ("'add allergy-table!'", "try `limosa new add_allergy_table`"),
        ("../../etc/passwd", "try `limosa new etc_passwd`"),
        ("add_a_table_for_the_allergies_of_patients_and_their_relatives", "50"),
    ] {
        project.limosa(&format!("new {name}")).exits(2).says(says);
    }
    assert_eq!(project.list("."), ["001_create_patient.sql", "limosa.toml"]);
    let new = project.limosa("new allergies").exits(0).says("does not begin with a verb");
    assert_eq!(new.stdout, "002_allergies.sql\n002_allergies.down.sql\n");
    let twice =
        Project::new().with("services/api/migrations/001_a.sql", "").with("services/auth/migrations/001_a.sql", "");
    twice.limosa("init").exits(0);
    twice.limosa("new add_allergy").exits(2).says("limosa --service");
}

#[test]
fn init_shows_what_it_would_write_and_never_overwrites() {
    let project = Project::new().with("migrations/001_create_patient.sql", "");
    let shown = project.limosa("init --dry-run").exits(0);
    assert_eq!(project.list("."), ["migrations"], "a dry run writes nothing");
    let written = project.limosa("init").exits(0).says("limosa status");
    assert!(shown.stdout.starts_with(&written.stdout), "{shown}");
    assert!(shown.stdout.ends_with(&project.read("limosa.toml")), "{shown}");
    project.write("limosa.toml", "# mine\n");
    project.limosa("init").exits(2).says("`limosa.toml` is already there");
    assert_eq!(project.read("limosa.toml"), "# mine\n");
}

/// A folder with these files, in which `init` has recognised the layout.
fn recognised(files: &[&str], layout: &str) -> Project {
    let project = Project::new();
    for file in files {
        project.write(file, text(file));
    }
    let init = project.limosa("--json init").exits(0).json();
    assert_eq!(init["services"][0]["layout"], *layout, "{files:?}: {init}");
    assert!(project.read("limosa.toml").contains(&format!("layout = \"{layout}\"")), "{init}");
    project
}

/// A version of fourteen digits as Diesel spells it: 2024-01-31-120000.
fn with_dashes(version: &str) -> String {
    match (version.get(..4), version.get(4..6), version.get(6..8), version.get(8..)) {
        (Some(year), Some(month), Some(day), Some(time)) => format!("{year}-{month}-{day}-{time}"),
        _ => version.to_owned(),
    }
}

fn text(path: &str) -> &'static str {
    match path {
        _ if path.ends_with("_journal.json") => {
            r#"{"version":"7","dialect":"postgresql","entries":[{"idx":0,"when":1730000000000,"tag":"0000_init"}]}"#
        }
        _ if path.starts_with("db/migrations") => "-- migrate:up\nSELECT 1;\n-- migrate:down\n",
        _ if path.starts_with("goose/") => "-- +goose Up\nSELECT 1;\n-- +goose Down\n",
        _ if path.contains("index_outside") => "-- no-transaction\nSELECT 1;\n",
        _ if path.contains("1700000000000") => "-- Up Migration\nSELECT 1;\n-- Down Migration\n",
        _ if path.contains("committed") => "--! Previous: -\n--! Hash: sha1:0\n\nSELECT 1;\n",
        _ if path.starts_with("tern/") => "SELECT 1;\n---- create above / drop below ----\n",
        _ if path.ends_with(".toml") => "",
        _ => "SELECT 1;\n",
    }
}
