-- accept-rename: full_name=name
-- forbidden: DROP
CREATE TABLE patient (id int PRIMARY KEY, full_name text);
