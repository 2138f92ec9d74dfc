CREATE SCHEMA part;
CREATE TABLE whole (id int NOT NULL DEFAULT 1, made date NOT NULL, due date NOT NULL, note text CHECK (note <> 'no'))
    PARTITION BY RANGE (due);
CREATE INDEX whole_note_idx ON whole (note);
CREATE TABLE part.one PARTITION OF whole FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE part.two PARTITION OF whole FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
CREATE VIEW v AS SELECT id, note FROM whole;
COMMENT ON TABLE whole IS 'everything';
INSERT INTO whole VALUES (1, '2024-02-01', '2024-02-02', 'a'), (2, '2024-08-01', '2024-08-02', 'b');
