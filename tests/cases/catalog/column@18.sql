CREATE TABLE t (
  a integer NOT NULL,
  b integer CONSTRAINT b_must_be NOT NULL,
  c integer CONSTRAINT c_alone NOT NULL NO INHERIT,
  d integer,
  e integer GENERATED ALWAYS AS (a + 1) VIRTUAL,
  f integer GENERATED ALWAYS AS (a + 1) STORED,
  a_long_column_name_that_makes_the_constraint_name_too_long int NOT NULL,
  PRIMARY KEY (a)
);
ALTER TABLE t ADD CONSTRAINT d_from_now_on NOT NULL d NOT VALID;
COMMENT ON CONSTRAINT b_must_be ON t IS 'since always';
CREATE TABLE a_long_table_name_with_ümläuts_🦆_that_goes_on_and_on (a_long_column_name_that_goes_on_and_on int NOT NULL);
CREATE TABLE child () INHERITS (t);
CREATE TABLE child_with_own (b integer CONSTRAINT b_must_be NOT NULL) INHERITS (t);
