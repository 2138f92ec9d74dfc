-- accept-rename: patient.full_name=patient.name
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE patient (id int PRIMARY KEY, full_name text);
CREATE VIEW one AS SELECT id, full_name FROM patient;
CREATE VIEW sub AS SELECT s.full_name FROM (SELECT p.full_name FROM patient p) s;
CREATE VIEW cte AS WITH w AS (SELECT full_name FROM patient) SELECT full_name FROM w;
