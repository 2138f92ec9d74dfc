//! Declared rows: files in a folder, and what is in the tables afterwards.

use limosa_testkit::Database;

use crate::place::{Place, everywhere, lines, on_servers, rows};
use crate::project::Project;

const CLINIC: &str = "
    CREATE TABLE practice (id serial PRIMARY KEY, code text UNIQUE NOT NULL, name text);
    CREATE TABLE patient (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE NOT NULL,
        practice_id int NOT NULL REFERENCES practice, tags text[], data jsonb, raw json, photo bytea, born date);
    CREATE TABLE visit (patient_id int REFERENCES patient, day date, note text, PRIMARY KEY (patient_id, day));
";

fn clinic(database: &Database) -> Project {
    Project::on(database).with("migrations/001_clinic.sql", CLINIC)
}

#[test]
fn a_file_is_written_once_and_a_changed_one_again() {
    on_servers(|database| {
        let project = clinic(database).with("seeds/practice.csv", "code,name\nN,North\nS,\"South\nEnd\"\nW,\n");
        project.limosa("up").exits(0);
        project.limosa("seed --dry-run").exits(0).says("3 added").says("+ code = N, name = North").says("name = NULL");
        assert_eq!(rows(database, "SELECT count(*) FROM practice"), ["0"], "a dry run leaves nothing");
        project.limosa("seed").exits(0).says("practice").says("3 added");
        let all = "SELECT code, name, xmin::text FROM practice ORDER BY code";
        let first = rows(database, all);
        assert!(first[1].starts_with("S|South\nEnd|"), "{first:?}");
        project.limosa("seed").exits(0).says("1 unchanged");
        project.limosa("seed --force").exits(0).says("nothing differs");
        assert_eq!(rows(database, all), first, "rows that are right are not written again");

        project.write("seeds/practice.csv", "code,name\r\nN,Nord\r\nS,\"South\nEnd\"\r\nW,\"\"\r\nE,East\r\n");
        let dry = project.limosa("seed --dry-run").exits(0);
        dry.says("+ code = E").says("~ code = N: name North → Nord").says("~ code = W: name NULL → ''");
        let result = project.limosa("--json seed").exits(0).json();
        let counts = &result["services"][0]["seeds"][0]["counts"];
        assert_eq!((&counts["inserted"], &counts["updated"]), (&1.into(), &2.into()), "{result}");
        assert_eq!(rows(database, all)[2], first[1], "the row between stays as it is");
        project.limosa("log").exits(0).says("seed").says("practice");
        project.limosa("status").exits(0);

        // A table that was made anew is filled anew.
        database.execute("DROP TABLE visit, patient, practice");
        database.execute(CLINIC);
        project.limosa("seed").exits(0).says("its table is new").says("4 added");
        project.remove("seeds/practice.csv");
        project.limosa("seed").exits(0).says("warning[lost-seed]").says("practice");
    });
}

#[test]
fn every_form_and_natural_keys_in_the_order_of_foreign_keys() {
    everywhere(|place| {
        let project = match place {
            Place::Server(database) => Project::on(database),
            Place::Embedded => Project::new().with("limosa.toml", "[project]\nname = \"clinic\"\n"),
        };
        let project = project
            .with("migrations/001_clinic.sql", CLINIC)
            .with("seeds/020_practice.yaml", "- code: N\n  name: no\n  id: 7\n- {code: S, name: ~, id: 9}\n")
            .with(
                "seeds/010_patient.json",
                r#"[{"code": "A", "practice_id->practice.code": "S", "born": "2001-02-03",
                     "tags": ["x,y", "\"q\"", null],
                     "data": {"b": [1.50, true], "a": null}, "raw": "text", "photo": "\\x00ff"},
                    {"code": "B", "practice_id->practice.code": "N", "photo": null}]"#,
            )
            .with("seeds/visit.csv", "patient_id->patient.code,day,note\nA,2024-01-01,first\nB,2024-01-02,\n")
            .with(
                "seeds/notes.sql",
                "INSERT INTO visit SELECT id, '2020-01-01', 'old' FROM patient ON CONFLICT DO NOTHING;\n-- done\n",
            );
        project.limosa("up").exits(0);
        let first = project.limosa("--json seed").exits(0).json();
        let names: Vec<&str> =
            first["services"][0]["seeds"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["practice", "patient", "visit", "notes"], "parents first, whatever the numbers say");
        project.limosa("seed").exits(0).says("4 unchanged");
        project.limosa("seed --force").exits(0).says("nothing differs").never_says("added").never_says("1 changed");
        project.limosa("seed --verify").exits(0).says("as in the file");
        let sql = "SELECT p.code, r.code, r.name, tags, data, raw, photo, born FROM patient p \
                   JOIN practice r ON r.id = practice_id ORDER BY 1";
        let found = place.query(&project, "clinic", sql);
        let expected = [
            r#"A|S|NULL|{"x,y","\"q\"",NULL}|{"a": null, "b": [1.50, true]}|"text"|\x00ff|2001-02-03"#,
            "B|N|no|NULL|NULL|NULL|NULL|NULL",
        ];
        assert_eq!(lines(&found), expected);
        let visits =
            place.query(&project, "clinic", "SELECT count(*), count(*) FILTER (WHERE note = 'old') FROM visit");
        assert_eq!(lines(&visits), ["4|2"]);
        // The sequence goes on behind the ids that the file gave.
        let next = place.query(&project, "clinic", "INSERT INTO practice (code) VALUES ('X') RETURNING id");
        assert_eq!(lines(&next), ["10"]);
    });
}

