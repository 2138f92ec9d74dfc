CREATE TABLE job (id int NOT NULL);
ALTER TABLE job RENAME TO past_job;
CREATE VIEW job AS SELECT id FROM past_job;
