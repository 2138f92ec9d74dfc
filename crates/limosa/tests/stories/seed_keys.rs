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
