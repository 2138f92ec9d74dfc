//! Statements, and what they are taken to lock. That servers agree is tested where there are servers.

use limosa_catalog::{Identifier, ServerMajor};
use limosa_syntax::{Command, Script};

use super::{Known, LockedRelation, StatementLocks, Work};

/// Tables that are there before.
const THERE: &str = "
    CREATE TABLE patient (id bigint PRIMARY KEY, name varchar(40), note text, mood mood, CHECK (name IS NOT NULL));
    CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient, at timestamptz);
    CREATE INDEX visit_at ON visit (at);
    CREATE SCHEMA audit; CREATE TABLE audit.entry (id bigint)";

fn after(sql: &str) -> Known {
    let mut known = Known::nothing(vec![Identifier::new("public").unwrap()]);
    apply(&mut known, sql);
    known
}

fn apply(known: &mut Known, sql: &str) {
    for statement in &Script::parse(sql).statements {
        known.apply(&Command::of(statement.span.of(sql)));
    }
}

/// `name MODE` of each lock that holds somebody up, with what is done meanwhile; then the hazards.
fn told(locks: &StatementLocks) -> String {
    let mut words: Vec<String> = Vec::new();
    for lock in locks.notable() {
        let name = match &lock.relation {
            LockedRelation::Named(name) => name.to_string().replace("\"public\".", "").replace('"', ""),
            LockedRelation::TableOf(index) => format!("table of {}", index.name.as_str()),
        };
        let work = match lock.work {
            Work::None => "",
            Work::Reads => " reads",
            Work::Writes => " writes",
        };
        words.push(format!("{name} {}{work}", lock.mode.initials()));
    }
    words.extend(locks.hazards.iter().map(|(kind, _)| kind.name().to_owned()));
    words.extend(locks.more.then(|| "more".to_owned()));
    words.join(", ")
}

