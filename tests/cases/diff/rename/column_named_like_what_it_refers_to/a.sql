-- accept-rename: public.visit.clinic=public.visit.clinic_id
-- accept-rename: public.visit.id=public.visit.number
-- forbidden: DROP
-- rows: visit
CREATE TABLE clinic (id int PRIMARY KEY, name text);
CREATE TABLE visit (id int PRIMARY KEY, clinic int REFERENCES clinic (id), told text);
INSERT INTO clinic VALUES (1, 'Riga');
INSERT INTO visit VALUES (1, 1, 'all well');
