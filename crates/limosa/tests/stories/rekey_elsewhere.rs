//! What refers to a key from another service's database follows through the map of that, each in its own database.

use limosa_testkit::{Database, servers};

use crate::place::rows;
use crate::project::Project;
use crate::rekey::{CHILD, CHILD_ROWS, in_order, one, shape};

const BILLING: &str = "\
CREATE TABLE account (client_id uuid PRIMARY KEY, name text);
CREATE TABLE invoice (
    id int PRIMARY KEY,
    client_id uuid REFERENCES account ON DELETE CASCADE DEFERRABLE,
    total numeric NOT NULL
);
CREATE INDEX invoice_client_idx ON invoice (client_id);
CREATE TABLE receipt (id int PRIMARY KEY, who uuid);
CREATE TABLE event (id int PRIMARY KEY, kind text NOT NULL, payload jsonb);
CREATE VIEW owed AS SELECT client_id, sum(total) AS total FROM invoice GROUP BY client_id;
";

const BILLING_COLUMNS: &[&str] = &[
    "SELECT client_id, name FROM account",
    "SELECT id, client_id, total FROM invoice",
    "SELECT id, who FROM receipt",
    "SELECT id, kind, payload FROM event",
];

/// Refers to nobody.
const ORPHAN: &str = "6f9619ff-8b86-d011-b42d-00c04fc964ff";

const OWNER: &str = "--service clinic rekey client.id --to 'varchar(8)' --generate alnum:8 --name change_client_id";
pub(crate) const FOLLOWER: &str = "--service billing rekey account.client_id --from clinic --name follow_client_id \
     --soft 'event.payload at client.id where kind = $$client$$'";

