CREATE TABLE visit (
    id bigint PRIMARY KEY,
    price numeric(10, 4),
    count bigint,
    code varchar(40),
    begins timestamp,
    ends timestamptz,
    mood text
);
CREATE TYPE mood AS ENUM ('glad', 'sad', 'angry');
ALTER TYPE mood ADD VALUE 'calm';
-- next migration
ALTER TABLE visit ALTER COLUMN price TYPE numeric(10, 2);
ALTER TABLE visit ALTER COLUMN count TYPE int, ALTER COLUMN code TYPE varchar(20);
ALTER TABLE visit ALTER code TYPE varchar(10) USING code::varchar(10);
ALTER TABLE visit ALTER code TYPE varchar(5) USING left(code, 5);
ALTER TABLE visit ALTER begins TYPE timestamptz;
ALTER TABLE visit ALTER ends TYPE date;
ALTER TABLE visit ALTER mood TYPE mood USING mood::mood;
ALTER TABLE never_seen ALTER price TYPE int;
-- next migration
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('glad', 'sad');
ALTER TABLE visit ALTER mood TYPE mood USING mood::text::mood;
DROP TYPE mood_old CASCADE;
