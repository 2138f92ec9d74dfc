CREATE TABLE kind (name text);
-- up
INSERT INTO kind VALUES ('urgent');
-- down
SELECT 1;
