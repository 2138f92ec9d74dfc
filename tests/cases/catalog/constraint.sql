CREATE EXTENSION btree_gist;
CREATE TABLE room (
  building integer,
  number integer,
  label text,
  CONSTRAINT room_key PRIMARY KEY (building, number) INCLUDE (label) WITH (fillfactor = 80),
  CONSTRAINT label_once UNIQUE NULLS NOT DISTINCT (label) DEFERRABLE,
  CONSTRAINT two_once UNIQUE (label, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT number_positive CHECK (number > 0),
  CONSTRAINT "Own only" CHECK (label <> '') NO INHERIT
);
ALTER TABLE room CLUSTER ON room_key;
CREATE TABLE booking (
  id integer PRIMARY KEY,
  building integer,
  room integer DEFAULT 1,
  during tsrange,
  previous integer REFERENCES booking,
  CONSTRAINT booking_room FOREIGN KEY (building, room) REFERENCES room MATCH FULL
    ON UPDATE CASCADE ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT room_only FOREIGN KEY (building, room) REFERENCES room ON UPDATE RESTRICT ON DELETE SET NULL (room),
  CONSTRAINT never_same EXCLUDE USING gist (during WITH &&),
  CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (building > 3) DEFERRABLE
);
ALTER TABLE booking ADD CONSTRAINT later CHECK (room < 1000) NOT VALID;
ALTER TABLE booking ADD CONSTRAINT later_too FOREIGN KEY (previous) REFERENCES booking NOT VALID;
ALTER TABLE booking CLUSTER ON never_same;
COMMENT ON CONSTRAINT later ON booking IS 'not yet';
COMMENT ON INDEX room_key IS 'the index of the key';
CREATE FUNCTION is_fine(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
ALTER TABLE booking ADD CONSTRAINT fine CHECK (is_fine(room));
