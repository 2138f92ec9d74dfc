-- accept-rename: person.id=person.person_id
-- forbidden: DROP
-- forbidden: ADD
CREATE TABLE person (id int PRIMARY KEY, boss int REFERENCES person (id));
CREATE TABLE visit (id int PRIMARY KEY, person int REFERENCES person (id) ON DELETE CASCADE);
