CREATE TABLE patient (id int PRIMARY KEY, name text);
CREATE VIEW one AS SELECT id, name AS full_name FROM patient;
CREATE VIEW sub AS SELECT s.full_name FROM (SELECT p.name AS full_name FROM patient p) s;
CREATE VIEW cte AS WITH w AS (SELECT name AS full_name FROM patient) SELECT full_name FROM w;
