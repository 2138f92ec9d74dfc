-- accept-rename: mood.sad=mood.unhappy
-- accept-rename: mood."so so"=mood."It's"
-- forbidden: DROP
-- forbidden: CREATE
-- rows: t
CREATE TYPE mood AS ENUM ('sad', 'so so', 'glad');
CREATE TABLE t (m mood DEFAULT 'sad', note text DEFAULT 'sad', CHECK (m <> 'so so'));
CREATE VIEW v AS SELECT m FROM t WHERE m = 'sad' AND note <> 'sad';
INSERT INTO t VALUES (DEFAULT);
