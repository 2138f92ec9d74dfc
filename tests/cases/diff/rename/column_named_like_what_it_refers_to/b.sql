CREATE TABLE clinic (id int PRIMARY KEY, name text);
CREATE TABLE visit (number int PRIMARY KEY, clinic_id int REFERENCES clinic (id), told text);
INSERT INTO clinic VALUES (1, 'Riga');
INSERT INTO visit VALUES (1, 1, 'all well');
