//! Seeds and unique values: keys that are equal and not the same, and values that go from one row to another.

use crate::place::{Place, everywhere, lines, on_servers, rows};
use crate::project::Project;

const TOML: &str = "[project]\nname = \"clinic\"\n";
const SERVED: &str = "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n";

#[test]
fn a_key_that_is_equal_and_not_the_same_is_written() {
    everywhere(|place| {
        let project = match place {
            Place::Server(database) => Project::on(database),
            Place::Embedded => Project::new().with("limosa.toml", TOML),
        };
        let schema = "CREATE EXTENSION citext; CREATE TABLE tag (code citext PRIMARY KEY, name text);
                      CREATE TABLE rate (amount numeric PRIMARY KEY);";
        let project = project
            .with("migrations/001_tag.sql", schema)
            .with("seeds/tag.csv", "code,name\nbC,x\nd,y\n")
            .with("seeds/rate.csv", "amount\n1.50\n2\n");
        project.limosa("up").exits(0);
        let sql = "INSERT INTO rate VALUES (1.5), (2); INSERT INTO tag VALUES ('bc', 'x'), ('d', 'y') RETURNING 1";
        place.query(&project, "clinic", sql);
        let differs = project.limosa("seed --verify").exits(1);
        differs.says("~ code = bc: code bc → bC").says("~ amount = 1.5: amount 1.5 → 1.50");
        project.limosa("seed").exits(0).says("1 changed").never_says("added");
        project.limosa("seed --verify").exits(0);
        let sql = "SELECT (SELECT string_agg(code::text, ' ' ORDER BY code) FROM tag), \
                   (SELECT string_agg(amount::text, ' ' ORDER BY amount) FROM rate)";
        assert_eq!(lines(&place.query(&project, "clinic", sql)), ["bC d|1.50 2"]);
    });
}

/// What refers to a row that goes is not looked at before it is written itself.
#[test]
fn a_row_that_goes_makes_room_for_its_values() {
    let schema = "CREATE TABLE team (id int PRIMARY KEY, name text UNIQUE NOT NULL);
                  CREATE TABLE player (id int PRIMARY KEY, team int REFERENCES team ON DELETE CASCADE, note text);";
    let toml = format!("{SERVED}[seed.team]\nmode = \"sync\"\nmax_delete = 1\n");
    on_servers(|database| {
        let project = Project::on(database)
            .with("limosa.toml", &toml)
            .with("migrations/001_team.sql", schema)
            .with("seeds/team.csv", "id,name\n1,A\n2,B\n3,C\n")
            .with("seeds/player.csv", "id,team\n1,3\n");
        project.limosa("up").exits(0);
        project.limosa("seed").exits(0);
        let teams = || rows(database, "SELECT id, name FROM team ORDER BY id");

        // To a row that is there, and to a new one.
        project.write("seeds/team.csv", "id,name\n2,A\n3,C\n");
        project.limosa("seed --dry-run").exits(0).says("1 changed, 1 deleted").says("- id = 1");
        assert_eq!(teams(), ["1|A", "2|B", "3|C"]);
        project.limosa("seed").exits(0).says("1 changed, 1 deleted");
        project.write("seeds/team.csv", "id,name\n3,C\n4,A\n");
        project.limosa("seed").exits(0).says("1 added, 1 deleted");
        assert_eq!(teams(), ["3|C", "4|A"]);

        // No more go than may.
        project.write("seeds/team.csv", "id,name\n5,C\n6,A\n");
        project.write("seeds/player.csv", "id,team\n1,5\n");
        project.limosa("seed").exits(1).says("duplicate key");
        project.write("seeds/team.csv", "id,name\n5,A\n");
        project.limosa("seed --dry-run").exits(0).says("2 deleted").says("warning[too-many-deletes]");
        project.limosa("seed").exits(1).says("would delete 2 of 3 rows");
        assert_eq!(teams(), ["3|C", "4|A"]);
        database.execute("UPDATE player SET note = 'kept'");
        project.limosa("seed --allow deletes-data").exits(0);
        assert_eq!(rows(database, "SELECT team, note FROM player"), ["5|kept"], "nothing followed the row that went");
    });
}

#[test]
fn rows_that_swap_a_unique_value_are_both_named() {
    let schema = "CREATE TABLE m (id int PRIMARY KEY, u int CONSTRAINT m_u UNIQUE);";
    on_servers(|database| {
        let project =
            Project::on(database).with("migrations/001_m.sql", schema).with("seeds/m.csv", "id,u\n1,1\n2,2\n");
        project.limosa("up").exits(0);
        project.limosa("seed").exits(0);
        project.write("seeds/m.csv", "id,u\n1,2\n2,1\n");
        let refused = project.limosa("seed").exits(1).says("error[seed-refused]").says("seeds/m.csv:2:");
        refused.says("the row on line 3 has this value until it is changed in the same run").says("`DEFERRABLE`");
        assert_eq!(rows(database, "SELECT id, u FROM m ORDER BY id"), ["1|1", "2|2"]);

        database.execute("ALTER TABLE m DROP CONSTRAINT m_u, ADD CONSTRAINT m_u UNIQUE (u) DEFERRABLE");
        project.limosa("seed").exits(0).says("2 changed");
        assert_eq!(rows(database, "SELECT id, u FROM m ORDER BY id"), ["1|2", "2|1"]);
        project.write("seeds/m.csv", "id,u\n1,2\n2,1\n3,1\n");
        project.limosa("seed").exits(1).says("error[seed-refused]").never_says("DEFERRABLE");
    });
}
