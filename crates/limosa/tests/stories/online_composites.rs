//! Columns of a composite type: a value of which some fields or all are null is a value all the same.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TYPE pair AS (a int, b int);
CREATE TYPE wide AS (a bigint, b bigint);
CREATE FUNCTION widen(pair) RETURNS wide LANGUAGE sql IMMUTABLE
    AS 'SELECT ROW($1.a, $1.b)::wide WHERE $1 IS DISTINCT FROM NULL';
CREATE FUNCTION narrow(wide) RETURNS pair LANGUAGE sql IMMUTABLE
    AS 'SELECT ROW($1.a, $1.b)::pair WHERE $1 IS DISTINCT FROM NULL';
CREATE CAST (pair AS wide) WITH FUNCTION widen(pair) AS ASSIGNMENT;
CREATE CAST (wide AS pair) WITH FUNCTION narrow(wide) AS ASSIGNMENT;
CREATE DOMAIN known AS pair;
CREATE TABLE visit (id bigint PRIMARY KEY, span pair, felt known);
INSERT INTO visit VALUES (1, (2,NULL), (2,NULL)), (2, (NULL,NULL), (NULL,NULL)), (3, NULL, NULL), (4, (4,4), (4,4));
";

/// A project with its first migration applied and this as its second.
fn begun(database: &Database, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// The values of a column, by row; a value of nothing but nulls is `(,)`.
fn values(database: &Database, column: &str) -> Vec<String> {
    rows(database, &format!("SELECT {column}::text FROM visit ORDER BY id"))
}

const BEFORE: &[&str] = &["(2,)", "(,)", "NULL", "(4,4)"];

#[test]
fn a_renamed_column_keeps_values_of_nulls() {
    on_servers(|database| {
        for (column, new) in [("span", "lapse"), ("felt", "seen")] {
            database.execute("DROP SCHEMA IF EXISTS limosa, public CASCADE; CREATE SCHEMA public");
            let project = begun(database, &format!("ALTER TABLE visit RENAME COLUMN {column} TO {new};\n"));
            project.limosa("up").exits(0);
            assert_eq!(values(database, new), BEFORE, "filled");
            for (row, name) in [(10, column), (20, new)] {
                database.execute(&format!(
                    "INSERT INTO visit (id, {name}) VALUES ({row}, (1,NULL)), ({row} + 1, (NULL,NULL)), \
                     ({row} + 2, NULL); \
                     UPDATE visit SET {name} = (NULL,NULL) WHERE id = 4; \
                     UPDATE visit SET {name} = (NULL,{row}) WHERE id = 3"
                ));
            }
            let after = ["(2,)", "(,)", "(,20)", "(,)", "(1,)", "(,)", "NULL", "(1,)", "(,)", "NULL"];
            assert_eq!(values(database, new), after, "by its new name");
            assert_eq!(values(database, column), after, "by its old name");
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(values(database, new), after);
            project.limosa("down").exits(0);
            project.limosa("contract --quiet-window 50ms").exits(0);
            assert_eq!(values(database, column), after);
            project.limosa("drift").exits(0);
        }
    });
}

#[test]
fn a_column_of_its_own_is_filled_with_values_of_nulls() {
    on_servers(|database| {
        let up = "-- limosa: forward span\nALTER TABLE visit ADD COLUMN copy pair;\n\
                  -- limosa: forward coalesce(span, (0,NULL)::pair)\n\
                  ALTER TABLE visit ADD COLUMN sure pair NOT NULL;\n";
        let project = begun(database, up);
        project.limosa("up").exits(0);
        assert_eq!(values(database, "copy"), BEFORE);
        assert_eq!(values(database, "sure"), ["(2,)", "(,)", "(0,)", "(4,4)"]);
        database.execute(
            "INSERT INTO visit (id, span) VALUES (10, (NULL,NULL)); \
             INSERT INTO visit (id, span, copy) VALUES (11, (3,NULL), (NULL,NULL)); \
             UPDATE visit SET span = (NULL,NULL) WHERE id = 4; UPDATE visit SET span = (NULL,7) WHERE id = 3",
        );
        let after = ["(2,)", "(,)", "(,7)", "(,)", "(,)", "(,)"];
        assert_eq!(values(database, "copy"), after);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(values(database, "copy"), after);
        project.limosa("down --allow deletes-data").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(values(database, "span"), ["(2,)", "(,)", "(,7)", "(,)", "(,)", "(3,)"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_composite_type_is_changed_with_its_values_of_nulls() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE visit ALTER COLUMN span TYPE wide;\n");
        project.limosa("up").exits(0);
        database.execute(
            "INSERT INTO visit (id, span) VALUES (10, (NULL,NULL)), (11, (NULL,3)); \
             UPDATE visit SET span = (NULL,NULL) WHERE id = 4",
        );
        project.limosa("contract --quiet-window 50ms").exits(0);
        let after = ["(2,)", "(,)", "NULL", "(,)", "(,)", "(,3)"];
        assert_eq!(values(database, "span"), after);
        assert_eq!(rows(database, "SELECT DISTINCT pg_typeof(span) FROM visit"), ["wide"]);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(values(database, "span"), after);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_composite_column_comes_to_refuse_null_and_to_be_a_key() {
    on_servers(|database| {
        let up = "-- limosa: forward ROW(0,id)::pair\nALTER TABLE visit ALTER COLUMN span SET NOT NULL;\n\
                  ALTER TABLE visit ADD CONSTRAINT apart UNIQUE (felt);\n";
        let project = begun(database, up);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(values(database, "span"), ["(2,)", "(,)", "(0,3)", "(4,4)"]);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        // Two of such values are the same to a key.
        database.execute("INSERT INTO visit VALUES (5, (1,1), (2,NULL))");
        project.limosa("up").fails().says("two rows of visit have the same key");
        assert_eq!(values(database, "felt"), ["(2,)", "(,)", "NULL", "(4,4)", "(2,)"]);
    });
}
