CREATE TABLE reading (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE reading_old PARTITION OF reading FOR VALUES FROM ('1900-01-01') TO ('2000-01-01');
CREATE TABLE reading_rest PARTITION OF reading DEFAULT;
-- up
CREATE TABLE reading_now (LIKE reading);
WITH moved AS (DELETE FROM reading WHERE at < '2090-01-01' RETURNING *) INSERT INTO reading_now SELECT * FROM moved;
ALTER TABLE reading ATTACH PARTITION reading_now FOR VALUES FROM ('2000-01-01') TO ('2090-01-01');
-- down
ALTER TABLE reading DETACH PARTITION reading_now;
INSERT INTO reading SELECT * FROM reading_now;
DROP TABLE reading_now;
