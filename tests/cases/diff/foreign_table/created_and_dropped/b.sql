CREATE TABLE local (id int);
CREATE FOREIGN TABLE visit (
    id int OPTIONS (column_name 'ID') NOT NULL,
    "Note" varchar(20) COLLATE "C" DEFAULT 'none',
    CONSTRAINT positive CHECK (id > 0)
) SERVER far OPTIONS (schema_name 'clinic', "table name" 'it''s');
COMMENT ON FOREIGN TABLE visit IS 'elsewhere';
COMMENT ON COLUMN visit."Note" IS 'a word';
CREATE FOREIGN TABLE empty () SERVER near;
CREATE VIEW both_of_them AS SELECT visit.id FROM visit JOIN local USING (id);
