-- rows: visit 2000000
-- rows: room 12
CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, room_id bigint);
CREATE TABLE room (id bigint PRIMARY KEY, name text);
CREATE INDEX visit_patient ON visit (patient_id);
-- next migration
CREATE INDEX visit_room ON visit (room_id);
CREATE INDEX room_name ON room (name);
CREATE INDEX CONCURRENTLY room_id ON room (id);
CREATE TABLE copied AS SELECT * FROM visit;
CREATE INDEX copied_patient ON copied (patient_id);
DO $$
BEGIN
  IF true THEN
    CREATE INDEX hidden ON visit (id);
    EXECUTE 'CREATE INDEX more_hidden ON visit (id)';
  END IF;
END $$;
CREATE FUNCTION build() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  CREATE INDEX in_function ON visit (id);
END $$;
SELECT build();
-- limosa: ignore index-not-concurrent the table is read-only since May
CREATE INDEX visit_both ON visit (patient_id, room_id);
