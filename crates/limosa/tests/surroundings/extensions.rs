use crate::project::Project;

#[test]
fn the_embedded_server_has_the_extensions_that_migrations_create_and_go_on_using() {
    let create = "DO $$ BEGIN CREATE EXTENSION citext; END $$;\nCREATE TABLE person (mail citext UNIQUE);\n";
    let project = Project::of(&[
        ("limosa.toml", "[service.one]\nmigrations = \"one\"\ndatabase = \"shared\"\n"),
        ("one/001_person.sql", create),
        ("one/002_ann.sql", "INSERT INTO person VALUES ('Ann@example.org');\n"),
    ]);
    project.run(&["up", "--steps", "1"]).ended(0);
    project.run(&["up"]).ended(0);

    // Nothing in the project speaks of it any more, and its code is still there.
    let check = "DO $$ BEGIN ASSERT EXISTS (SELECT FROM person WHERE mail = 'ann@EXAMPLE.org'); END $$;\n";
    project.write("limosa.toml", "[service.two]\nmigrations = \"two\"\ndatabase = \"shared\"\n");
    project.write("two/001_check.sql", check);
    project.run(&["up"]).ended(0);
}
