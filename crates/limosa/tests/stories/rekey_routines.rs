//! A key gets other values under routines that take and give ids, and of which the server knows what they read.

use crate::place::{on_servers, rows};
use crate::project::Project;
use crate::rekey::{GRAPH, REKEY, ROWS, begun};

const ROUTINES: &str = "\
CREATE FUNCTION called(who uuid) RETURNS text LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT name FROM client WHERE id = who; END;
COMMENT ON FUNCTION called(uuid) IS 'its name';
REVOKE EXECUTE ON FUNCTION called(uuid) FROM PUBLIC;
CREATE VIEW calls AS SELECT id, called(client_id) AS called FROM visit;
CREATE FUNCTION known(uuid[] DEFAULT NULL::uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT c.id FROM client c WHERE c.id = ANY ($1); END;
CREATE FUNCTION visits_of(who uuid) RETURNS TABLE (client uuid, n bigint) LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT v.client_id, count(*) FROM visit v WHERE who = v.client_id GROUP BY 1; END;
CREATE PROCEDURE greets(who uuid) LANGUAGE sql
    BEGIN ATOMIC INSERT INTO visit (reason, client_id) VALUES ('hello', who); END;
CREATE FUNCTION odd(what uuid) RETURNS bigint LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT count(*) FROM client WHERE id::text > what::text; END;
";

const SIGNATURES: &str = "\
SELECT proname, pg_get_function_arguments(oid), pg_get_function_result(oid), obj_description(oid, 'pg_proc'), proacl
FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1";

#[test]
fn what_routines_take_and_give_changes_along() {
    on_servers(|database| {
        let project = begun(database, &format!("{GRAPH}{ROUTINES}"), ROWS, &format!("{REKEY} --dry-run"));
        project.limosa(REKEY).exits(0).says("public.odd: what uuid may be one of the ids");
        let file = project.read("migrations/002_change_client_id.sql");
        for text in [
            "CREATE FUNCTION public.called(who varchar)",
            "CREATE FUNCTION public.known(varchar[] DEFAULT NULL::varchar[])\n RETURNS SETOF varchar",
            "CREATE FUNCTION public.visits_of(who varchar)\n RETURNS TABLE(client varchar, n bigint)",
            "CREATE PROCEDURE public.greets(IN who varchar)",
            "-- Look at this: whether what uuid is one of the ids that change, its text does not tell.\n\
             CREATE FUNCTION public.odd(what uuid)",
        ] {
            assert!(file.contains(text), "{text} is missing in {file}");
        }
        let before = rows(database, SIGNATURES);
        let names = "SELECT called FROM calls ORDER BY id";
        let called = rows(database, names);
        // The first migration has no way back.
        project.limosa("check").exits(0).says("1 lead back").never_says("change_client_id.sql:");
        project.limosa("up").exits(0);
        assert_eq!(rows(database, SIGNATURES), before);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, names), called);
        let kept = "SELECT obj_description(oid, 'pg_proc'), has_function_privilege('public', oid, 'EXECUTE') \
                    FROM pg_proc WHERE proname = 'called'";
        assert_eq!(rows(database, kept), ["its name|f"]);
        let id = rows(database, "SELECT id FROM client LIMIT 1").remove(0);
        database.execute(&format!("CALL greets('{id}')"));
        let counted =
            "SELECT count(*) FROM client c, known(ARRAY[c.id]) k, visits_of(c.id) v WHERE k = c.id AND client = k";
        assert_eq!(rows(database, counted), ["400"]);
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, SIGNATURES), before);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_holds_rows_and_calls_what_is_made_again_is_refused_at_once() {
    on_servers(|database| {
        let rows = "CREATE MATERIALIZED VIEW greeted AS SELECT id, called(client_id) AS called FROM visit;\n";
        let setup = format!("{GRAPH}{ROUTINES}{rows}");
        let project = Project::on(database).with("migrations/001_setup.sql", setup);
        project.limosa("up").exits(0);
        project.limosa(REKEY).fails().says("public.called").says("made again with contract");
    });
}
