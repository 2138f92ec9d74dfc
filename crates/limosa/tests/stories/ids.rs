//! Ids: made, checked, and as the default of a column.

use crate::place::on_servers;
use crate::project::Project;

#[test]
fn ids_are_made_and_told_what_they_are() {
    let project = Project::new();
    project.limosa("id").exits(0).says("cuid2").says("ULID: 26 letters and digits");
    let made = project.limosa("id cuid2:pat_ --count 3").exits(0);
    let ids: Vec<&str> = made.stdout.lines().collect();
    assert_eq!(ids.len(), 3, "{made}");
    for id in ids {
        project.limosa(&format!("id --check {id}")).exits(0).says("cuid2 behind `pat_`").says("not ulid:");
        project.limosa(&format!("id cuid2:pat_ --check {id}")).exits(0).says("could be cuid2 behind `pat_`");
        project.limosa(&format!("id cuid2:apt_ --check {id}")).exits(1).says("it does not begin with `apt_`");
    }
    let json = project.limosa("--json id ulid --prefix usr_ --count 2").exits(0).json();
    assert!(json.as_array().unwrap().iter().all(|id| id.as_str().unwrap().starts_with("usr_")), "{json}");
    project.limosa("id cuid3").exits(2).says("`cuid3` is no kind of id; did you mean `cuid2`?");
    project.limosa("id alnum:99").exits(2).says("99 is no length for it; expected 3 to 10");
    project.limosa("id --check x").exits(1).says("no id");
}

#[test]
fn permuted_ids_need_the_key_of_their_sequence() {
    let project = Project::new();
    project.limosa("id alnum").exits(2).says("no-key").says("LIMOSA_ID_KEY");
    let project = project.variable("LIMOSA_ID_KEY", &"5a".repeat(32));
    let first = project.limosa("id alnum:8:prac_ --count 4").exits(0).stdout;
    let later = project.limosa("id alnum:8:prac_ --count 2 --from 2").exits(0).stdout;
    assert_eq!(first.lines().skip(2).collect::<Vec<_>>(), later.lines().collect::<Vec<_>>());
    let project = project.variable("LIMOSA_ID_KEY", "secret-but-wrong");
    project.limosa("id alnum").exits(2).says("64 hexadecimal digits").never_says("secret-but-wrong");
}

#[test]
fn a_migration_makes_the_function_and_takes_it_away() {
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_patient.sql", "CREATE TABLE patient (name text);\n");
        let config = project.read("limosa.toml");
        project.write(
            "limosa.toml",
            format!("{config}\n[ids]\nschema = \"makers\"\n\n[ids.column]\n\"patient.id\" = \"cuid2:pat_\"\n"),
        );
        let project = project.variable("LIMOSA_ID_KEY", &"5a".repeat(32));
        project.limosa("id cuid2:pat_ --sql").exits(0).says("CREATE SCHEMA IF NOT EXISTS \"makers\"").says("cuid2_pat");
        project.limosa("id cuid2:pat_ --write add_patient_ids").exits(0).says("add_patient_ids");
        project.limosa("id alnum:8:prac_ --write add_practice_ids").exits(0);
        project.write(
            "migrations/004_use_them.sql",
            "ALTER TABLE patient ADD id text DEFAULT makers.cuid2_pat();
             ALTER TABLE patient ADD practice text DEFAULT makers.alnum_prac();\n",
        );
        project.write("migrations/004_use_them.down.sql", "ALTER TABLE patient DROP id, DROP practice;\n");
        project.limosa("up").exits(0);
        let rows = database.execute("INSERT INTO patient (name) VALUES ('a'), ('b') RETURNING id, practice");
        let made = project.limosa("id alnum:8:prac_ --count 2").exits(0).stdout;
        for (row, practice) in rows.iter().zip(made.lines()) {
            let id = row[0].clone().unwrap();
            project.limosa(&format!("id cuid2:pat_ --check {id}")).exits(0);
            assert_eq!(row[1].as_deref(), Some(practice), "client and server count alike");
        }
        project.limosa("down --steps 3").exits(0);
        let left = database.execute("SELECT count(*) FROM pg_proc WHERE pronamespace = 'makers'::regnamespace");
        assert_eq!(left[0][0].as_deref(), Some("0"));
    });
}

#[test]
fn prefixes_that_cannot_be_told_apart_are_refused() {
    let project = Project::new().with("migrations/001_a.sql", "SELECT 1;\n").with(
        "limosa.toml",
        "[ids.column]\n\"patient.id\" = \"cuid2:pat_\"\n\"patent.id\" = \"ulid:pat_\"\n\"path.id\" = \"ulid:pat\"\n",
    );
    let told = project.limosa("status").exits(2);
    let told = told.says("the ids of `patient.id` and `patent.id` have the same prefix, `pat_`");
    told.says("the prefix of `path.id`, `pat`, is the beginning of that of `patient.id`, `pat_`").says("limosa.toml:3");
}

#[test]
fn the_rule_about_prefixes_knows_those_that_are_registered() {
    let settings = "[ids.column]\n\"patient.id\" = \"cuid2:pat_\"\n[lint.rules]\nid-prefix = \"error\"\n";
    let project = Project::new()
        .with("limosa.toml", settings)
        .with("migrations/1_patient.sql", "CREATE TABLE patient (id text PRIMARY KEY);\n");
    project.limosa("lint").exits(1).says("error[id-prefix]").says("nothing makes `patient.id` begin with `pat_`");
    project.write("migrations/1_patient.sql", "CREATE TABLE patient (id text PRIMARY KEY DEFAULT ids.cuid2_pat());\n");
    project.limosa("lint").exits(0);
    project.write("limosa.toml", settings.replace("id-prefix", "drop-table"));
    project.write("migrations/1_patient.sql", "CREATE TABLE patient (id text PRIMARY KEY);\n");
    project.limosa("lint").exits(0).never_says("id-prefix");
}
