CREATE TABLE person (person_id int PRIMARY KEY, boss int REFERENCES person (person_id));
CREATE TABLE visit (id int PRIMARY KEY, person int REFERENCES person (person_id) ON DELETE CASCADE);
