-- accept-rename: t.number=t.no
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE t (number serial PRIMARY KEY, other int GENERATED ALWAYS AS IDENTITY);
