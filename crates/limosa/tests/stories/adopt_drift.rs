//! What somebody did by hand becomes a migration.

use crate::place::on_servers;
use crate::project::Project;

#[test]
fn a_change_by_hand_is_taken_over_and_reaches_other_databases() {
    on_servers(|database| {
        let other = database.server().fresh_database();
        let project = Project::on(database).with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\nconfirm = true\n\
             [env.other]\nurl = \"env:OTHER_URL\"\n[service.clinic]\nmigrations = \"migrations\"\n",
        );
        let project = project
            .with("migrations/20240101000000_create_patient.sql", "CREATE TABLE patient (id int, full_name text);\n")
            .with("migrations/20240101000000_create_patient.down.sql", "DROP TABLE patient;\n")
            .with(".env", format!("OTHER_URL={}\n", other.url()));
        project.limosa("--yes up").exits(0);
        project.limosa("--env other up").exits(0);
        project.limosa("sum").exits(0);
        project.limosa("drift --adopt").exits(0).says("no drift: nothing was written");

        database.execute(
            "ALTER TABLE patient RENAME full_name TO name; CREATE INDEX by_name ON patient (name); \
             INSERT INTO patient VALUES (1, 'Ann')",
        );
        other.execute("INSERT INTO patient VALUES (1, 'Ann')");
        let rename = "--accept-rename patient.full_name=patient.name";
        let shown = project.limosa(&format!("drift --adopt hotfix --dry-run {rename}")).exits(0);
        assert!(shown.stdout.contains("RENAME COLUMN \"full_name\" TO \"name\""), "{shown}");
        project.limosa("drift").exits(1);
        project.limosa(&format!("drift --adopt hotfix {rename}")).exits(2).says("--yes");

        let adopted = project.limosa(&format!("--yes drift --adopt hotfix --reason Friday {rename}")).exits(0);
        assert!(adopted.stdout.contains("_hotfix.sql") && adopted.stdout.contains("_hotfix.down.sql"), "{adopted}");
        project.limosa("drift").exits(0).says("no drift");
        project.limosa("log").exits(0).says("adopt").says("Friday");
        project.limosa("status").exits(0);
        project.limosa("sum --check").exits(0);
        project.limosa("--yes up").exits(0).says("up to date");

        project.limosa("--env other up").exits(0);
        assert_eq!(other.execute("SELECT name FROM patient"), [[Some("Ann".to_owned())]]);
        project.limosa("--yes down").exits(0);
        assert_eq!(database.execute("SELECT full_name FROM patient"), [[Some("Ann".to_owned())]]);
        project.limosa("--yes up").exits(0);
        project.limosa("drift").exits(0);
    });
}
