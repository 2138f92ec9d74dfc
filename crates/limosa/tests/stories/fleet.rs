//! Eight services, in order: up, down two steps, up again, all the way down, and what happens when one of them fails.

use limosa_testkit::{Database, Rows};

use crate::place::{EmbeddedServer, Place, everywhere};
use crate::project::{Project, copy, workspace};

/// Services of the example with their databases, in the order in which they are migrated.
const SERVICES: [(&str, &str); 8] = [
    ("auth", "healthcare_auth"),
    ("api", "healthcare_api"),
    ("telehealth", "healthcare_telehealth"),
    ("mental-health", "healthcare_mental_health"),
    ("chronic-care", "healthcare_chronic_care"),
    ("pharmacy", "healthcare_pharmacy"),
    ("laboratory", "healthcare_laboratory"),
    ("imaging", "healthcare_imaging"),
];

/// What a database holds outside Limosa's own schema, in words that are the same after every way to the same schema.
const CATALOG: &str = r"
SELECT 'column', n.nspname, c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod),
    a.attnotnull::text, pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname !~ '^(pg_|information_schema|limosa)'
UNION ALL
SELECT 'constraint', n.nspname, conrelid::regclass::text, contype::text, conname, pg_get_constraintdef(c.oid),
    convalidated::text, ''
FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
WHERE n.nspname !~ '^(pg_|information_schema|limosa)' AND contype <> 'n'
UNION ALL
SELECT 'index', n.nspname, indrelid::regclass::text, '', c.relname, pg_get_indexdef(c.oid), indisvalid::text, ''
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^(pg_|information_schema|limosa)'
UNION ALL
SELECT 'type', n.nspname, typname, typtype::text, enumlabel, enumsortorder::text, '', ''
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_enum e ON e.enumtypid = t.oid
WHERE n.nspname !~ '^(pg_|information_schema|limosa)'
UNION ALL
SELECT 'function', n.nspname, proname, prokind::text, oidvectortypes(proargtypes), prosrc, '', ''
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^(pg_|information_schema|limosa)'
UNION ALL
SELECT 'view', schemaname, viewname, '', '', definition, '', ''
FROM pg_views WHERE schemaname !~ '^(pg_|information_schema|limosa)'
UNION ALL
SELECT 'schema', nspname, '', '', '', '', '', ''
FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8";

/// The example in a folder of its own, and its databases here.
struct Fleet {
    project: Project,
    databases: Vec<Database>,
}

impl Fleet {
    fn of(place: &Place) -> Self {
        let project = Project::new();
        copy(&workspace("examples/service-fleet"), project.path());
        let Place::Server(own) = place else { return Self { project, databases: Vec::new() } };
        // Databases of shared servers have names of their own; the order of the list is that of the services.
        let databases: Vec<Database> = SERVICES.iter().map(|_| own.server().fresh_database()).collect();
        let mut toml = project.read("limosa.toml").replace("url = \"embedded\"", "url = \"env:PER_SERVICE\"");
        for (service, _) in SERVICES {
            let head = format!("[service.{service}]\n");
            assert!(toml.contains(&head), "the example has a service {service}");
            toml = toml.replace(&head, &format!("{head}url = \"env:{}\"\n", variable(service)));
        }
        let mut fleet = Self { project: project.with("limosa.toml", toml), databases };
        for ((service, _), database) in SERVICES.iter().zip(&fleet.databases) {
            fleet.project = fleet.project.variable(&variable(service), database.url());
        }
        fleet
    }

    /// The catalogs of all services.
    fn catalogs(&self) -> Vec<Rows> {
        if self.databases.is_empty() {
            let embedded = EmbeddedServer::of(&self.project);
            return embedded.query_each(SERVICES.iter().map(|(_, database)| *database), CATALOG);
        }
        self.databases.iter().map(|database| database.execute(CATALOG)).collect()
    }
}

fn variable(service: &str) -> String {
    format!("URL_{}", service.to_uppercase().replace('-', "_"))
}

