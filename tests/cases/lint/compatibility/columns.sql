-- rows: empty_one 0
CREATE TABLE visit (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'open', kind text DEFAULT 'home', CONSTRAINT visit_kind UNIQUE (kind));
CREATE TABLE empty_one (id bigint);
-- next migration
ALTER TABLE visit ADD COLUMN a text NOT NULL, ADD COLUMN b text NOT NULL DEFAULT '', ADD c bigint GENERATED ALWAYS AS IDENTITY, ADD d json;
ALTER TABLE empty_one ADD COLUMN a text NOT NULL;
ALTER TABLE visit ALTER COLUMN state DROP DEFAULT, ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE visit DROP CONSTRAINT visit_kind;
-- next migration
-- a column of this rollout is not known to running applications
ALTER TABLE visit ADD COLUMN e text, ADD COLUMN f text DEFAULT '', ADD COLUMN g text NOT NULL DEFAULT '';
UPDATE visit SET e = '' WHERE e IS NULL;
ALTER TABLE visit ALTER COLUMN e SET NOT NULL, ALTER COLUMN f SET NOT NULL;
ALTER TABLE visit ALTER COLUMN g DROP DEFAULT;
-- next migration
-- a trigger fills it in
ALTER TABLE visit ADD COLUMN h text;
CREATE TRIGGER fill BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION fill();
ALTER TABLE visit ALTER COLUMN h SET NOT NULL;
-- next migration
-- nobody but a function writes to it
ALTER TABLE visit_count ADD COLUMN day date;
CREATE OR REPLACE FUNCTION count_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO visit_count (visit_id, day) VALUES (NEW.id, NEW.day);
  RETURN NEW;
END $$;
ALTER TABLE visit_count ALTER COLUMN day SET NOT NULL;
-- next migration
TRUNCATE visit;
ALTER TABLE visit ADD COLUMN i text NOT NULL;
ALTER TABLE visit ALTER COLUMN i SET DEFAULT '';
ALTER TABLE visit ALTER COLUMN i DROP DEFAULT, ALTER COLUMN i TYPE varchar(20), ALTER COLUMN i SET DEFAULT '';