#[test]
fn deletes_stay_within_what_the_seed_owns_and_may_delete() {
    on_servers(|database| {
        let settings = "\n[seed.practice]\nmode = \"sync\"\nowner = \"name LIKE 'seed %'\"\n";
        let toml = "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n";
        let file = |codes: std::ops::Range<i32>| {
            codes.fold("code,name\n".to_owned(), |text, code| format!("{text}{code},seed {code}\n"))
        };
        let project =
            clinic(database).with("limosa.toml", format!("{toml}{settings}")).with("seeds/practice.csv", file(0..30));
        project.limosa("up").exits(0);
        project.limosa("seed").exits(0).says("30 added");
        database.execute("INSERT INTO practice (code, name) VALUES ('own', 'somebody''s')");
        project.write("seeds/practice.csv", file(3..30));
        project.limosa("seed --dry-run").exits(0).says("- code = 0").says("3 deleted");
        project.limosa("seed").exits(0).says("3 deleted");
        project.write("seeds/practice.csv", file(10..30));
        let dry = project.limosa("seed --dry-run").exits(0).says("- code = 3").says("7 deleted");
        dry.says("warning[too-many-deletes]").says("the run itself would be refused");
        project.limosa("seed --dry-run --allow deletes-data").exits(0).never_says("warning");
        project.limosa("seed").exits(1).says("error[too-many-deletes]").says("would delete 7 of 27 rows");
        let count = "SELECT count(*) FROM practice";
        assert_eq!(rows(database, count), ["28"], "nothing was written");
        project.limosa("seed --allow deletes-data").exits(0).says("7 deleted");
        assert_eq!(rows(database, count), ["21"], "the row that is not the seed's own stays");
        database.execute("INSERT INTO patient (code, practice_id) SELECT 'A', id FROM practice WHERE code = '10'");
        project.write("seeds/practice.csv", file(11..30));
        project.limosa("seed").exits(1).says("error[seed-refused]").says("patient_practice_id_fkey");
        project.write("limosa.toml", toml.to_owned() + "\n[seed.practise]\nmode = \"sync\"\n");
        project.limosa("seed").exits(1).says("error[unknown-seed]").says("did you mean `practice`?");
    });
}

#[test]
fn circles_are_opened_where_the_schema_lets_them() {
    on_servers(|database| {
        let project = Project::on(database)
            .with(
                "migrations/001_a.sql",
                "CREATE TABLE team (id int PRIMARY KEY, lead int NOT NULL);
                 CREATE TABLE person (id int PRIMARY KEY, team int NOT NULL REFERENCES team);
                 ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person DEFERRABLE;
                 CREATE TABLE node (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE,
                     parent_id int REFERENCES node);",
            )
            .with("seeds/team.csv", "id,lead\n1,10\n2,20\n")
            .with("seeds/person.csv", "id,team\n10,1\n20,2\n")
            .with("seeds/node.csv", "code,parent_id->node.code\nleaf,branch\nbranch,root\nroot,\n");
        project.limosa("up").exits(0);
        project.limosa("seed").exits(0).says("3 added");
        let tree = "SELECT n.code, p.code FROM node n LEFT JOIN node p ON p.id = n.parent_id ORDER BY 1";
        assert_eq!(rows(database, tree), ["branch|root", "leaf|branch", "root|NULL"]);
        project.limosa("seed --force").exits(0).says("nothing differs").never_says("1 changed");
        project.write("seeds/node.csv", "code,parent_id->node.code\nleaf,root\nbranch,root\nroot,\n");
        project.limosa("seed --dry-run").exits(0).says("~ code = leaf: parent_id 2 → 3").never_says("1 added");
        project.limosa("seed").exits(0).says("1 changed");
        assert_eq!(rows(database, tree), ["branch|root", "leaf|root", "root|NULL"]);

        database.execute("ALTER TABLE team DROP CONSTRAINT team_lead_fkey");
        database.execute("ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person");
        project.limosa("seed --force").exits(1).says("error[circle]").says("→").says("DEFERRABLE");
    });
}

