//! `limosa rekey` beside other changes: a reference that gets another name as well, and changes that wait for contract
//! together.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;
use crate::rekey::{CHILD, CHILD_ROWS, begun, in_order, one, plainly, shape};

const PRACTICE: &str = "\
CREATE TABLE practice (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
CREATE TABLE site (id int PRIMARY KEY, practice_id uuid NOT NULL REFERENCES practice, main_id uuid REFERENCES practice);
CREATE INDEX site_practice_idx ON site (practice_id);
CREATE VIEW seen AS SELECT site.practice_id AS place, practice.name FROM site
    JOIN practice ON practice.id = practice_id;
";

const PRACTICE_ROWS: &str = "\
INSERT INTO practice (name) SELECT 'p' || i FROM generate_series(1, 200) i;
INSERT INTO site SELECT row_number() OVER (), id, CASE WHEN name < 'p2' THEN id END FROM practice;
";

#[test]
fn what_refers_gets_another_name_which_both_versions_have_beside_theirs() {
    on_servers(|database| {
        let rekey = "rekey practice.id --to 'varchar(8)' --generate alnum:8 --as practice_id --name change_client_id";
        let project = begun(database, PRACTICE, PRACTICE_ROWS, rekey);
        let file = "migrations/002_change_client_id.sql";
        let text = project.read(file);
        // As an engineer edits it: the type and the name change, and what names the column follows.
        let retyped = "ALTER TABLE \"public\".\"site\" ALTER COLUMN \"practice_id\" TYPE varchar(8);";
        assert!(text.contains(retyped), "{text}");
        let renamed = "ALTER TABLE site RENAME COLUMN practice_id TO practice_code;";
        let (head, tail) = text.split_once(retyped).unwrap();
        let tail = tail.replace("FOREIGN KEY (\"practice_id\")", "FOREIGN KEY (practice_code)");
        let tail = tail.replace("site.practice_id", "site.practice_code");
        project.write(file, format!("{head}{retyped}\n{renamed}\n{tail}"));
        // The way back is the one that was compiled with it.
        project.remove("migrations/002_change_client_id.down.sql");
        let columns = ["SELECT id, practice_id, main_id FROM site", "SELECT id, name FROM practice"];
        let (before, ids) = (shape(database), in_order(database, &columns));

        project.limosa("up").exits(0);
        // Both names are there, filled, and either may be written.
        database.execute(
            "INSERT INTO site (id, practice_code) SELECT 1001, practice_id FROM practice WHERE name = 'p7'; \
             INSERT INTO site (id, practice_id) SELECT 1002, id FROM practice WHERE name = 'p7'; \
             UPDATE site SET practice_code = (SELECT practice_id FROM practice WHERE name = 'p9') WHERE id = 1002",
        );
        let agree = "SELECT count(*), string_agg(name, ',' ORDER BY site.id) FILTER (WHERE site.id > 1000) FROM site \
                     JOIN practice ON practice.id = site.practice_id AND practice.practice_id = practice_code";
        assert_eq!(rows(database, agree), ["202|p7,p9"]);
        project.limosa("abort 002").exits(0);
        database.execute("DELETE FROM site WHERE id > 1000");
        assert_eq!((shape(database), in_order(database, &columns)), (before.clone(), ids.clone()), "after the abort");

        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(shape(database), plainly(database, &project, PRACTICE), "after contract");
        let joined = "SELECT count(*) FROM site JOIN practice ON practice.practice_id = practice_code JOIN seen ON \
                      place = practice_code AND length(practice_code) = 8";
        assert_eq!(one(database, joined), "200");
        project.limosa("drift").exits(0);
        // And on the way back, under the names of before.
        project.limosa("down").exits(0);
        let both = "SELECT count(*) FROM site JOIN practice ON practice.id = site.practice_id \
                    AND practice.practice_id = practice_code";
        assert_eq!(one(database, both), "200");
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!((shape(database), in_order(database, &columns)), (before, ids), "after the way back");
        project.limosa("drift").exits(0);
    });
}

/// A rename and a re-key that wait for contract, and a view that reads what both change.
fn both_wait(database: &Database) -> Project {
    let setup = format!("{CHILD}CREATE VIEW seen AS SELECT client.id AS who, client.name AS called FROM client;\n");
    let project = Project::on(database).with("migrations/001_setup.sql", setup);
    project.limosa("up").exits(0);
    database.execute(CHILD_ROWS);
    project.write("migrations/002_name.sql", "-- limosa: online\nALTER TABLE client RENAME COLUMN name TO title;\n");
    project.limosa("up").exits(0);
    project.limosa("rekey client.id --to 'varchar(8)' --generate alnum:8 --name change_client_id").exits(0);
    project.limosa("up").exits(0);
    project
}

#[test]
fn a_view_that_somebody_changed_meanwhile_is_not_made_again_as_it_was() {
    on_servers(|database| {
        let project = both_wait(database);
        // Somebody's own change is seen as before.
        database.execute("CREATE OR REPLACE VIEW seen AS SELECT id AS who, name AS called, 1 AS more FROM client");
        project.limosa("contract --quiet-window 50ms").fails().says("came-to-hang").says("view public.seen");
    });
}

#[test]
fn changes_that_wait_together_are_contracted_one_behind_the_other() {
    on_servers(|database| {
        let project = both_wait(database);
        // The first one's contract changes what the view says, and the second one makes the view again.
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(one(database, "SELECT count(*) FROM seen WHERE length(who) = 8 AND called IS NOT NULL"), "300");
        project.limosa("drift").exits(0);
    });
}