#[test]
fn statements_are_recognised() {
    let known = after(THERE).deployed();
    for (sql, expected) in [
        ("ALTER TABLE patient ADD COLUMN a int DEFAULT 7", "patient AE"),
        ("ALTER TABLE patient ADD COLUMN a uuid DEFAULT gen_random_uuid()", "patient AE writes, rewrites-table"),
        ("ALTER TABLE patient ADD COLUMN a timestamptz NOT NULL DEFAULT (now() + interval '1 day')", "patient AE"),
        ("ALTER TABLE patient ADD COLUMN a text NOT NULL DEFAULT md5('a')", "patient AE"),
        ("ALTER TABLE patient ADD COLUMN a text DEFAULT my.id()", "patient AE writes, rewrites-table"),
        ("ALTER TABLE patient ADD COLUMN a text NOT NULL", "patient AE, may-not-fit"),
        ("ALTER TABLE patient ADD COLUMN a bigserial", "patient AE writes, rewrites-table"),
        ("ALTER TABLE visit ADD a bigint REFERENCES patient (id)", "visit AE, patient SRE"),
        ("ALTER TABLE patient ALTER COLUMN name SET NOT NULL", "patient AE"),
        ("ALTER TABLE patient ALTER note SET NOT NULL", "patient AE reads, scans-table, may-not-fit"),
        ("ALTER TABLE patient ALTER name TYPE text", "patient AE reads, scans-table"),
        ("ALTER TABLE patient ALTER note TYPE varchar USING (note)::varchar", "patient AE"),
        ("ALTER TABLE patient ALTER note SET DATA TYPE varchar USING lower(note)", "patient AE writes, rewrites-table"),
        ("ALTER TABLE visit ALTER at TYPE timestamptz(6)", "visit AE"),
        (
            "ALTER TABLE visit ADD CONSTRAINT f FOREIGN KEY (patient_id) REFERENCES public.patient (id)",
            "patient SRE reads, visit SRE reads, scans-table, scans-table, may-not-fit",
        ),
        (
            "ALTER TABLE visit ADD CONSTRAINT f FOREIGN KEY (patient_id) REFERENCES patient NOT VALID",
            "patient SRE, visit SRE",
        ),
        ("ALTER TABLE visit VALIDATE CONSTRAINT visit_patient_id_fkey", "visit SUE reads, may-not-fit"),
        ("ALTER TABLE visit DROP CONSTRAINT visit_patient_id_fkey", "patient AE, visit AE"),
        ("ALTER TABLE visit SET (fillfactor = 80), ALTER COLUMN at SET STATISTICS 500", "visit SUE"),
        ("ALTER TABLE visit ALTER at SET STATISTICS 500, DROP COLUMN at", "visit AE, deletes-data"),
        ("DROP TABLE visit", "patient AE, visit AE, deletes-data"),
        ("CREATE INDEX ON visit (patient_id)", "visit S reads, blocks-writes"),
        ("CREATE INDEX CONCURRENTLY i ON visit USING btree (patient_id)", "visit SUE reads"),
        ("DROP INDEX visit_at", "visit AE"),
        ("DROP INDEX elsewhere.other", "table of other AE"),
        ("REINDEX (CONCURRENTLY) INDEX visit_at", "visit SUE reads"),
        ("CREATE TABLE n (id int, patient_id bigint REFERENCES patient)", "patient SRE"),
        ("CREATE TABLE n (id int, n_id int REFERENCES n)", ""),
        ("CREATE TRIGGER t AFTER UPDATE OF at ON audit.entry EXECUTE FUNCTION f()", "audit.entry SRE"),
        ("CREATE RULE r AS ON UPDATE TO visit DO ALSO NOTIFY x", "visit AE"),
        ("COMMENT ON COLUMN visit.at IS 'when'", "visit SUE"),
        ("UPDATE visit SET at = now()", ""),
        ("DELETE FROM visit", "deletes-data"),
        ("DELETE FROM visit WHERE id = 1", ""),
        ("TRUNCATE TABLE ONLY visit, audit.entry", "audit.entry AE, visit AE, deletes-data, deletes-data"),
        ("LOCK visit IN SHARE ROW EXCLUSIVE MODE", "visit SRE"),
        ("WITH old AS (SELECT 1) INSERT INTO visit SELECT * FROM old, audit.entry e JOIN patient p ON true", ""),
        ("DO $$ BEGIN IF true THEN ALTER TABLE visit DROP COLUMN at; END IF; END $$", "visit AE, deletes-data, more"),
        ("DO $$ BEGIN EXECUTE 'DROP INDEX visit_at'; END $$", "visit AE, more"),
        ("CALL mend()", "more"),
        ("CREATE EXTENSION postgis", "more"),
        ("ALTER TYPE mood ADD VALUE 'sad'", ""),
        ("ALTER TABLE visit ALTER COLUMN at DO SOMETHING NEW", "more"),
        ("SOMETHING ELSE", "more"),
    ] {
        assert_eq!(told(&StatementLocks::of(&Command::of(sql), &known, ServerMajor::NEWEST)), expected, "{sql}");
    }
}

#[test]
fn what_the_same_run_makes_holds_nobody_up() {
    let mut known = after(THERE).deployed();
    apply(&mut known, "CREATE TABLE n (id bigint); ALTER TABLE n RENAME TO made; CREATE INDEX made_id ON made (id)");
    for sql in ["CREATE INDEX ON made (id)", "DROP TABLE public.made", "DROP INDEX made_id", "TRUNCATE made"] {
        assert_eq!(told(&StatementLocks::of(&Command::of(sql), &known, ServerMajor::NEWEST)), "", "{sql}");
    }
    let references = "ALTER TABLE made ADD FOREIGN KEY (id) REFERENCES patient";
    let locks = StatementLocks::of(&Command::of(references), &known, ServerMajor::NEWEST);
    assert_eq!(told(&locks), "patient SRE reads, scans-table");
}