#[test]
fn what_is_wrong_is_told_at_its_place_and_nothing_is_written() {
    on_servers(|database| {
        let project = clinic(database);
        project.limosa("up").exits(0);
        database.execute("INSERT INTO practice (code, name) VALUES ('N', 'North'), ('S', 'South')");
        let wrong: [(&str, &str, &[&str]); 17] = [
            ("practice.csv", "code,nmae\nA,b\n", &["unknown-column", "practice.csv:1:6", "did you mean `name`?"]),
            ("practice.csv", "code,name\nA,b,c\nB\n", &["ragged-row", "line 2 has 3 values", "line 3 has 1 value"]),
            ("practice.csv", "code,name\nA,\"b\n", &["malformed-csv", "practice.csv:2:3", "not closed"]),
            ("practice.csv", "code,name\nA,b\nA,c\n", &["duplicate-row", "practice.csv:3:1", "line 2"]),
            ("practice.csv", "code;name\nA;b\n", &["wrong-delimiter", "delimiter = ';'"]),
            ("practice.csv", "id,code\n1,A\nx1,B\n", &["seed-refused", "practice.csv:3:1", "integer"]),
            ("practice.csv", "id,code\n70,A\n71,\n", &["seed-refused", "practice.csv:3", "null value"]),
            ("practice.csv", "code,name\n,A\n", &["null-in-key", "practice.csv:2:1"]),
            ("practice.csv", "code,code\n,A\n", &["duplicate-column", "practice.csv:1:6"]),
            ("practice.csv", "name\nA\n", &["no-key", "`id`"]),
            ("practise.csv", "name\nA\n", &["no-table", "`practise`"]),
            ("practice.json", "[{\"code\": \"A\",}]", &["malformed-json", "practice.json:1:15"]),
            ("practice.json", "[{\"code\": [1]}]", &["wrong-type", "practice.json:1:11", "takes no list"]),
            ("practice.yaml", "- code: A\n  name: b\n  name: c\n", &["duplicate-column", "practice.yaml:3:3"]),
            ("practice.yaml", "code: A\n", &["no-rows", "expected a list of rows"]),
            (
                "patient.csv",
                "code,practice_id->practice.name\nA,Nrth\n",
                &["bad-reference", "patient.csv:1:6", "`name`"],
            ),
            ("fill.sql", "SELECT 1;\nINSERT INTO practice (code) VALUES (nil);", &["seed-refused", "fill.sql:2:37"]),
        ];
        for (file, text, says) in wrong {
            let path = format!("seeds/{file}");
            project.write(&path, text);
            let outcome = project.limosa("seed").exits(1);
            says.iter().fold(outcome, |outcome, text| outcome.says(text));
            project.remove(&path);
        }
        project.write("seeds/patient.csv", "code,practice_id->practice.code\nA,N\nB,SS\n");
        project.limosa("seed").exits(1).says("missing-reference").says("patient.csv:3:3").says("known are `N` and `S`");
        // Rows that were there before are in the way only of the one that collides.
        project.write("seeds/patient.csv", "code,practice_id\nA,1\nB,1\nC,999\nD,1\n");
        project.limosa("seed").exits(1).says("seed-refused").says("patient.csv:4:1").says("practice_id");
        assert_eq!(rows(database, "SELECT (SELECT count(*) FROM practice), (SELECT count(*) FROM patient)"), ["2|0"]);
    });
}

