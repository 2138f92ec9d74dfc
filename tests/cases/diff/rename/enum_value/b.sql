CREATE TYPE mood AS ENUM ('unhappy', 'It''s', 'glad');
CREATE TABLE t (m mood DEFAULT 'unhappy', note text DEFAULT 'sad', CHECK (m <> 'It''s'));
CREATE VIEW v AS SELECT m FROM t WHERE m = 'unhappy' AND note <> 'sad';
INSERT INTO t VALUES (DEFAULT);
