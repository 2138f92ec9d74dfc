CREATE TABLE impossible (id int PRIMARY KEY, a int NOT NULL, CHECK (a > 3 AND a < 2));
CREATE TABLE of_impossible (id int NOT NULL REFERENCES impossible);
-- up
CREATE INDEX ON impossible (a);
-- down
DROP INDEX impossible_a_idx;
