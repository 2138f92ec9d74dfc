-- Tables whose constraints ask for something; each of them can hold rows.
CREATE SCHEMA clinic;
CREATE TYPE clinic."Mood" AS ENUM ('calm', 'it''s fine', 'upset');
CREATE TYPE clinic.place AS (street text, town text);
CREATE DOMAIN clinic.email AS text CHECK (VALUE ~ '^[^@\s]+@[^@\s]+\.[a-z]{2,}$') CHECK (length(VALUE) < 100);
CREATE DOMAIN clinic.percentage AS numeric(5, 2) NOT NULL CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE DOMAIN clinic.score AS clinic.percentage CHECK (VALUE <> 50);

CREATE TABLE plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, born date, "Odd Name" int);
CREATE TABLE only_numbered (id bigserial PRIMARY KEY);
CREATE TABLE every_type (
  id uuid PRIMARY KEY, a smallint NOT NULL UNIQUE, b integer NOT NULL, c bigint NOT NULL, d numeric NOT NULL,
  e numeric(3, 3) NOT NULL, f real NOT NULL, g double precision NOT NULL, h money NOT NULL, i varchar(3) NOT NULL UNIQUE,
  j char(1) NOT NULL, k "char" NOT NULL, l boolean NOT NULL, m date NOT NULL, n timestamp NOT NULL,
  o timestamptz(3) NOT NULL, p time NOT NULL, q timetz NOT NULL, r interval NOT NULL, s json NOT NULL, t jsonb NOT NULL,
  u bytea NOT NULL, v inet NOT NULL, w cidr NOT NULL, x macaddr NOT NULL, y bit(5) NOT NULL, z varbit(8) NOT NULL,
  aa int4range NOT NULL, ab tstzrange NOT NULL, ac daterange NOT NULL, ad point NOT NULL, ae tsvector NOT NULL,
  ag text[] NOT NULL, ah int[] NOT NULL, ai timestamptz[] NOT NULL, aj clinic."Mood" NOT NULL,
  ak clinic."Mood"[] NOT NULL, al clinic.place NOT NULL, am clinic.email NOT NULL UNIQUE, an clinic.score,
  ao name NOT NULL, ap oid NOT NULL, aq numrange NOT NULL, ar uuid[] NOT NULL
);
CREATE TABLE checked (
  id int PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('new', 'open', 'done')),
  kind varchar(20) NOT NULL CHECK (kind = ANY (ARRAY['a', 'b'])),
  rating int NOT NULL CHECK (rating BETWEEN 1 AND 5),
  price numeric(10, 2) NOT NULL CHECK (price > 0),
  discount numeric(10, 2) NOT NULL CHECK (discount >= 0),
  starts timestamptz NOT NULL, ends timestamptz NOT NULL, CHECK (ends > starts),
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z]{3}-\d{4}$'),
  short text NOT NULL CHECK (char_length(short) = 8),
  lower_name text NOT NULL CHECK (lower_name = lower(lower_name) AND lower_name !~ '\s'),
  settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  list jsonb NOT NULL CHECK (jsonb_typeof(list) = 'array'),
  tags text[] NOT NULL CHECK (cardinality(tags) <= 3),
  negative int NOT NULL CHECK (negative < 0),
  path text NOT NULL CHECK (path LIKE '/%' AND length(path) > 1),
  mood clinic."Mood" NOT NULL CHECK (mood <> 'upset'),
  agreed boolean NOT NULL CHECK (agreed),
  phone text CHECK (phone ~ '^\+[0-9]{8,15}$'),
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  CHECK (discount < price)
);
CREATE TABLE parent (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE child (
  parent_id bigint NOT NULL REFERENCES parent, number int NOT NULL, PRIMARY KEY (parent_id, number)
);
CREATE TABLE grandchild (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), parent_id bigint NOT NULL, number int NOT NULL,
  FOREIGN KEY (parent_id, number) REFERENCES child (parent_id, number) ON DELETE CASCADE
);
CREATE TABLE one_to_one (parent_id bigint PRIMARY KEY REFERENCES parent);
CREATE TABLE tree (id int PRIMARY KEY, parent_id int REFERENCES tree, CHECK (parent_id <> id OR parent_id IS NULL));
CREATE TABLE husband (id int PRIMARY KEY, wife_id int);
CREATE TABLE wife (id int PRIMARY KEY, husband_id int NOT NULL REFERENCES husband);
ALTER TABLE husband ADD FOREIGN KEY (wife_id) REFERENCES wife;
CREATE TABLE either (
  id int PRIMARY KEY, parent_id bigint REFERENCES parent, tree_id int REFERENCES tree,
  CHECK (num_nonnulls(parent_id, tree_id) = 1)
);
CREATE TABLE by_range (id bigint, at timestamptz NOT NULL, body text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE by_range_1 PARTITION OF by_range FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE by_range_2 PARTITION OF by_range FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
CREATE TABLE by_list (id int, country text NOT NULL) PARTITION BY LIST (country);
CREATE TABLE by_list_1 PARTITION OF by_list FOR VALUES IN ('de', 'at');
CREATE TABLE by_list_2 PARTITION OF by_list FOR VALUES IN ('fr');
CREATE TABLE by_hash (id int PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_hash_2 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE booking (
  id int PRIMARY KEY, during tstzrange NOT NULL, EXCLUDE USING gist (during WITH &&)
);
CREATE TABLE triggered (id int PRIMARY KEY, at timestamptz NOT NULL);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'only the application may'; END $$;
CREATE TRIGGER refusing BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TABLE deferred_key (id int PRIMARY KEY, place int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE seeded (id int PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO seeded VALUES (1, 'one'), (2, 'two');
CREATE TABLE few (flag boolean PRIMARY KEY);
CREATE TABLE generated (a int NOT NULL, twice int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE base (id int PRIMARY KEY, name text);
CREATE TABLE derived (more int NOT NULL) INHERITS (base);
CREATE MATERIALIZED VIEW named AS SELECT name FROM plain WITH NO DATA;
CREATE TABLE pair (
  one bigint NOT NULL REFERENCES parent, other bigint NOT NULL REFERENCES parent, PRIMARY KEY (one, other),
  CHECK (one < other)
);
CREATE TABLE "Finished" (
  "id" int PRIMARY KEY, "state" text NOT NULL DEFAULT 'open' CHECK ("state" IN ('open', 'done')),
  "doneAt" timestamptz, CHECK (("state" = 'done') = ("doneAt" IS NOT NULL)),
  "countryCode" char(2) NOT NULL CHECK ("countryCode" ~ '^[A-Z]{2}$')
);
