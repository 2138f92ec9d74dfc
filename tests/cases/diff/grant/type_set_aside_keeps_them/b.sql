CREATE TYPE e AS ENUM ('y', 'x');
REVOKE USAGE ON TYPE e FROM PUBLIC;
GRANT USAGE ON TYPE e TO diff_reader;
ALTER TYPE e OWNER TO diff_owner;
CREATE TABLE h (e e);
GRANT SELECT (e) ON h TO diff_reader;
-- forbidden: DROP COLUMN
