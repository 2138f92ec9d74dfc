-- limosa.toml: column-order = "note"
-- limosa.toml: range-column-first = "note"
-- limosa.toml: partition-forbidden = "note"
-- limosa.toml: collation-allowed = { level = "note", names = ["C", "app.people"] }
-- limosa.toml: no-primary-key = "off"
-- Of the fourteen bytes behind the flags, six are needed for the whole row to end well.
CREATE TABLE visit (is_open boolean, id bigint PRIMARY KEY, is_paid boolean, at timestamptz NOT NULL, patient_id bigint);
-- What has no fixed length ends what can be known; what is wasted behind it is not.
CREATE TABLE remark (note text, is_open boolean, id bigint PRIMARY KEY, is_paid boolean, at timestamptz);
-- A type of their own may have any length.
CREATE TABLE mood_of (mood app.mood, is_open boolean, id bigint PRIMARY KEY, is_paid boolean, at timestamptz);
-- Four bytes are less than a word is worth.
CREATE TABLE bill (is_paid boolean, sum integer, id bigint PRIMARY KEY);
-- In the order of time, each with its place.
CREATE INDEX visit_pages ON visit (at, id);
CREATE INDEX visit_times ON visit (at, patient_id);
CREATE INDEX visit_brin ON visit USING brin (at, patient_id);
CREATE TABLE person (id bigint, name text COLLATE app.people, code text COLLATE "C", town text COLLATE "de-x-icu")
    PARTITION BY HASH (id);
ALTER TABLE person ALTER name TYPE text COLLATE pg_catalog."POSIX";
CREATE INDEX person_town ON person (town COLLATE "C");
-- A comparison of a query is none of its business.
SELECT town FROM person ORDER BY town COLLATE "en-x-icu";
DO $$ DECLARE found bigint; BEGIN SELECT id INTO found FROM visit; CREATE INDEX later ON visit (at, is_open); END $$;
