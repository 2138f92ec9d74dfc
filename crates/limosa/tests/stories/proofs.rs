//! Proofs: up, down, up in a shadow; and up twice.

use crate::project::Project;

#[test]
fn a_way_back_that_leaves_something_is_found_by_the_proof() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\nCREATE INDEX ON patient (id);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_create_visit.sql", "CREATE TABLE visit (id int);\nCREATE TYPE mood AS ENUM ('ok');\n")
        .with("migrations/002_create_visit.down.sql", "DROP TABLE visit;\n");
    let proof = project.limosa("prove").exits(1);
    for line in ["✓ 001 create_patient", "the way back leaves something else", "enum type public.mood was added"] {
        assert!(proof.all().contains(line), "{line:?} is missing in {proof}");
    }
}

#[test]
fn what_was_proven_is_known_until_something_before_it_changes() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_add_name.sql", "ALTER TABLE patient ADD name text;\n")
        .with("migrations/002_add_name.down.sql", "ALTER TABLE patient DROP name;\n")
        .with("migrations/003_add_age.sql", "ALTER TABLE patient ADD age int;\n");
    project.limosa("prove").exits(0).says("2 of 3 migrations proven\n");
    project.limosa("prove").exits(0).says("2 of 3 migrations proven, 3 of them earlier");
    project.write("migrations/002_add_name.down.sql", "ALTER TABLE patient DROP COLUMN name;\n");
    let json = project.limosa("--json prove").exits(0).json();
    let known: Vec<_> = (0..3).map(|index| json[index]["known"].as_bool()).collect();
    assert_eq!(known, [Some(true), Some(false), Some(true)], "a way back concerns its own migration: {json}");
    project.write("migrations/001_create_patient.sql", "CREATE TABLE patient (id bigint);\n");
    project.limosa("prove").exits(0).says("2 of 3 migrations proven\n");
    project.limosa("prove --no-cache").exits(0).says("2 of 3 migrations proven\n");
}

#[test]
fn columns_in_another_order_are_a_note() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int, name text, age int);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_drop_name.sql", "ALTER TABLE patient DROP name;\n")
        .with("migrations/002_drop_name.down.sql", "ALTER TABLE patient ADD name text;\n");
    for _ in 0..2 {
        let proof = project.limosa("prove").exits(0).says("2 of 2 migrations proven");
        let note = "the columns of public.patient stand in another order: id, age, name, before id, name, age";
        assert!(proof.stdout.contains(&note.replace("public.patient", "\"public\".\"patient\"")), "{proof}");
    }
}

#[test]
fn migrations_that_shall_run_twice_are_run_twice() {
    let project = Project::new()
        .with("migrations/001_create_patient.sql", "CREATE TABLE IF NOT EXISTS patient (id int PRIMARY KEY);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_create_kind.sql", "CREATE TABLE kind (name text);\n")
        .with("migrations/002_create_kind.down.sql", "DROP TABLE kind;\n")
        .with("migrations/003_fill_kind.sql", "INSERT INTO kind VALUES ('a'), ('b');\n")
        .with("migrations/003_fill_kind.down.sql", "DELETE FROM kind;\n")
        .with(
            "migrations/004_number_patients.sql",
            "CREATE INDEX ON patient (id);\nINSERT INTO patient VALUES (1) ON CONFLICT DO NOTHING;\n",
        )
        .with("migrations/004_number_patients.down.sql", "DROP INDEX patient_id_idx;\n")
        .with("migrations/005_index_kind.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS kind_name ON kind (name);\n")
        .with("migrations/005_index_kind.down.sql", "DROP INDEX kind_name;\n");
    project.limosa("prove").exits(0).says("5 of 5 migrations proven");
    let twice = project.limosa("prove --twice").exits(1);
    for line in [
        "✓ 001 create_patient",
        "✗ 002 create_kind  it fails on top of itself",
        "✗ 003 fill_kind  on top of itself it changes rows",
        "\"public\".\"kind\": 2 rows, then 4",
        "✗ 004 number_patients  on top of itself it makes something else",
        "index public.patient_id_idx1 was added",
        "✓ 005 index_kind",
        "2 of 5 migrations proven",
    ] {
        assert!(twice.all().contains(line), "{line:?} is missing in {twice}");
    }
}