#[test]
fn files_that_are_no_text_or_no_rows_are_told_at_their_places() {
    on_servers(|database| {
        let project = clinic(database);
        project.limosa("up").exits(0);
        let utf16: Vec<u8> = "\u{feff}code,name\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wrong: [(&str, &[u8], &[&str]); 10] = [
            ("practice.csv", b"code,name\nA,M\xfcller\n", &["not-utf8", "line 2", "LATIN1"]),
            ("practice.csv", &utf16, &["not-utf8", "UTF-16LE"]),
            ("practice.csv", b"", &["empty-seed"]),
            ("practice.csv", b"code,name\nA,\0\n", &["zero-byte", "practice.csv:2:3"]),
            ("practice.json", b"[{\"code\": \"A\"}", &["malformed-json", "practice.json:1:"]),
            ("practice.json", b"{\"code\": \"A\"}", &["no-rows", "practice.json:1:1"]),
            ("practice.json", b"[{\"code\": \"A\"}] x", &["malformed-json", "practice.json:1:17"]),
            ("practice.json", b"[{\"code\": \"A\", \"code\": \"B\"}]", &["duplicate-column", "practice.json:1:16"]),
            ("practice.yaml", b"- code: [A\n", &["malformed-yaml", "practice.yaml:"]),
            ("practice.yaml", b"- code: A\n\tname: b\n", &["malformed-yaml", "tab", "practice.yaml:1:9"]),
        ];
        for (file, bytes, says) in wrong {
            let path = format!("seeds/{file}");
            project.write(&path, bytes);
            let outcome = project.limosa("seed").exits(1);
            says.iter().fold(outcome, |outcome, text| outcome.says(text));
            project.remove(&path);
        }
        project.write("seeds/practice.csv", b"\xef\xbb\xbfcode,name\r\nA,b\r\n");
        project.limosa("seed").exits(0).says("1 added");
        assert_eq!(rows(database, "SELECT code, name FROM practice"), ["A|b"]);
    });
}

#[test]
fn seeds_are_for_the_environments_that_they_name() {
    on_servers(|database| {
        let toml = "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                    [env.prod]\nurl = \"env:DATABASE_URL\"\nprotected = true\n";
        let project = clinic(database)
            .with("limosa.toml", toml)
            .with("seeds/practice.csv", "code,name\nN,${env:HOME}\n")
            .with("seeds/prod/practice.csv", "code,name\nP,Prod\n");
        project.limosa("up").exits(0);
        let prod = project.limosa("--env prod seed").exits(0);
        prod.says("prod/practice").says("left out, since not for prod: practice");
        project.limosa("seed prod/practice").exits(2).says("error[unknown-seed]").says("is not for dev");
        let codes = "SELECT string_agg(code || ' ' || name, ', ' ORDER BY code) FROM practice";
        assert_eq!(rows(database, codes), ["P Prod"]);
        project.limosa("--env prod seed practice").exits(0).says("1 added");
        assert_eq!(rows(database, codes), ["N ${env:HOME}, P Prod"], "what is not declared is text");
        project.write("seeds/stagign/practice.csv", "code\nA\n");
        project.limosa("seed").exits(1).says("error[unknown-environment]");
        std::fs::remove_dir_all(project.path().join("seeds/stagign")).unwrap();

        let admin = "[seed.admin]\ntable = \"practice\"\nvariables = [\"SECRET_NAME\"]\n";
        project.write("limosa.toml", format!("{toml}{admin}"));
        project.write("seeds/admin.csv", "code,name\nadmin,The ${env:SECRET_NAME}\n");
        project.limosa("seed admin").exits(1).says("error[no-variable]").says("SECRET_NAME");
        let project = project.variable("SECRET_NAME", "Boss");
        project.limosa("seed admin").exits(0).says("1 added");
        assert!(rows(database, codes)[0].ends_with("admin The Boss"));
        project.limosa("seed admin").exits(0).says("2 unchanged");
        let project = project.variable("SECRET_NAME", "Other");
        project.limosa("seed admin").exits(0).says("1 changed");
    });
}

#[test]
fn who_changed_the_rows_is_found_out() {
    on_servers(|database| {
        let toml = "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n";
        let project = clinic(database)
            .with("limosa.toml", format!("{toml}[seed.practice]\nmode = \"sync\"\n"))
            .with("seeds/practice.csv", "code,name\nN,North\nS,South\nW,West\n");
        project.limosa("up").exits(0);
        project.limosa("seed --verify").exits(1).says("not run yet").says("3 missing");
        project.limosa("seed").exits(0);
        project.limosa("seed --verify").exits(0).says("as in the file");
        database.execute("UPDATE practice SET name = 'Nord' WHERE code = 'N'");
        database.execute("DELETE FROM practice WHERE code = 'S'");
        database.execute("INSERT INTO practice (code) VALUES ('X')");
        let before = rows(database, "SELECT xmin, * FROM practice ORDER BY id");
        let found = project.limosa("seed --verify").exits(1);
        found
            .says("1 missing, 1 edited, 1 surplus")
            .says("+ code = S, name = South")
            .says("~ code = N: name Nord → North")
            .says("- code = X");
        assert_eq!(rows(database, "SELECT xmin, * FROM practice ORDER BY id"), before, "nothing is written");
        let json = project.limosa("--json seed --verify").exits(1).json();
        assert_eq!(json["services"][0]["seeds"][0]["differences"][1]["columns"][0]["table"], "Nord", "{json}");
    });
}
