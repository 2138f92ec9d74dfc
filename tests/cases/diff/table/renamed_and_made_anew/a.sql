CREATE TABLE job (id int NOT NULL);
ALTER TABLE job RENAME TO past_job;