#[test]
fn it_goes_up_and_down_and_up_again() {
    everywhere(|place| {
        let fleet = Fleet::of(place);
        let up = fleet.project.limosa("up").exits(0).says("43 migrations applied to 8 of 8 services");
        let order: Vec<&str> =
            up.stdout.lines().skip(1).take(8).map(|line| line.split_whitespace().next().unwrap()).collect();
        assert_eq!(order, SERVICES.map(|(service, _)| service), "accounts first, then what others refer to: {up}");
        let whole = fleet.catalogs();
        assert!(
            whole[1].len() > 300,
            "the api service has tables: {:?}",
            whole.iter().map(Vec::len).collect::<Vec<_>>()
        );

        fleet.project.limosa("up").exits(0).says("all 8 services are up to date");
        fleet.project.limosa("status --check").exits(0);
        let down = fleet.project.limosa("--service '*' down --steps 2 --reason 'a second look'").exits(0);
        assert!(down.stdout.contains("16 migrations reverted in 8 of 8 services"), "{down}");
        let first = down.stdout.lines().nth(1).unwrap();
        assert!(first.starts_with("imaging"), "those that come after others go first: {down}");
        assert_ne!(fleet.catalogs(), whole);
        fleet.project.limosa("status --check").exits(1);

        fleet.project.limosa("up").exits(0).says("16 migrations applied to 8 of 8 services");
        for ((before, after), (service, _)) in whole.iter().zip(fleet.catalogs()).zip(SERVICES) {
            assert_eq!(*before, after, "the schema of {service} after two steps down and up");
        }

        let log = fleet.project.limosa("--json log -n 100").exits(0).json();
        let kinds = |service: usize| -> Vec<String> {
            let events = log[service]["events"].as_array().unwrap().iter().rev();
            events.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(kinds(0).join(" "), "up up up up up down down up up");
        assert_eq!(log[0]["events"][2]["reason"], "a second look");

        fleet.project.limosa("--service '*' down --all").exits(0).says("43 migrations reverted in 8 of 8 services");
        for (catalog, (service, _)) in fleet.catalogs().iter().zip(SERVICES) {
            let left: Vec<_> =
                catalog.iter().map(|row| row[..2].iter().flatten().cloned().collect::<Vec<_>>()).collect();
            assert_eq!(left, [["schema", "limosa"], ["schema", "public"]], "what {service} leaves behind");
        }
        fleet.project.limosa("up").exits(0);
        assert_eq!(fleet.catalogs(), whole);
    });
}

#[test]
fn a_service_that_fails_stops_those_that_need_it_and_no_others() {
    everywhere(|place| {
        let fleet = Fleet::of(place);
        let folder = "services/pharmacy-service/prisma/migrations/20241223000000_add_stock";
        fleet.project.write(&format!("{folder}/migration.sql"), "CREATE TABLE stock (id int);\nSELECT 1 / 0;\n");
        let toml = fleet.project.read("limosa.toml");
        let (head, tail) = toml.split_once("[service.laboratory]").unwrap();
        let tail = tail.replacen("after = [\"api\"]", "after = [\"pharmacy\"]", 1);
        fleet.project.write("limosa.toml", format!("{head}[service.laboratory]{tail}"));

        let up = fleet.project.limosa("up").exits(2);
        let row =
            |service: &str| up.stdout.lines().find(|line| line.starts_with(service)).unwrap_or_default().to_owned();
        assert!(row("pharmacy").contains("✗ failed after 5"), "{up}");
        assert!(row("laboratory").contains("skipped because of pharmacy"), "{up}");
        assert!(row("imaging").contains("✓ 4 applied"), "{up}");
        assert!(up.stdout.contains("1 failed, 1 skipped"), "{up}");
        assert!(up.stderr.contains("division by zero"), "{up}");
        assert!(up.stderr.contains("add_stock/migration.sql:2"), "{up}");
        assert!(up.stderr.contains("nothing of it is in effect"), "{up}");

        fleet.project.write(&format!("{folder}/migration.sql"), "CREATE TABLE stock (id int);\n");
        let up = fleet.project.limosa("up").exits(0);
        assert!(up.stdout.contains("5 migrations applied to 2 of 8 services"), "{up}");
        assert!(up.stdout.contains("6 up to date"), "{up}");
        let log = fleet.project.limosa("--service pharmacy log").exits(0);
        assert!(log.stdout.contains("fail") && log.stdout.contains("division by zero"), "{log}");
    });
}

#[test]
fn what_takes_back_more_than_one_service_has_to_be_told_so() {
    let fleet = Fleet::of(&Place::Embedded);
    for verb in ["down", "redo"] {
        let refused = fleet.project.limosa(verb).exits(2);
        assert!(refused.stderr.contains(&format!("`{verb}` would touch all 8 services")), "{refused}");
        assert!(refused.stderr.contains("--service '*'"), "{refused}");
    }
    fleet.project.limosa("--service farmacy up").exits(2).says("did you mean `pharmacy`?");
    fleet.project.limosa("--env stagin up").exits(2).says("did you mean `staging`?");
    assert!(!fleet.project.path().join(".limosa").exists(), "what is refused starts no server");
}
