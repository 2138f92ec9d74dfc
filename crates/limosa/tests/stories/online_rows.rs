//! Materialized views over columns that change: made anew beside the old ones, right before the old version goes.

use limosa_testkit::{Connection, Database};

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, fee int NOT NULL, town text, spare int);
INSERT INTO visit SELECT i, i % 10, 'Riga' FROM generate_series(1, 500) i;
CREATE MATERIALIZED VIEW fees AS SELECT fee, count(*) AS visits FROM visit GROUP BY fee;
CREATE UNIQUE INDEX fees_fee ON fees (fee);
CREATE MATERIALIZED VIEW towns AS SELECT town, sum(visits) AS visits FROM fees, visit WHERE visit.fee = fees.fee
    GROUP BY town WITH NO DATA;
CREATE VIEW dear AS SELECT fee FROM fees WHERE fee > 5;
";

/// A project with its first migration applied and this as its second.
fn begun(database: &Database, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// What there is of materialized views, and what they hold.
fn kept(database: &Database) -> Vec<String> {
    rows(
        database,
        "SELECT c.relname, c.relispopulated, (SELECT string_agg(i.indexrelid::regclass::text, ',') FROM pg_index i \
         WHERE i.indrelid = c.oid), pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind = 'm' ORDER BY 1",
    )
}

const TYPE_OF_FEE: &str = "SELECT pg_typeof(fee), count(*) FROM fees GROUP BY 1";

#[test]
fn a_materialized_view_is_made_anew_before_the_old_version_goes() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE visit ALTER COLUMN fee TYPE bigint;\n");
        let before = kept(database);
        let plan = project.limosa("plan -v").exits(0);
        plan.says("REFRESH MATERIALIZED VIEW").says("limosa contract 002");
        project.limosa("up").exits(0).says("are made anew beside the old");
        assert_eq!(kept(database), before, "nothing is made before contract");
        project.limosa("abort 002").exits(0);
        project.limosa("up").exits(0);
        database.execute("DELETE FROM visit WHERE fee = 9");
        assert_eq!(rows(database, TYPE_OF_FEE), ["integer|10"]);
        project.limosa("contract --quiet-window 50ms").exits(0).says("made anew beside the old before it goes");
        assert_eq!(rows(database, TYPE_OF_FEE), ["bigint|9"], "its rows are those of the moment");
        assert_eq!(kept(database), before, "after contract");
        assert_eq!(rows(database, "SELECT count(*) FROM dear"), ["3"]);
        database.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY fees");
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, TYPE_OF_FEE), ["integer|9"]);
        assert_eq!(kept(database), before, "after the way back");
        project.limosa("drift").exits(0);
    });
}

/// A contract that is cut off in its transaction: what was made before is there.
fn cut_off(database: &Database, project: &Project) {
    database.execute(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''cut off''; END'; \
         CREATE TRIGGER cut BEFORE UPDATE ON limosa.online FOR EACH ROW EXECUTE FUNCTION cut()",
    );
    project.limosa("contract --quiet-window 50ms").fails().says("cut off");
    database.execute("DROP TRIGGER cut ON limosa.online; DROP FUNCTION cut()");
    assert_eq!(rows(database, TYPE_OF_FEE), ["integer|10"]);
    assert_eq!(kept(database).len(), 4);
}

#[test]
fn what_a_contract_has_made_that_did_not_come_is_made_again_or_goes() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE visit ALTER COLUMN fee TYPE bigint;\n");
        let before = kept(database);
        project.limosa("up").exits(0);
        cut_off(database, &project);
        project.limosa("abort 002").exits(0);
        assert_eq!(kept(database), before, "after the abort");
        database.execute("REFRESH MATERIALIZED VIEW towns");
        project.limosa("up").exits(0);
        cut_off(database, &project);
        // Another change is not held up by what is left.
        project.write("migrations/003_other.sql", "-- limosa: online\n\nALTER TABLE visit DROP COLUMN spare;\n");
        project.limosa("up").exits(0);
        project.limosa("contract 003 --quiet-window 50ms").exits(0);
        assert_eq!(kept(database).len(), 2);
        cut_off(database, &project);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, TYPE_OF_FEE), ["bigint|10"]);
        assert_eq!(rows(database, "SELECT visits FROM towns"), ["25000"], "it was filled meanwhile");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_migration_makes_a_materialized_view_again_in_its_own_words() {
    on_servers(|database| {
        let up = "DROP VIEW dear;\nDROP MATERIALIZED VIEW towns;\nDROP MATERIALIZED VIEW fees;\n\
                  ALTER TABLE visit ALTER COLUMN fee TYPE bigint;\nALTER TABLE visit RENAME COLUMN town TO city;\n\
                  CREATE MATERIALIZED VIEW fees AS SELECT fee, city, count(*) FROM visit GROUP BY fee, city;\n\
                  CREATE UNIQUE INDEX fees_fee ON fees (fee, city);\n\
                  COMMENT ON INDEX fees_fee IS 'to refresh it by';\n\
                  CREATE VIEW dear AS SELECT fee, city FROM fees WHERE fee > 7;\n";
        let project = begun(database, up);
        let before = kept(database);
        project.limosa("up").exits(0);
        let reader = Connection::open(database.url());
        reader.execute("BEGIN; SELECT count(*) FROM visit");
        project.limosa("status").exits(0);
        reader.execute("COMMIT");
        project.limosa("contract --quiet-window 50ms").exits(0);
        let read = "SELECT pg_typeof(fee), city, count(*) FROM dear GROUP BY 1, 2";
        assert_eq!(rows(database, read), ["bigint|Riga|2"]);
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(kept(database), before, "after the way back");
        project.limosa("drift").exits(0);
        // Where nothing is yet, it is the plain statements.
        let other = database.server().fresh_database();
        let plain = Project::on(&other).with("migrations/001_setup.sql", SETUP);
        plain.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
        plain.limosa("up --allow deletes-data").exits(0);
        assert_eq!(rows(&other, read), ["bigint|Riga|2"]);
    });
}
