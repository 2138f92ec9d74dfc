-- accept-rename: v=w
-- accept-rename: m=n
-- forbidden: DROP
-- forbidden: CREATE
CREATE VIEW v AS SELECT 1 AS a;
CREATE VIEW on_v AS SELECT v.a FROM v;
CREATE MATERIALIZED VIEW m AS SELECT a FROM v;
CREATE INDEX m_index ON m (a);
