CREATE TABLE patient (id int PRIMARY KEY, years bigint NOT NULL DEFAULT 0);
CREATE VIEW v AS SELECT id FROM patient WHERE years > 3;
INSERT INTO patient VALUES (1, 4);
