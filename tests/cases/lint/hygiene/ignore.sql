-- groups: locks
CREATE TABLE visit (id bigint PRIMARY KEY);
-- next migration
-- limosa: ignore index-not-concurent small
CREATE INDEX a ON visit (id);
-- limosa: ignore set-not-null there are none
CREATE INDEX CONCURRENTLY b ON visit (id);
-- limosa: ignore index-not-concurrent
SELECT 'never closed;