#[test]
fn proofs_are_found_in_statements_before() {
    let mut known = after(THERE).deployed();
    let sql = "ALTER TABLE patient ALTER note SET NOT NULL";
    let locks = |known: &Known| told(&StatementLocks::of(&Command::of(sql), known, ServerMajor::NEWEST));
    apply(&mut known, "ALTER TABLE patient ADD CONSTRAINT filled CHECK (note IS NOT NULL AND id > 0) NOT VALID");
    assert_eq!(locks(&known), "patient AE reads, scans-table, may-not-fit");
    apply(&mut known, "ALTER TABLE patient VALIDATE CONSTRAINT filled");
    assert_eq!(locks(&known), "patient AE");
    apply(&mut known, "ALTER TABLE patient DROP CONSTRAINT filled");
    assert_eq!(locks(&known), "patient AE reads, scans-table, may-not-fit");
    apply(&mut known, "ALTER TABLE patient ADD CONSTRAINT filled CHECK (note IS DISTINCT FROM NULL)");
    assert_eq!(locks(&known), "patient AE");
}

#[test]
fn without_a_catalog_what_cannot_be_named_is_said() {
    let known = Known::nothing(Vec::new());
    let locks = StatementLocks::of(&Command::of("DROP TABLE visit"), &known, ServerMajor::NEWEST);
    assert_eq!(told(&locks), "visit AE, deletes-data");
    let unnamed: Vec<&str> = locks.unnamed.iter().map(|part| part.name()).collect();
    assert_eq!(unnamed, ["partitions", "referenced", "referencing"]);
}

fn locks(known: &Known, sql: &str) -> String {
    told(&StatementLocks::of(&Command::of(sql), known, ServerMajor::NEWEST))
}

#[test]
fn constraints_are_found_by_the_names_that_the_server_makes_up() {
    let known = after(
        "CREATE TABLE patient (id bigint PRIMARY KEY, a int, b int, CHECK (a > b), CHECK (a > 0), CHECK (a < 9),
                               UNIQUE (a, b));
         CREATE TABLE visit (id bigint, patient_id bigint REFERENCES patient, a_very_long_name_for_a_column_indeed int,
                             UNIQUE (a_very_long_name_for_a_column_indeed, patient_id));",
    )
    .deployed();
    for name in ["patient_pkey", "patient_check", "patient_a_check", "patient_a_check1", "patient_a_b_key"] {
        assert_eq!(locks(&known, &format!("ALTER TABLE patient DROP CONSTRAINT {name}")), "patient AE", "{name}");
    }
    let key = "ALTER TABLE visit DROP CONSTRAINT visit_a_very_long_name_for_a_column_indeed_patient_id_key";
    assert_eq!(locks(&known, key), "visit AE");
    let foreign_key = "ALTER TABLE visit DROP CONSTRAINT visit_patient_id_fkey";
    assert_eq!(locks(&known, foreign_key), "patient AE, visit AE");
}

#[test]
fn what_goes_with_a_column_or_table_is_gone() {
    let mut known = after(THERE).deployed();
    apply(&mut known, "ALTER TABLE visit DROP COLUMN patient_id");
    assert_eq!(locks(&known, "DROP TABLE visit"), "visit AE, deletes-data");
    let mut known = after(THERE).deployed();
    apply(&mut known, "DROP TABLE patient CASCADE");
    assert_eq!(locks(&known, "DROP TABLE visit"), "visit AE, deletes-data");
    let mut known = after(THERE).deployed();
    apply(&mut known, "DROP SCHEMA audit CASCADE; CREATE TABLE audit.entry (id bigint)");
    assert_eq!(locks(&known, "TRUNCATE audit.entry"), "", "it was made anew");
}

