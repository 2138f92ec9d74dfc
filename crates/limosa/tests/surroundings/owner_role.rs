use limosa_testkit::{Database, PgBouncer, PoolMode, execute, servers};

use crate::project::Project;

/// A role that owns, and one that logs in and has the owner's rights only when it takes its role.
struct Roles<'a> {
    database: &'a Database,
    owner: String,
    login: String,
}

impl<'a> Roles<'a> {
    fn of(database: &'a Database) -> Self {
        let name = database.name().as_str();
        let (owner, login) = (format!("{name}_owner"), format!("{name}_login"));
        database.execute(&format!(
            "CREATE ROLE {owner} NOLOGIN; CREATE ROLE {login} LOGIN NOINHERIT PASSWORD 'secret' IN ROLE {owner}; \
             GRANT CREATE ON DATABASE {name} TO {owner}; GRANT CREATE ON SCHEMA public TO {owner}"
        ));
        Self { database, owner, login }
    }

    /// The URL for the role that logs in, given the superuser's.
    fn url(&self, url: &str) -> String {
        let (scheme, rest) = url.split_once("://").unwrap();
        let (_, place) = rest.split_once('@').unwrap();
        format!("{scheme}://{}:secret@{place}", self.login)
    }

    fn project(&self) -> Project {
        let toml = format!("[service.clinic]\nmigrations = \"m\"\nowner_role = \"{}\"\n", self.owner);
        Project::of(&[
            ("limosa.toml", &toml),
            ("m/001_visit.up.sql", "CREATE TABLE visit (id int);\n"),
            ("m/001_visit.down.sql", "DROP TABLE visit;\n"),
            ("m/002_index.up.sql", "CREATE INDEX CONCURRENTLY visit_id ON visit (id);\n"),
            ("m/002_index.down.sql", "DROP INDEX CONCURRENTLY visit_id;\n"),
        ])
    }
}

impl Drop for Roles<'_> {
    fn drop(&mut self) {
        let Self { owner, login, .. } = self;
        let _ = self.database.query(&format!("DROP OWNED BY {owner}, {login} CASCADE; DROP ROLE {owner}, {login}"));
    }
}

#[test]
fn rights_that_are_not_inherited_are_taken_for_every_verb() {
    for server in servers() {
        let database = server.fresh_database();
        let roles = Roles::of(&database);
        let (project, url) = (roles.project(), roles.url(database.url()));
        let limosa = |arguments: &[&str]| project.run(&[&["--url", url.as_str()], arguments].concat());

        limosa(&["up", "--steps", "1"]).ended(0);
        let status = limosa(&["status"]).ended(0);
        assert!(status.stdout.contains("001"), "{}", status.stdout);
        limosa(&["up"]).ended(0);
        limosa(&["status", "--check"]).ended(0);
        limosa(&["doctor"]).ended(0);
        let log = limosa(&["log"]).ended(0);
        assert!(log.stdout.contains(&format!("as {}", roles.login)), "{}", log.stdout);
        std::fs::remove_dir_all(project.path().join("m")).unwrap();
        project.write("m/000_none.sql", "");
        limosa(&["down", "--all"]).ended(0);
        let left = database.execute("SELECT count(*) FROM limosa.migration; SELECT to_regclass('visit')");
        assert_eq!(left.concat(), [Some("0".to_owned()), None]);
    }
}

#[test]
fn behind_a_transaction_pooler_the_role_is_never_left_behind() {
    let database = limosa_testkit::server().fresh_database();
    let roles = Roles::of(&database);
    let direct = roles.url(database.url());
    let Some(pooler) = PgBouncer::start(&direct, PoolMode::Transaction) else { return };
    let (project, url) = (roles.project(), pooler.url(&direct));
    project.run(&["--url", &url, "up", "--steps", "1"]).ended(0);
    project.run(&["--url", &url, "status"]).ended(0);
    for _ in 0..4 {
        let role = execute(&url, "SELECT current_user");
        assert_eq!(role.concat(), [Some(roles.login.clone())]);
    }
}
