//! Changes that are open together and rest on the same views and constraints: each can be contracted, in an order in
//! which none makes again what another has renamed meanwhile.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, pms_type text NOT NULL, n int,
    CONSTRAINT told CHECK (pms_type <> '' OR n > 0));
CREATE VIEW seen AS SELECT id, pms_type AS told, n FROM visit WHERE n > 7;
INSERT INTO visit SELECT i, 'SOE ' || i, i FROM generate_series(1, 200) i;
";

/// A rename that waits for contract, and this behind it.
fn both_wait(database: &Database, second: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    let rename = "-- limosa: online\n\nALTER TABLE visit RENAME COLUMN pms_type TO integration_type;\n";
    project.write("migrations/002_name.sql", rename);
    project.limosa("up").exits(0);
    project.write("migrations/003_second.sql", format!("-- limosa: online\n\n{second}"));
    project.limosa("up").exits(0);
    project
}

/// A contract that is cut off right behind its transaction.
fn cut_off(database: &Database, project: &Project, version: &str) {
    database.execute(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''cut off''; END'; \
         CREATE TRIGGER cut BEFORE UPDATE ON limosa.online FOR EACH ROW \
         WHEN (OLD.terms->'followed' IS NOT NULL AND NEW.terms->'followed' IS NULL) EXECUTE FUNCTION cut()",
    );
    project.limosa(&format!("contract {version} --quiet-window 50ms")).fails().says("cut off");
    database.execute("DROP TRIGGER cut ON limosa.online; DROP FUNCTION cut()");
    assert_eq!(rows(database, &format!("SELECT state FROM limosa.online WHERE version = '{version}'")), ["contracted"]);
}

#[test]
fn a_contract_that_is_cut_off_leaves_the_other_able_to_be_contracted() {
    on_servers(|database| {
        let project = both_wait(database, "ALTER TABLE visit DROP COLUMN n CASCADE;\n");
        cut_off(database, &project, "002");
        project.limosa("contract --quiet-window 50ms").exits(0).says("003");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_somebody_changes_behind_a_contract_that_is_cut_off_is_seen() {
    on_servers(|database| {
        let project = both_wait(database, "ALTER TABLE visit DROP COLUMN n CASCADE;\n");
        cut_off(database, &project, "002");
        database.execute("CREATE OR REPLACE VIEW seen AS SELECT id, integration_type AS told, n FROM visit");
        project.limosa("contract --quiet-window 50ms").fails().says("came-to-hang").says("view public.seen");
    });
}

#[test]
fn a_change_whose_contract_makes_a_view_again_goes_before_a_rename_that_the_view_reads() {
    on_servers(|database| {
        let second = "ALTER TABLE visit ALTER COLUMN n TYPE bigint;\n";
        let project = both_wait(database, second);
        let refused = project.limosa("contract 002 --quiet-window 50ms").exits(1);
        refused.says("not-in-order").says("view public.seen").says("limosa contract 003");
        project.limosa("contract --quiet-window 50ms").exits(0).says("002").says("003");
        let read = "SELECT pg_typeof(n), told FROM seen WHERE id = 9";
        assert_eq!(rows(database, read), ["bigint|SOE 9"]);
        project.limosa("drift").exits(0);
    });
}

/// A view that the second migration drops and makes again as it is to be, with the change of a type under it.
const REMADE: &str = "DROP VIEW seen;\nALTER TABLE visit ALTER COLUMN n TYPE bigint;\n\
                      CREATE VIEW seen AS SELECT id, integration_type AS told, n, n > 100 AS late FROM visit;\n";

#[test]
fn a_view_that_reads_a_name_of_an_earlier_change_is_made_again_behind_that_one() {
    on_servers(|database| {
        let project = both_wait(database, REMADE);
        let refused = project.limosa("contract 003 --quiet-window 50ms").exits(1);
        refused.says("not-in-order").says("a copy until the one of 002").says("limosa contract 002");
        project.limosa("contract 002 --quiet-window 50ms").exits(0);
        project.limosa("contract 003 --quiet-window 50ms").exits(0);
        let read = "SELECT pg_typeof(n), told, late FROM seen WHERE id = 9";
        assert_eq!(rows(database, read), ["bigint|SOE 9|f"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn changes_that_make_the_same_view_again_leave_it_as_the_later_one_says() {
    on_servers(|database| {
        let setup = format!("{SETUP}ALTER TABLE visit ADD COLUMN m int;\n");
        let project = Project::on(database).with("migrations/001_setup.sql", setup);
        project.limosa("up").exits(0);
        project.write("migrations/002_n.sql", "-- limosa: online\n\nALTER TABLE visit ALTER COLUMN n TYPE bigint;\n");
        project.limosa("up").exits(0);
        let second = "-- limosa: online\n\nDROP VIEW seen;\nALTER TABLE visit ALTER COLUMN m TYPE bigint;\n\
                      CREATE VIEW seen AS SELECT id, n, m FROM visit;\n";
        project.write("migrations/003_m.sql", second);
        project.limosa("up").exits(0);
        let refused = project.limosa("contract 003 --quiet-window 50ms").exits(1);
        refused.says("not-in-order").says("both make the view seen again").says("limosa contract 002");
        project.limosa("contract --quiet-window 50ms").exits(0).says("002").says("003");
        assert_eq!(rows(database, "SELECT pg_typeof(n), pg_typeof(m) FROM seen WHERE id = 9"), ["bigint|bigint"]);
        project.limosa("drift").exits(0);
    });
}
