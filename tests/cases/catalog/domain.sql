CREATE COLLATION plain FROM "C";
CREATE DOMAIN email AS varchar(120) COLLATE plain DEFAULT 'nobody@example.org' NOT NULL
  CONSTRAINT has_at CHECK (VALUE ~ '@') CONSTRAINT not_too_short CHECK (length(VALUE) > 3);
COMMENT ON DOMAIN email IS 'An address';
COMMENT ON CONSTRAINT has_at ON DOMAIN email IS 'It must have an @';
CREATE DOMAIN emails AS email[];
CREATE DOMAIN positive AS integer;
ALTER DOMAIN positive ADD CONSTRAINT is_positive CHECK (VALUE > 0) NOT VALID;
ALTER DOMAIN positive OWNER TO pg_monitor;
REVOKE ALL ON DOMAIN positive FROM PUBLIC;
CREATE TABLE uses (e email, p positive DEFAULT 3, ps positive[]);
