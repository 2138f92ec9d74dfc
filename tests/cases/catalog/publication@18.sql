CREATE TABLE t (id int PRIMARY KEY, g int GENERATED ALWAYS AS (id + 1) STORED);
CREATE PUBLICATION generated FOR TABLE t WITH (publish_generated_columns = stored);
