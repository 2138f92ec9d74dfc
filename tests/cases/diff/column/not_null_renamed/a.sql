-- since: 18
-- forbidden: DROP NOT NULL
CREATE TABLE t (a int CONSTRAINT given NOT NULL, b int NOT NULL);
COMMENT ON CONSTRAINT given ON t IS 'needed';
