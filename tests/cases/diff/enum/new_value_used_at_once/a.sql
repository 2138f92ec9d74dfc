CREATE TYPE status AS ENUM ('open', 'done');
CREATE TABLE task (id int PRIMARY KEY, status status NOT NULL DEFAULT 'open');
INSERT INTO task VALUES (1), (2);
-- rows: task