#[test]
fn a_table_is_new_when_the_server_makes_it() {
    let mut known = after(THERE).deployed();
    apply(&mut known, "CREATE TABLE IF NOT EXISTS patient (id bigint)");
    assert_eq!(locks(&known, "TRUNCATE patient"), "patient AE, deletes-data");
    apply(&mut known, "CREATE TABLE visit (id bigint)");
    assert_eq!(locks(&known, "TRUNCATE visit"), "", "without IF NOT EXISTS it cannot have been there");
    apply(&mut known, "CREATE TEMPORARY TABLE mine (id bigint)");
    let mut known = known.deployed();
    apply(&mut known, "CREATE TEMPORARY TABLE IF NOT EXISTS mine (id bigint)");
    assert_eq!(locks(&known, "TRUNCATE mine"), "", "the first one went with its session");
}

#[test]
fn names_are_followed() {
    let mut known = after(THERE).deployed();
    apply(&mut known, "ALTER INDEX visit_at RENAME TO visit_when; ALTER TABLE visit RENAME TO stay");
    assert_eq!(locks(&known, "DROP INDEX visit_when"), "stay AE");
    assert_eq!(locks(&known, "DROP TABLE stay"), "patient AE, stay AE, deletes-data");
    apply(&mut known, "CREATE VIEW stays AS SELECT * FROM stay; ALTER TABLE stay SET SCHEMA audit");
    let mut known = known.deployed();
    assert_eq!(locks(&known, "DROP INDEX audit.visit_when"), "audit.stay AE");
    assert_eq!(locks(&known, "DROP TABLE audit.stay"), "audit.stay AE, patient AE, stays AE, deletes-data");
    apply(&mut known, "ALTER TABLE audit.stay DROP CONSTRAINT visit_pkey");
    assert_eq!(
        locks(&known, "REINDEX INDEX audit.visit_pkey"),
        "audit.visit_pkey AE writes, table of visit_pkey S reads"
    );
}

#[test]
fn what_is_copied_from_another_table_is_known() {
    let mut known = after("CREATE TABLE visit (id bigint NOT NULL, name varchar(20), at date) PARTITION BY RANGE (at)");
    apply(&mut known, "CREATE TABLE copy (LIKE visit); CREATE TABLE part PARTITION OF visit DEFAULT");
    let known = known.deployed();
    assert_eq!(locks(&known, "ALTER TABLE copy ALTER name TYPE text"), "copy AE");
    assert_eq!(locks(&known, "ALTER TABLE part ALTER id SET NOT NULL"), "part AE");
    let attach = "ALTER TABLE visit ATTACH PARTITION copy FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')";
    assert_eq!(locks(&known, attach), "copy AE reads, part AE reads, visit SUE, scans-table, scans-table");
    assert_eq!(locks(&known, "ALTER TABLE visit ADD x int"), "part AE, visit AE");
}

#[test]
fn domains_and_functions_of_statements_are_known() {
    let mut known = after(THERE).deployed();
    apply(&mut known, "CREATE DOMAIN email AS text CHECK (VALUE <> ''); CREATE DOMAIN plain AS text");
    assert_eq!(locks(&known, "ALTER TABLE patient ADD a email"), "patient AE writes, rewrites-table");
    assert_eq!(locks(&known, "ALTER TABLE patient ADD a plain"), "patient AE");
    known.define_function(
        &limosa_catalog::QualifiedName { schema: None, name: Identifier::new("made").unwrap() },
        false,
    );
    assert_eq!(locks(&known, "ALTER TABLE patient ADD a text DEFAULT made()"), "patient AE");
}

#[test]
fn a_long_chain_of_relations_is_followed() {
    let mut text = String::from("CREATE TABLE t0 (id bigint PRIMARY KEY);");
    for number in 1..300 {
        text.push_str(&format!("CREATE TABLE t{number} () INHERITS (t{});", number - 1));
    }
    let mut known = after(&text).deployed();
    assert_eq!(
        StatementLocks::of(&Command::of("ALTER TABLE t0 ADD a int"), &known, ServerMajor::NEWEST).locks.len(),
        300
    );
    apply(&mut known, "DROP TABLE t0 CASCADE");
    assert!(!known.has_relation(
        &known.resolve(&limosa_catalog::QualifiedName { schema: None, name: Identifier::new("t299").unwrap() })
    ));
}
