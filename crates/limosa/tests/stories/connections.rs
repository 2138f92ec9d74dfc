//! How the program finds its databases, and that it keeps to itself what opens them.

use std::fs;

use limosa_testkit::Database;

use crate::place::on_servers;
use crate::project::Project;

/// A value that must show up nowhere.
const SECRET: &str = "hunter2-s3cret";

/// The parts of a test server's URL.
struct Parts {
    password: String,
    host: String,
    port: String,
    database: String,
}

impl Parts {
    fn of(database: &Database) -> Self {
        // postgresql://postgres:PASSWORD@HOST:PORT/DATABASE?…
        let rest = database.url().strip_prefix("postgresql://postgres").unwrap();
        let (password, rest) = rest.split_once('@').unwrap();
        let (address, rest) = rest.split_once('/').unwrap();
        let (host, port) = address.split_once(':').unwrap();
        Self {
            password: password.trim_start_matches(':').to_owned(),
            host: host.to_owned(),
            port: port.to_owned(),
            database: rest.split('?').next().unwrap().to_owned(),
        }
    }
}

fn project(url: &str) -> Project {
    Project::new()
        .with(
            "limosa.toml",
            format!(
                "[project]\nname = \"clinic\"\n[log]\nmigration = \"logs/migration.log\"\n[env.dev]\nurl = \"{url}\"\n\
                 [service.auth]\nmigrations = \"services/auth/migrations\"\n"
            ),
        )
        .with("services/auth/migrations/001_create_account.sql", "CREATE TABLE account (id int);\n")
}

#[test]
fn variables_come_from_the_process_then_the_service_then_the_root() {
    on_servers(|database| {
        let nowhere = "postgresql://postgres@127.0.0.1:1/nowhere?connect_timeout=2";
        let project = project("env:AUTH_DATABASE_URL");
        project.limosa("status").exits(2).says("AUTH_DATABASE_URL");
        project.write(".env", format!("AUTH_DATABASE_URL={}\n", database.url()));
        project.limosa("up").exits(0);
        project.write("services/auth/.env", format!("AUTH_DATABASE_URL=\"{nowhere}\"\n"));
        project.limosa("status").exits(2).says("127.0.0.1:1");
        let project = project.variable("AUTH_DATABASE_URL", database.url());
        project.limosa("status --check").exits(0);
        project.limosa(&format!("--url {nowhere} status")).exits(2).says("127.0.0.1:1");
        project.write("services/auth/.env", "AUTH_DATABASE_URL hunter2-s3cret\n");
        project.limosa("status").exits(2).says("services/auth/.env").says("line 1").never_says(SECRET);
    });
}

#[test]
fn what_the_url_leaves_open_comes_from_where_psql_looks() {
    on_servers(|database| {
        let parts = Parts::of(database);
        let Parts { password, host, port, database: name } = &parts;
        let variables = project("postgresql://")
            .variable("PGHOST", host)
            .variable("PGPORT", port)
            .variable("PGUSER", "postgres")
            .variable("PGDATABASE", name)
            .variable("PGSSLMODE", "disable");
        variables.variable("PGPASSWORD", password).limosa("up").exits(0).never_says(password.as_str());

        let pass_file = project(&format!("postgresql://postgres@{host}:{port}/{name}?sslmode=disable"));
        let path = pass_file.home().join(".pgpass");
        fs::write(&path, format!("*:*:*:other:wrong\n{host}:{port}:{name}:postgres:{password}\n")).unwrap();
        readable_by_its_owner_alone(&path);
        pass_file.limosa("status --check").exits(0).never_says(password.as_str());

        let service = project("postgresql://?service=clinic");
        let text = format!(
            "[clinic]\nhost={host}\nport={port}\nuser=postgres\ndbname={name}\npassword={password}\nsslmode=disable\n"
        );
        fs::write(service.home().join(".pg_service.conf"), text).unwrap();
        service.limosa("status --check").exits(0).never_says(password.as_str());
        service.variable("PGSERVICEFILE", "nowhere.conf").limosa("status").exits(2).says("nowhere.conf");
    });
}