const TOML: &str = "\
[project]
name = \"clinic\"
[service.clinic]
url = \"env:CLINIC_URL\"
[service.billing]
url = \"env:BILLING_URL\"
references = [
    { column = \"account.client_id\", to = \"clinic:client.id\" },
    { column = \"receipt.who\", to = \"clinic:client.id\" },
]
[env.dev]
url = \"env:CLINIC_URL\"
";

/// Two services, each with its database.
pub(crate) struct Fleet {
    pub(crate) clinic: Database,
    pub(crate) billing: Database,
    pub(crate) project: Project,
}

/// Plays a story on every server.
pub(crate) fn in_fleets(story: impl Fn(&Fleet)) {
    for server in servers() {
        println!("on PostgreSQL {}", server.major());
        let (clinic, billing) = (server.fresh_database(), server.fresh_database());
        let project = Project::new()
            .with("services/clinic/migrations/001_setup.sql", CHILD)
            .with("services/billing/migrations/001_setup.sql", BILLING)
            .with("limosa.toml", TOML)
            .variable("CLINIC_URL", clinic.url())
            .variable("BILLING_URL", billing.url());
        project.limosa("up").exits(0);
        clinic.execute(CHILD_ROWS);
        let ids = rows(&clinic, "SELECT id FROM client ORDER BY id").join("','");
        billing.execute(&format!(
            "INSERT INTO account SELECT id::uuid, 'a' FROM unnest(ARRAY['{ids}']) AS id; \
             INSERT INTO invoice SELECT row_number() OVER (), client_id, 7 FROM account, generate_series(1, 2); \
             INSERT INTO invoice VALUES (0, NULL, 1); \
             INSERT INTO receipt SELECT row_number() OVER (), client_id FROM account; \
             INSERT INTO receipt VALUES (0, NULL), (-1, '{ORPHAN}'); \
             INSERT INTO event SELECT row_number() OVER (), 'client', jsonb_build_object('client', \
             jsonb_build_object('id', client_id, 'n', 1)) FROM account; \
             INSERT INTO event VALUES (0, 'client', NULL), (-1, 'client', '{{\"a\": 1}}'), \
             (-2, 'visit', '{{\"client\": {{\"id\": 12}}}}')"
        ));
        story(&Fleet { clinic, billing, project });
    }
}

impl Fleet {
    /// The owner has both ids.
    pub(crate) fn owner_is_open(&self) {
        self.project
            .limosa(OWNER)
            .exits(0)
            .says("account.client_id, receipt.who of billing refers to it, too")
            .says("limosa --service billing rekey account.client_id --from clinic");
        self.project.limosa("--service clinic up").exits(0);
    }

    pub(crate) fn contract(&self, service: &str) {
        self.project.limosa(&format!("--service {service} contract --quiet-window 50ms")).exits(0);
    }

    /// Ids of clients as clinic has them, `old|new`.
    fn pairs(&self) -> Vec<String> {
        rows(&self.clinic, "SELECT old_id::text || '|' || new_id FROM limosa.map_client ORDER BY 1")
    }

    /// What a column is called until contract.
    pub(crate) fn interim(&self, table: &str) -> String {
        let sql = format!(
            "SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname LIKE 'limosa_online_%' \
             AND NOT attisdropped"
        );
        one(&self.billing, &sql)
    }

    /// The ids in billing that do not mean in both versions what the map of clinic says, those that it does not have
    /// left out; and how many of all there are.
    fn disagree(&self) -> (Vec<String>, usize) {
        let pairs = self.pairs();
        let [account, invoice, receipt, event] =
            ["account", "invoice", "receipt", "event"].map(|table| self.interim(table));
        let sql = format!(
            "SELECT client_id::text, {account} FROM account UNION ALL SELECT client_id::text, {invoice} FROM invoice \
             UNION ALL SELECT who::text, {receipt} FROM receipt UNION ALL SELECT payload #>> '{{client,id}}', \
             {event} #>> '{{client,id}}' FROM event WHERE kind = 'client'"
        );
        let all = rows(&self.billing, &sql);
        let knows = |id: &str, at: usize| pairs.iter().any(|pair| pair.split('|').nth(at) == Some(id));
        let is_wrong = |pair: &&String| {
            let (old, new) = pair.split_once('|').unwrap();
            (knows(old, 0) || knows(new, 1)) && !pairs.contains(*pair)
        };
        (all.iter().filter(is_wrong).cloned().collect(), all.len())
    }
}

/// Both ids of a client.
fn pair(clinic: &Database, name: &str) -> (String, String) {
    let sql = format!(
        "SELECT old_id || '|' || new_id FROM limosa.map_client m JOIN client c ON c.id = m.old_id WHERE name = '{name}'"
    );
    one(clinic, &sql).split_once('|').map(|(old, new)| (old.to_owned(), new.to_owned())).unwrap()
}

#[test]
fn what_refers_follows_while_both_ids_work_there_and_back() {
    in_fleets(|fleet| {
        let Fleet { clinic, billing, project } = fleet;
        fleet.owner_is_open();
        project.limosa(FOLLOWER).exits(0).says("to a key of clinic").says("public.receipt.who");
        let text = project.read("services/billing/migrations/002_follow_client_id.sql");
        assert!(text.contains("-- limosa: rekey from clinic map client\nALTER TABLE"), "{text}");
        let (before, ids) = (shape(billing), in_order(billing, BILLING_COLUMNS));
        project.limosa("--service billing prove").exits(0).says("002");
        project.limosa("--service billing plan").exits(0).says("carries 300 ids of clinic first");
        project.limosa("--service billing up").exits(0).says("not in the map of clinic: 1 id here");
        project.limosa("--service billing drift").exits(0);
        assert_eq!(fleet.disagree(), (Vec::new(), 300 + 601 + 302 + 302));
        assert_eq!(one(billing, "SELECT count(*) FROM limosa.map_client"), "301");

        project.limosa("--service billing abort 002").exits(0);
        assert_eq!((shape(billing), in_order(billing, BILLING_COLUMNS)), (before.clone(), ids.clone()), "aborted");
        project.limosa("--service billing up").exits(0);

        // Made there since, and written here by either id, before anybody carries the map again.
        clinic.execute("INSERT INTO client (name) VALUES ('late'), ('later'), ('never')");
        let ((late, late_new), (later, later_new)) = (pair(clinic, "late"), pair(clinic, "later"));
        let (account, invoice, receipt, event) =
            (fleet.interim("account"), fleet.interim("invoice"), fleet.interim("receipt"), fleet.interim("event"));
        billing.execute(&format!(
            "INSERT INTO account VALUES ('{late}', 'late'); INSERT INTO invoice VALUES (1001, '{late}', 1); \
             INSERT INTO receipt (id, {receipt}) VALUES (1001, '{late_new}'); \
             INSERT INTO account ({account}, name) VALUES ('{later_new}', 'later'); \
             INSERT INTO invoice (id, {invoice}, total) VALUES (1002, '{later_new}', 1); \
             INSERT INTO receipt VALUES (1002, '{later}'); \
             INSERT INTO event VALUES (1001, 'client', '{{\"client\": {{\"id\": \"{late}\"}}}}'); \
             INSERT INTO event (id, kind, {event}) \
             VALUES (1002, 'client', '{{\"client\": {{\"id\": \"{later_new}\"}}}}')"
        ));
        // Neither knows of the other yet, and what refers here is in step in both versions.
        let joined = format!(
            "SELECT count(*) FROM invoice i JOIN account a ON a.client_id = i.client_id AND a.{account} = i.{invoice} \
             WHERE i.id > 1000"
        );
        assert_eq!(one(billing, &joined), "2");
        assert_eq!(one(billing, &format!("SELECT {account} ~ '^~' FROM account WHERE name = 'late'")), "t");
        assert_eq!(fleet.disagree().0.len(), 8);
        project.limosa("--service billing up").exits(0).says("8 rows here had a provisional id");
        assert_eq!(fleet.disagree(), (Vec::new(), 302 + 603 + 304 + 304));
        assert_eq!(one(billing, &joined), "2");
        project.limosa("--service billing up").exits(0);
        assert_eq!(fleet.disagree().0, Vec::<String>::new());

        project.limosa("--service billing contract --quiet-window 50ms").fails().says("owner-open");
        fleet.contract("clinic");
        fleet.contract("billing");
        let other = billing.server().fresh_database();
        let plain = Project::on(&other)
            .with("migrations/001_setup.sql", BILLING)
            .with("migrations/002_follow_client_id.sql", &text);
        plain.limosa("up").exits(0);
        assert_eq!(shape(billing), shape(&other), "after contract");
        project.limosa("--service billing drift").exits(0);
        assert_eq!(one(billing, "SELECT count(*) FROM limosa.map_client"), "304");
        assert_eq!(one(billing, "SELECT who ~ '^~' FROM receipt WHERE id = -1"), "t");
        project.limosa("check --references").exits(1).says("1 of 303 keys are not there");
        billing.execute("DELETE FROM receipt WHERE id = -1");
        project.limosa("check --references").exits(0);

        // And back, by the map that is here.
        billing.execute(
            "DELETE FROM invoice WHERE id > 1000; DELETE FROM event WHERE id > 1000; \
                         DELETE FROM account WHERE name LIKE 'late%'; DELETE FROM receipt WHERE id > 1000",
        );
        project.limosa("--service billing down").exits(0);
        fleet.contract("billing");
        billing.execute(&format!("INSERT INTO receipt VALUES (-1, '{ORPHAN}')"));
        assert_eq!((shape(billing), in_order(billing, BILLING_COLUMNS)), (before, ids), "back again");
        project.limosa("--service billing drift").exits(0);
    });
}

#[test]
fn what_refers_follows_when_the_old_ids_are_gone_there() {
    in_fleets(|fleet| {
        let Fleet { clinic, billing, project } = fleet;
        fleet.owner_is_open();
        fleet.contract("clinic");
        project.limosa(FOLLOWER).exits(0);
        project.limosa("--service billing up").exits(0);
        assert_eq!(fleet.disagree(), (Vec::new(), 300 + 601 + 302 + 302));
        // It has a new id only, which stands here in both versions.
        clinic.execute("INSERT INTO client (id, name) VALUES ('New00001', 'new')");
        let receipt = fleet.interim("receipt");
        billing.execute(&format!("INSERT INTO receipt (id, {receipt}) VALUES (1001, 'New00001')"));
        fleet.contract("billing");
        assert_eq!(one(billing, "SELECT who FROM receipt WHERE id = 1001"), "New00001");
        billing.execute("DELETE FROM receipt WHERE id = -1");
        project.limosa("check --references").exits(0);

        // When both go back, it gets an old id there, and that comes here.
        project.limosa("--service clinic down").exits(0);
        clinic.execute("INSERT INTO client (name) VALUES ('between')");
        project.limosa("--service billing down").exits(0);
        let old = one(clinic, "SELECT old_id FROM limosa.map_client WHERE new_id = 'New00001'");
        let receipt = fleet.interim("receipt");
        assert_eq!(one(billing, &format!("SELECT {receipt} FROM receipt WHERE id = 1001")), old);
        // Made there since, and written here by its new id.
        let id = one(clinic, "INSERT INTO client (name) VALUES ('back') RETURNING id");
        billing.execute(&format!("INSERT INTO receipt (id, who) VALUES (1002, '{id}')"));
        fleet.contract("billing");
        fleet.contract("clinic");
        let old = one(clinic, "SELECT id FROM client WHERE name = 'back'");
        assert_eq!(one(billing, "SELECT who FROM receipt WHERE id = 1002"), old);
        project.limosa("check --references").exits(0);
    });
}

#[test]
fn what_cannot_follow_is_refused_with_what_to_do() {
    in_fleets(|fleet| {
        let Fleet { clinic, billing, project } = fleet;
        project.limosa(FOLLOWER).fails().says("no-map").says("limosa --service clinic rekey client.id --to TYPE");
        project.limosa("--service billing rekey account.client_id --from clinc").fails().says("did you mean `clinic`?");
        project
            .limosa("--service billing rekey invoice.client_id --from clinic")
            .fails()
            .says("no-reference")
            .says("references = [{ column = 'invoice.client_id', to = 'clinic:client.id' }]");
        project.limosa("--service billing rekey account.client_id").fails().says("--to");
        fleet.owner_is_open();
        project.limosa(FOLLOWER).exits(0);

        // The map is not what the migration says.
        let file = "services/billing/migrations/002_follow_client_id.sql";
        let text = project.read(file);
        let (shape_before, ids) = (shape(billing), in_order(billing, BILLING_COLUMNS));
        let unchanged = |what: &str| {
            let open = "SELECT count(*) FROM limosa.online WHERE state = 'open'";
            assert_eq!(one(billing, open), "0", "{what}");
            assert_eq!(
                (shape(billing), in_order(billing, BILLING_COLUMNS)),
                (shape_before.clone(), ids.clone()),
                "{what}"
            );
        };
        project.write(file, text.replace("rekey from clinic map client", "rekey from clinic map client (uuid, text)"));
        project.limosa("--service billing up").fails().says("types-differ").says("(uuid, character varying(8))");
        unchanged("types");
        project.write(file, text.replace("rekey from clinic map client", "rekey from clinic map people"));
        project.limosa("--service billing up").fails().says("has no table limosa.map_people");
        unchanged("no map");
        project.write(file, &text);

        // The owner is half-way, or not to be reached, or the same.
        clinic.execute("UPDATE limosa.migration SET state = 'running' WHERE version = '002'");
        project.limosa("--service billing up").fails().says("owner-not-filled").says("limosa --service clinic up");
        unchanged("not filled");
        clinic.execute("UPDATE limosa.migration SET state = 'applied' WHERE version = '002'");
        let nowhere = Project::new()
            .with("limosa.toml", TOML)
            .with("services/clinic/migrations/001_setup.sql", CHILD)
            .with("services/billing/migrations/001_setup.sql", BILLING)
            .with(file, &text)
            .variable("CLINIC_URL", "postgres://postgres@127.0.0.1:9/none")
            .variable("BILLING_URL", billing.url());
        nowhere.limosa("--service billing up").fails().says("owner-unreachable");
        unchanged("unreachable");
        let same = nowhere.variable("CLINIC_URL", billing.url());
        same.limosa("--service billing up").fails().says("same-database").says("--soft");
        unchanged("the same");

        // Later runs go on without the owner; contract does not.
        project.limosa("--service billing up").exits(0);
        let away = same.variable("CLINIC_URL", "postgres://postgres@127.0.0.1:9/none");
        away.write("services/billing/migrations/003_more.sql", "CREATE TABLE more (id int);");
        away.limosa("--service billing up").exits(0).says("not carried");
        away.limosa("--service billing contract --quiet-window 50ms").fails().says("owner-unreachable");
        project.write("services/billing/migrations/003_more.sql", "CREATE TABLE more (id int);");
        project.limosa("--service billing contract --quiet-window 50ms").fails().says("owner-open");
        project.limosa("--service billing contract --quiet-window 50ms --allow owner-open").exits(0);
    });
}

/// Texts on both sides, of which nobody can tell whether they are ids.
const TEXTS: &str = "\
CREATE TABLE receipt (id int PRIMARY KEY, who text, seen text[]);
CREATE INDEX receipt_who_idx ON receipt (who);
";

#[test]
fn texts_that_are_ids_follow_and_others_stay() {
    for server in servers() {
        println!("on PostgreSQL {}", server.major());
        let (clinic, billing) = (server.fresh_database(), server.fresh_database());
        let toml = TOML.replace("    { column = \"account.client_id\", to = \"clinic:client.id\" },\n", "");
        let owner = "CREATE TABLE client (id text PRIMARY KEY DEFAULT 'c' || md5(random()::text), name text);";
        let project = Project::new()
            .with("services/clinic/migrations/001_setup.sql", owner)
            .with("services/billing/migrations/001_setup.sql", TEXTS)
            .with("limosa.toml", toml)
            .variable("CLINIC_URL", clinic.url())
            .variable("BILLING_URL", billing.url());
        project.limosa("up").exits(0);
        clinic.execute("INSERT INTO client (name) SELECT 'n' || i FROM generate_series(1, 100) i");
        let ids = rows(&clinic, "SELECT id FROM client ORDER BY id").join("','");
        billing.execute(&format!(
            "INSERT INTO receipt SELECT row_number() OVER (), id, ARRAY[id, 'x'] FROM unnest(ARRAY['{ids}']) AS id; \
             INSERT INTO receipt VALUES (0, 'cash', '{{}}'), (-1, NULL, NULL)"
        ));
        project.limosa(OWNER).exits(0);
        project.limosa("--service clinic up").exits(0);
        project.limosa("--service billing rekey receipt.who --from clinic --soft receipt.seen").exits(0);
        project.limosa("--service billing up").exits(0);
        let interim = |column: &str| {
            let sql = format!(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'receipt'::regclass AND attname ~ \
                 '^limosa_online_.*_{column}$' AND NOT attisdropped"
            );
            one(&billing, &sql)
        };
        let (who, seen) = (interim("who"), interim("seen"));
        // Made since: by the old id, and by the new one; a list has both.
        clinic.execute("INSERT INTO client (name) VALUES ('a'), ('b')");
        let ((a, a_new), (b, b_new)) = (pair(&clinic, "a"), pair(&clinic, "b"));
        billing.execute(&format!(
            "INSERT INTO receipt VALUES (1001, '{a}', ARRAY['{a}', '{b}', 'y']); \
             INSERT INTO receipt (id, {who}, {seen}) VALUES (1002, '{b_new}', ARRAY['{b_new}', '{a_new}'])"
        ));
        project.limosa("--service billing up").exits(0).says("2 rows here had a provisional id");
        let all = format!("SELECT id, who, {who}, seen, {seen} FROM receipt WHERE id > 1000 OR id < 1 ORDER BY id");
        assert_eq!(
            rows(&billing, &all),
            [
                "-1|NULL|NULL|NULL|NULL".to_owned(),
                "0|cash|cash|{}|{}".to_owned(),
                format!("1001|{a}|{a_new}|{{{a},{b},y}}|{{{a_new},{b_new},y}}"),
                format!("1002|{b}|{b_new}|{{{b},{a}}}|{{{b_new},{a_new}}}"),
            ]
        );
        project.limosa("--service clinic contract --quiet-window 50ms").exits(0);
        project.limosa("--service billing contract --quiet-window 50ms").exits(0);
        billing.execute("DELETE FROM receipt WHERE id = 0");
        project.limosa("check --references").exits(0);
    }
}

const PARTITIONS: &str = "\
CREATE TABLE account (client_id uuid PRIMARY KEY);
CREATE TABLE event (at date NOT NULL, client_id uuid REFERENCES account, kind text) PARTITION BY RANGE (at);
CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE INDEX event_client_idx ON event (client_id);
";

#[test]
fn partitions_follow_under_a_role_of_their_own_and_in_schemas_of_versions() {
    for server in servers() {
        println!("on PostgreSQL {}", server.major());
        let (clinic, billing) = (server.fresh_database(), server.fresh_database());
        let owner = format!("owner_{}", billing.name().as_str());
        billing.execute(&format!("CREATE ROLE {owner}"));
        for database in [&clinic, &billing] {
            database.execute(&format!(
                "GRANT CREATE ON SCHEMA public TO {owner}; GRANT CREATE ON DATABASE {} TO {owner}",
                database.name()
            ));
        }
        let toml = TOML
            .replace("    { column = \"receipt.who\", to = \"clinic:client.id\" },\n", "")
            .replace(
                "url = \"env:BILLING_URL\"",
                &format!("url = \"env:BILLING_URL\"\nowner_role = \"{owner}\"\nonline = \"versioned-schemas\""),
            )
            .replace("[service.billing]", &format!("owner_role = \"{owner}\"\n[service.billing]"));
        let project = Project::new()
            .with("services/clinic/migrations/001_setup.sql", CHILD)
            .with("services/billing/migrations/001_setup.sql", PARTITIONS)
            .with("limosa.toml", toml)
            .variable("CLINIC_URL", clinic.url())
            .variable("BILLING_URL", billing.url());
        project.limosa("up").exits(0);
        clinic.execute(CHILD_ROWS);
        let ids = rows(&clinic, "SELECT id FROM client ORDER BY id").join("','");
        billing.execute(&format!(
            "INSERT INTO account SELECT id::uuid FROM unnest(ARRAY['{ids}']) AS id; \
             INSERT INTO event SELECT '2026-02-03', client_id, 'a' FROM account; \
             INSERT INTO event SELECT '2020-02-03', client_id, 'b' FROM account"
        ));
        let before = shape(&billing);
        project.limosa(OWNER).exits(0);
        project.limosa("--service clinic up").exits(0);
        project.limosa("--service billing rekey account.client_id --from clinic").exits(0);
        project.limosa("--service billing up").exits(0);
        clinic.execute("INSERT INTO client (name) VALUES ('a'), ('b')");
        let ((a, a_new), (b, b_new)) = (pair(&clinic, "a"), pair(&clinic, "b"));
        for (schema, id) in [("public_v001", &a), ("public_v002", &b_new)] {
            billing.execute(&format!(
                "INSERT INTO {schema}.account VALUES ('{id}'); \
                 INSERT INTO {schema}.event VALUES ('2026-03-03', '{id}', 'c'), ('2021-03-03', '{id}', 'c')"
            ));
        }
        project.limosa("--service billing up").exits(0).says("6 rows here had a provisional id");
        let seen = |schema: &str| {
            let sql = format!(
                "SELECT DISTINCT client_id::text FROM {schema}.event JOIN {schema}.account USING (client_id) \
                 WHERE kind = 'c'"
            );
            let mut seen = rows(&billing, &sql);
            seen.sort();
            seen
        };
        let sorted = |mut ids: Vec<String>| {
            ids.sort();
            ids
        };
        assert_eq!(seen("public_v001"), sorted(vec![a, b]));
        assert_eq!(seen("public_v002"), sorted(vec![a_new, b_new]));
        project.limosa("--service clinic contract --quiet-window 50ms").exits(0);
        project.limosa("--service billing contract --quiet-window 50ms").exits(0);
        assert_eq!(one(&billing, "SELECT count(*) FROM event JOIN account USING (client_id)"), "604");
        project.limosa("check --references").exits(0);
        project.limosa("--service billing drift").exits(0);
        billing.execute("DELETE FROM event WHERE kind = 'c'");
        project.limosa("--service billing down").exits(0);
        project.limosa("--service billing contract --quiet-window 50ms").exits(0);
        assert_eq!(shape(&billing), before, "back again");
        for database in [&clinic, &billing] {
            database.execute(&format!("DROP OWNED BY {owner} CASCADE"));
        }
        billing.execute(&format!("DROP ROLE {owner}"));
    }
}
