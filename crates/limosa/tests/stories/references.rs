//! References between databases.

use limosa_testkit::{Database, servers};

use crate::project::Project;

fn fleet(column: &str, to: &str) -> Project {
    Project::new()
        .with("services/api/migrations/001_a.sql", "")
        .with("services/telehealth/migrations/001_a.sql", "")
        .with(
            "limosa.toml",
            format!(
                "[project]\nname = \"clinic\"\n[service.api]\nurl = \"env:API_URL\"\n[service.telehealth]\n\
                 url = \"env:TELEHEALTH_URL\"\nreferences = [{{ column = '{column}', to = 'api:{to}' }}]\n\
                 [env.dev]\nurl = \"env:API_URL\"\n"
            ),
        )
}

/// Plays a story with two databases on every server.
fn with_two(story: impl Fn(&Database, &Database)) {
    for server in servers() {
        println!("on PostgreSQL {}", server.major());
        story(&server.fresh_database(), &server.fresh_database());
    }
}

fn on(project: Project, api: &Database, telehealth: &Database) -> Project {
    project.variable("API_URL", api.url()).variable("TELEHEALTH_URL", telehealth.url())
}

#[test]
fn keys_that_the_other_database_does_not_have_are_found() {
    with_two(|api, telehealth| {
        api.execute("CREATE TABLE \"Patient\" (id uuid PRIMARY KEY)");
        telehealth.execute("CREATE TABLE \"Visit\" (id int, \"patientId\" uuid)");
        let uuid = |n: &str| format!("('00000000-0000-0000-0000-' || lpad({n}::text, 12, '0'))::uuid");
        api.execute(&format!("INSERT INTO \"Patient\" SELECT {} FROM generate_series(1, 1000) n", uuid("n")));
        telehealth.execute(&format!(
            "INSERT INTO \"Visit\" SELECT n, {} FROM generate_series(1, 3000) n",
            uuid("(n % 1003)")
        ));
        telehealth.execute("INSERT INTO \"Visit\" VALUES (0, NULL)");
        let project = on(fleet("\"Visit\".\"patientId\"", "\"Patient\".id"), api, telehealth);
        let found = project.limosa("check --references").exits(1);
        for line in [
            "✗ references",
            "telehealth:\"Visit\".\"patientId\" → api:\"Patient\".\"id\": 3 of 1,003 keys are not there, in 6 of 3,000",
            "limosa.toml:",
            "missing: 00000000-0000-0000-0000-000000000000 (2 rows), 00000000-0000-0000-0000-000000001001 (2 rows)",
        ] {
            assert!(found.all().contains(line), "{line:?} is missing in {found}");
        }
        let json = project.limosa("--json check --references").exits(1).json();
        let reference = &json["sections"][0]["details"][0];
        assert_eq!(
            (reference["keys"].as_u64(), reference["referred_keys"].as_u64(), reference["orphan_rows"].as_u64()),
            (Some(1003), Some(1000), Some(6)),
            "{json}"
        );
        telehealth.execute("DELETE FROM \"Visit\" WHERE id % 1003 NOT BETWEEN 1 AND 1000");
        project.limosa("check --references").exits(0).says("1 hold, 2,000 keys");
    });
}

#[test]
fn keys_of_every_type_meet_in_order() {
    with_two(|api, telehealth| {
        for (n, (left, right, from, to, expected)) in [
            ("bigint", "int", "(-3), (-1), (0), (7)", "(7), (-1), (0)", "missing: -3\n"),
            ("smallint", "numeric(9,2)", "(1), (2), (20)", "(1.00), (2.0)", "missing: 20\n"),
            (
                "text",
                "varchar(9)",
                "('b'), ('B'), ('a b'), ('ä'), ('a-b'), ('zz'), ('Z'), (E'a\\tb'), ('')",
                "('ä'), ('B'), ('b'), ('a-b'), ('a b'), ('Z'), ('zz'), (E'a\\tb')",
                "missing: \n",
            ),
            (
                "text",
                "uuid",
                "('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), ('unknown')",
                "('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')",
                "missing: unknown\n",
            ),
            ("char(4)", "text", "('a'), ('b')", "('a')", "missing: b\n"),
            ("date", "date", "('2024-02-29'), ('1999-12-31')", "('2024-02-29')", "missing: 1999-12-31\n"),
        ]
        .into_iter()
        .enumerate()
        {
            telehealth.execute(&format!("CREATE TABLE v{n} (p {left}); INSERT INTO v{n} VALUES {from}"));
            api.execute(&format!("CREATE TABLE p{n} (id {right} PRIMARY KEY); INSERT INTO p{n} VALUES {to}"));
            let project = on(fleet(&format!("v{n}.p"), &format!("p{n}.id")), api, telehealth);
            let found = project.limosa("check --references").exits(1);
            let all = found.all().replace(" \n", "\n").replace("missing:\n", "missing: \n");
            assert!(all.contains(expected), "{left} and {right}: {expected:?} is missing in {found}");
            let says_types = found.all().contains(" are compared as ");
            assert_eq!(says_types, left != right, "{left} and {right}: {found}");
        }
    });
}

#[test]
fn what_is_not_there_is_said_with_what_there_is() {
    with_two(|api, telehealth| {
        api.execute("CREATE TABLE \"Patient\" (id int)");
        telehealth.execute("CREATE TABLE visit (patient_id int)");
        for (column, to, says) in [
            (
                "visits.patient_id",
                "\"Patient\".id",
                "there is no table \"visits\" in the database of service `telehealth`",
            ),
            ("visits.patient_id", "\"Patient\".id", "did you mean `visit`?"),
            (
                "visit.patientid",
                "\"Patient\".id",
                "the table \"visit\" of service `telehealth` has no column \"patientid\"",
            ),
            ("visit.patientid", "\"Patient\".id", "did you mean `patient_id`?"),
            ("visit.patient_id", "Patient.id", "did you mean `\"Patient\"`? Without double quotes a name is folded"),
        ] {
            on(fleet(column, to), api, telehealth).limosa("check --references").exits(1).says(says);
        }
        on(fleet("visit.patient_id", "\"Patient\".id"), api, telehealth)
            .with("services/api/migrations/001_a.sql", "")
            .variable("API_URL", "postgres://nobody@127.0.0.1:1/x")
            .limosa("check --references")
            .exits(2)
            .says("127.0.0.1:1");
    });
}

#[test]
fn the_embedded_server_is_asked_one_database_after_the_other() {
    let project = Project::new()
        .with("services/api/migrations/001_a.sql", "CREATE TABLE p (id int); INSERT INTO p VALUES (1), (2);")
        .with("services/telehealth/migrations/001_a.sql", "CREATE TABLE v (p int); INSERT INTO v VALUES (2), (-5);")
        .with(
            "limosa.toml",
            "[service.api]\n[service.telehealth]\nreferences = [{ column = \"v.p\", to = \"api:p.id\" }]\n",
        );
    project.limosa("check --references").exits(0).says("no database is there yet");
    project.limosa("up").exits(0);
    project.limosa("check --references").exits(1).says("1 of 2 keys are not there").says("missing: -5");
}
