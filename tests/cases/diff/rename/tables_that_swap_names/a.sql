-- accept-rename: one=two
-- accept-rename: two=one
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE one (id int CONSTRAINT one_key PRIMARY KEY);
CREATE TABLE two (id text CONSTRAINT two_key PRIMARY KEY, other int REFERENCES one);
