//! Schemas that do not load, that another server would not take, or that not everybody may see.

use limosa_testkit::{binary_search, servers};

use crate::place::on_servers;
use crate::project::Project;

#[test]
fn an_extension_that_is_not_installed_is_shown_with_the_way_to_another_server() {
    let project = Project::new()
        .with("a.sql", "CREATE TABLE patient (id int);\n")
        .with("b.sql", "CREATE TABLE patient (id int);\n\nCREATE EXTENSION no_such_extension;\n");
    let failed = project.limosa("diff a.sql b.sql").exits(1);
    for line in ["no_such_extension", "b.sql:3:1", "LIMOSA_PG_BIN"] {
        assert!(failed.stderr.contains(line), "{line:?} is missing in {failed}");
    }
}

#[test]
fn a_role_that_the_server_lacks_is_named_before_the_grant_fails() {
    on_servers(|database| {
        let role = format!("reader_of_{}", database.name().as_str());
        let project = Project::new().with(
            "wanted.sql",
            format!(
                "CREATE TABLE patient (id int);\nGRANT SELECT ON patient TO \"{role}\";\nALTER TABLE patient ENABLE \
                 ROW LEVEL SECURITY;\nCREATE POLICY own ON patient TO \"{role}\" USING (true);\n"
            ),
        );
        let diff = format!("diff {} wanted.sql", database.url());
        let warned = project.limosa(&diff).exits(1);
        assert!(warned.stderr.contains(&format!("warning[no-such-role]: there is no role \"{role}\"")), "{warned}");
        assert_eq!(warned.stderr.matches("no-such-role").count(), 1, "once for each role: {warned}");
        database.execute(&format!("CREATE ROLE \"{role}\""));
        let there = project.limosa(&diff).exits(1).never_says("no-such-role");
        database.execute(&there.stdout);
        project.limosa(&diff).exits(0).says("no difference");
        database.execute(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\""));
    });
}

#[test]
fn a_shadow_of_another_major_is_said() {
    let servers = servers();
    let [first, .., last] = servers.as_slice() else { return };
    let installations = binary_search().installations().unwrap();
    let Some(other) = installations.iter().find(|it| it.version().major() == first.major()) else { return };
    let database = last.fresh_database();
    database.execute("CREATE TABLE patient (id int NOT NULL)");
    let project = Project::new()
        .with("wanted.sql", "CREATE TABLE patient (id int NOT NULL);\n")
        .variable("LIMOSA_PG_BIN", &other.folder().to_string_lossy());
    let compared = project.limosa(&format!("diff {} wanted.sql", database.url())).exits(0);
    let (shadow, live) = (first.major(), last.major());
    let warning = format!("the shadow is PostgreSQL {shadow}, and the other side is PostgreSQL {live}");
    assert!(compared.stderr.contains(&warning), "{warning:?} is missing in {compared}");
}

#[test]
fn what_a_role_may_not_see_is_said() {
    on_servers(|database| {
        database.execute(
            "CREATE TABLE patient (id int); CREATE SUBSCRIPTION feed CONNECTION 'dbname=x' PUBLICATION p \
             WITH (connect = false, slot_name = NONE)",
        );
        let role = format!("blind_{}", database.name().as_str());
        database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'p'"));
        let (_, place) = database.url().split_once('@').unwrap();
        let project = Project::new().with("wanted.sql", "CREATE TABLE patient (id int);\n");
        let seen = project.limosa(&format!("diff postgresql://{role}:p@{place} wanted.sql")).exits(1);
        let unseen = "warning[not-seen]: the connection of subscription feed: not compared";
        assert!(seen.stderr.contains(unseen), "{seen}");
        database.execute(&format!("ALTER SUBSCRIPTION feed DISABLE; DROP SUBSCRIPTION feed; DROP ROLE {role}"));
    });
}

#[test]
fn names_may_be_anything() {
    let names = ["Patient", "a \"b\"", "x.y", " ", "select", "größe 🦩", "it's", &"n".repeat(63), "$1", "--", "/*"];
    on_servers(|database| {
        let mut wanted = String::new();
        for (number, name) in names.iter().enumerate() {
            let name = format!("\"{}\"", name.replace('"', "\"\""));
            wanted.push_str(&format!(
                "CREATE SCHEMA {name};\nCREATE TYPE {name}.{name} AS ENUM ('a''b');\nCREATE TABLE {name}.\"t{number}\" \
                 ({name} int PRIMARY KEY, \"of\" {name}.{name} DEFAULT 'a''b', CONSTRAINT \"c\" CHECK ({name} > 0));\n\
                 CREATE INDEX ON {name}.\"t{number}\" (\"of\");\nCREATE VIEW {name}.\"v\" AS SELECT {name} FROM \
                 {name}.\"t{number}\";\nCOMMENT ON COLUMN {name}.\"t{number}\".{name} IS '--';\n"
            ));
        }
        let project = Project::on(database).with("schema.sql", &wanted).with("nothing.sql", "SELECT 1;\n");
        project.write(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n[service.clinic]\n\
             migrations = \"migrations\"\nschema = \"schema.sql\"\n",
        );
        std::fs::create_dir(project.path().join("migrations")).unwrap();
        project.limosa("generate create_all").exits(0);
        project.limosa("up").exits(0);
        project.limosa("diff db schema").exits(0).says("no difference");
        project.limosa("drift").exits(0).says("no drift");
        project.limosa("down").exits(0);
        project.limosa("diff db nothing.sql").exits(0).says("no difference");
    });
}

#[test]
fn a_password_that_no_catalog_holds_is_asked_for() {
    let project =
        Project::new().with("a.sql", "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w;\n").with(
            "b.sql",
            "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w;\n\
             CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'secret', \"user\" 'x');\n",
        );
    let asked = project.limosa("diff a.sql b.sql").exits(1).never_says("secret");
    assert!(asked.stdout.contains("-- lacks-password: user mapping for public on server s"), "{asked}");
}
