CREATE TABLE visit (id text NOT NULL, note text);
INSERT INTO visit VALUES ('1', 'a');