#[cfg(unix)]
fn readable_by_its_owner_alone(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn readable_by_its_owner_alone(_: &std::path::Path) {}

#[test]
fn the_schema_of_a_prisma_url_is_where_names_go() {
    on_servers(|database| {
        database.execute("CREATE SCHEMA clinic");
        let separator = if database.url().contains('?') { '&' } else { '?' };
        let url = format!("{}{separator}schema=clinic", database.url());
        let project = project("env:DATABASE_URL").variable("DATABASE_URL", &url);
        project.limosa("up").exits(0);
        let found = database.execute("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'account'");
        assert_eq!(found, [[Some("clinic".to_owned())]]);
        project.limosa("status --check").exits(0);
    });
}

#[test]
fn passwords_and_secrets_show_up_nowhere() {
    on_servers(|database| {
        let password = Parts::of(database).password;
        let project = project("env:DATABASE_URL")
            .variable("DATABASE_URL", database.url())
            .variable("SMTP_PASSWORD", SECRET)
            .with(
                "services/auth/migrations/002_add_mail.sql",
                "CREATE TABLE mail (password text NOT NULL);\nINSERT INTO mail VALUES ('${env:SMTP_PASSWORD}');\n",
            )
            .with("services/auth/migrations/002_add_mail.down.sql", "DROP TABLE mail;\n");
        let check = |words: &str| {
            let outcome = project.limosa(words).never_says(SECRET);
            if password.is_empty() { outcome } else { outcome.never_says(&password) }
        };
        for words in ["plan", "-v plan", "--json plan", "doctor", "--json doctor", "-v up", "-v status", "--json log"] {
            check(words);
        }
        assert_eq!(
            database.execute("SELECT password FROM mail"),
            [[Some(SECRET.to_owned())]],
            "the value itself arrives"
        );

        // The server repeats values in its errors: in the message, in the detail, in the text of the statement.
        let failing = [
            "INSERT INTO mail SELECT '${env:SMTP_PASSWORD}'::int::text;\n",
            "INSERT INTO nowhere VALUES ('${env:SMTP_PASSWORD}');\n",
            "CREATE UNIQUE INDEX ON mail (password);\nINSERT INTO mail VALUES ('${env:SMTP_PASSWORD}');\n",
            "DO $$ BEGIN RAISE EXCEPTION 'no %', '${env:SMTP_PASSWORD}' \
             USING DETAIL = '${env:SMTP_PASSWORD}'; END $$;\n",
            "DO $$ BEGIN RAISE WARNING 'heard %', '${env:SMTP_PASSWORD}'; END $$;\nSELECT 1 / 0;\n",
        ];
        for text in failing {
            project.write("services/auth/migrations/003_use.sql", text);
            for words in ["up", "-v up", "--json up"] {
                let failed = check(words);
                assert_eq!(failed.code, Some(2), "{failed}");
            }
        }
        let wrong = database.url().replacen(&format!("postgres:{password}@"), &format!("postgres:{SECRET}@"), 1);
        check(&format!("--url {wrong} status"));
        check(&format!("--url {}/%zz status", wrong.split('?').next().unwrap()));
        check("--json log -n 100");

        let kept = "SELECT (SELECT string_agg(t::text, '') FROM limosa.migration t) || \
                    (SELECT string_agg(t::text, '') FROM limosa.event t)";
        let kept = database.execute(kept)[0][0].clone().unwrap();
        assert!(kept.contains("${env:SMTP_PASSWORD}"), "the history keeps the name: {kept}");
        let log = project.read("logs/migration.log");
        for secret in [SECRET, &password].into_iter().filter(|secret| !secret.is_empty()) {
            assert!(!kept.contains(secret), "a secret is in the history: {kept}");
            assert!(!log.contains(secret), "a secret is in the log file: {log}");
        }
    });
}

#[test]
fn a_placeholder_without_a_value_is_named_with_its_place() {
    on_servers(|database| {
        let project = project("env:DATABASE_URL")
            .variable("DATABASE_URL", database.url())
            .with("services/auth/migrations/002_add_mail.sql", "SELECT 1;\nSELECT '${env:SMTP_PASSWORD}';\n");
        let failed = project.limosa("up");
        assert_ne!(failed.code, Some(0));
        assert!(failed.stderr.contains("services/auth/migrations/002_add_mail.sql:2:9"), "{failed}");
        assert!(failed.stderr.contains("SMTP_PASSWORD"), "{failed}");
        project.limosa("-v status").says("•  002 add_mail");
    });
}
