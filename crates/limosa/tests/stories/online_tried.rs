//! What `up` builds on columns as they will be is tried before anything changes.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE ward (id text PRIMARY KEY);
CREATE TABLE patient (
    id bigint PRIMARY KEY, name text, age text, note text, town text, ward text REFERENCES ward, born date, x int,
    CHECK (upper(name) = name)
);
CREATE INDEX patient_age ON patient (age text_pattern_ops);
CREATE INDEX patient_note ON patient (lower(note));
CREATE INDEX patient_town ON patient (id) WHERE town LIKE 'a%';
CREATE INDEX patient_born ON patient (date_part('year', born));
INSERT INTO patient SELECT i, i, i, i, i, NULL, '2026-11-23' FROM generate_series(1, 30) i;
";

/// That `up` refuses this, with the statement underlined and these words, and has changed nothing.
fn refused(database: &Database, setup: &str, up: &str, says: &[&str]) {
    let project = Project::on(database).with("migrations/001_setup.sql", format!("{SETUP}{setup}"));
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}\n"));
    let before = project.limosa("snapshot").exits(0).stdout;
    let mut said = project.limosa("up").fails().says("^^^^");
    for text in says {
        said = said.says(text);
    }
    assert_eq!(project.limosa("snapshot").exits(0).stdout, before, "{up}");
    assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"], "after {up}");
}

#[test]
fn what_hangs_on_a_column_and_does_not_fit_its_new_type_is_named() {
    let retyped = |column: &str| format!("ALTER TABLE patient ALTER COLUMN {column} TYPE int USING {column}::int;");
    for (up, says) in [
        (retyped("name"), ["constraint patient_name_check on public.patient cannot be built", "upper(integer)"]),
        (retyped("age"), ["index public.patient_age cannot be built", "text_pattern_ops"]),
        (retyped("note"), ["index public.patient_note cannot be built", "lower(integer)"]),
        (retyped("town"), ["index public.patient_town cannot be built", "integer ~~ text"]),
        (retyped("ward"), ["constraint patient_ward_fkey on public.patient cannot be built", "cannot be implemented"]),
        (
            "ALTER TABLE patient ALTER COLUMN born TYPE timestamptz;".to_owned(),
            ["index public.patient_born cannot be built", "IMMUTABLE"],
        ),
    ] {
        on_servers(|database| refused(database, "", &up, &says));
    }
}

#[test]
fn what_the_server_would_not_take_midway_is_underlined() {
    for (up, says) in [
        ("CREATE INDEX more ON patient (name int4_ops);", "int4_ops"),
        ("CREATE INDEX more ON patient (missing(name));", "missing(text)"),
        ("ALTER TABLE patient ADD COLUMN more bigint DEFAULT nextval('missing');", "\"missing\" does not exist"),
        ("ALTER TABLE patient ADD COLUMN more int DEFAULT 1 / 0;", "division by zero"),
        ("ALTER TABLE patient ALTER COLUMN id SET DEFAULT 'one';", "\"one\""),
        (
            "ALTER TABLE patient ALTER COLUMN x TYPE bigint, ALTER COLUMN x SET DEFAULT 'one';",
            "no default of the column as it will be",
        ),
        ("ALTER TABLE patient ADD CHECK (age > 1);", "text > integer"),
    ] {
        let up = format!("ALTER TABLE patient RENAME COLUMN note TO remark;\n{up}");
        on_servers(|database| refused(database, "", &up, &[says]));
    }
}

#[test]
fn what_fits_or_is_made_on_the_way_is_not_stopped() {
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
        project.limosa("up").exits(0);
        let up = "-- limosa: online\n\n\
                  CREATE SEQUENCE numbers;\nCREATE TYPE mood AS ENUM ('glad');\n\
                  CREATE FUNCTION odd(bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 1';\n\
                  DROP INDEX patient_age;\nALTER TABLE patient ALTER COLUMN age TYPE int USING age::int;\n\
                  CREATE INDEX patient_age ON patient (abs(age));\n\
                  ALTER TABLE patient ADD COLUMN number bigint DEFAULT nextval('numbers'), ADD COLUMN other serial,\n\
                  ADD COLUMN mood mood DEFAULT 'glad';\n\
                  CREATE INDEX patient_odd ON patient (odd(number), other);\nCREATE INDEX ON patient (mood, age);\n\
                  ALTER TABLE patient ADD CONSTRAINT oddly CHECK (odd(number) OR mood = 'glad' OR age > 1);\n\
                  CREATE TABLE town (name text PRIMARY KEY);\n\
                  ALTER TABLE patient ADD FOREIGN KEY (town) REFERENCES town NOT VALID;\n\
                  ALTER TABLE patient ADD CONSTRAINT by_key FOREIGN KEY (note) REFERENCES ward NOT VALID;\n\
                  ALTER TABLE patient ADD CONSTRAINT by_id FOREIGN KEY (name) REFERENCES ward (id) NOT VALID;\n\
                  ALTER TABLE patient ADD CONSTRAINT again FOREIGN KEY (name) REFERENCES ward NOT VALID;\n";
        project.write("migrations/002_change.sql", up);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_key_names_what_partitions_of_partitions_are_partitioned_by() {
    let setup = "CREATE TABLE event (at int, kind int, who int) PARTITION BY RANGE (at);\n\
                 CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (9) PARTITION BY LIST (kind);\n\
                 CREATE TABLE event_1a PARTITION OF event_1 FOR VALUES IN (1);\n\
                 CREATE TABLE other (at int, who int) PARTITION BY HASH (abs(at));\n";
    for (up, says) in [
        ("ALTER TABLE event ADD UNIQUE (at, who);", "event_1 is partitioned by kind"),
        ("ALTER TABLE event ADD PRIMARY KEY (kind, who);", "event is partitioned by at"),
        ("CREATE UNIQUE INDEX once ON event (at, who) INCLUDE (kind);", "event_1 is partitioned by kind"),
        ("ALTER TABLE other ADD UNIQUE (at);", "other is partitioned by an expression"),
    ] {
        on_servers(|database| refused(database, setup, up, &[says]));
    }
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_setup.sql", setup);
        project.limosa("up").exits(0);
        project.write("migrations/002_key.sql", "-- limosa: online\n\nALTER TABLE event ADD UNIQUE (kind, at);\n");
        project.limosa("up").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn an_id_that_cannot_be_made_is_known_before_a_key_changes() {
    on_servers(|database| {
        let setup = "CREATE TABLE client (id uuid PRIMARY KEY DEFAULT gen_random_uuid());\n\
                     CREATE TABLE visit (id int PRIMARY KEY, client_id uuid REFERENCES client);\n\
                     INSERT INTO client DEFAULT VALUES;\n";
        let project = Project::on(database).with("migrations/001_setup.sql", setup);
        project.limosa("up").exits(0);
        project.limosa("rekey client.id --to bigint --default missing() --name ids").exits(0);
        let before = project.limosa("snapshot").exits(0).stdout;
        project.limosa("up").fails().says("function missing() does not exist");
        assert_eq!(project.limosa("snapshot").exits(0).stdout, before);
        assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"]);
    });
}
