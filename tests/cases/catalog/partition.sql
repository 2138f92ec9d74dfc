CREATE TABLE event (id bigint, at date NOT NULL, kind text, amount int CONSTRAINT event_amount_check CHECK (amount > 0), PRIMARY KEY (id, at))
  PARTITION BY RANGE (at);
CREATE TABLE event_2020 PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE event_2021 PARTITION OF event (kind DEFAULT 'x', CONSTRAINT own CHECK (kind <> 'y'))
  FOR VALUES FROM ('2021-01-01') TO (MAXVALUE) PARTITION BY LIST (at);
CREATE TABLE event_2021_a PARTITION OF event_2021 FOR VALUES IN ('2021-02-03', '2021-02-04');
CREATE TABLE event_2021_rest PARTITION OF event_2021 DEFAULT;
CREATE INDEX event_kind ON event (kind);
CREATE INDEX event_only ON ONLY event (amount);
CREATE INDEX on_one_partition ON event_2020 (amount);
CREATE TABLE joins_later (amount int CONSTRAINT event_amount_check CHECK (amount > 0), kind text, at date NOT NULL, id bigint NOT NULL);
ALTER TABLE event ATTACH PARTITION joins_later FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE TABLE left_alone PARTITION OF event FOR VALUES FROM ('2018-01-01') TO ('2019-01-01');
ALTER TABLE event DETACH PARTITION left_alone;
CREATE TABLE hashed (id int, t text COLLATE "C") PARTITION BY HASH (id, lower(t) text_pattern_ops);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE refers (event bigint, at date, FOREIGN KEY (event, at) REFERENCES event) PARTITION BY LIST (at);
CREATE TABLE refers_1 PARTITION OF refers DEFAULT;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE event_2020 DISABLE TRIGGER touched;
