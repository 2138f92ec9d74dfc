CREATE TYPE status AS ENUM ('draft', 'open', 'done');
CREATE TABLE task (id int PRIMARY KEY, status status NOT NULL DEFAULT 'draft', CHECK (status <> 'draft' OR id > 0));
CREATE INDEX task_drafts ON task (id) WHERE status = 'draft';
CREATE VIEW drafts AS SELECT id FROM task WHERE status = 'draft';
CREATE FUNCTION first_status() RETURNS status LANGUAGE sql IMMUTABLE RETURN 'draft'::status;
-- forbidden: DROP COLUMN
