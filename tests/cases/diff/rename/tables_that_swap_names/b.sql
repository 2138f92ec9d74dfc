CREATE TABLE two (id int CONSTRAINT one_key PRIMARY KEY);
CREATE TABLE one (id text CONSTRAINT two_key PRIMARY KEY, other int CONSTRAINT two_other_fkey REFERENCES two);
