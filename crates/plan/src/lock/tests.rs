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
}

#[test]
fn without_a_catalog_what_cannot_be_named_is_said() {
    let known = Known::nothing(Vec::new());
    let locks = StatementLocks::of(&Command::of("DROP TABLE visit"), &known, ServerMajor::NEWEST);
    assert_eq!(told(&locks), "visit AE, deletes-data");
    let unnamed: Vec<&str> = locks.unnamed.iter().map(|part| part.name()).collect();
    assert_eq!(unnamed, ["partitions", "referenced", "referencing"]);
}
