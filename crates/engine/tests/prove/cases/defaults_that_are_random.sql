CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL);
-- up
ALTER TABLE patient ADD token uuid NOT NULL DEFAULT gen_random_uuid(), ADD made_at timestamptz DEFAULT now();
-- down
ALTER TABLE patient DROP token, DROP made_at;
