CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, updated_at timestamptz NOT NULL);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.updated_at := now(); NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION touch();
-- up
ALTER TABLE patient ADD visits int;
UPDATE patient SET visits = 0;
-- down
ALTER TABLE patient DROP visits;
