CREATE TABLE kind (name text PRIMARY KEY);
-- up
INSERT INTO kind VALUES ('urgent') ON CONFLICT DO NOTHING;
-- down
SELECT 1;
