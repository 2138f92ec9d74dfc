//! Columns that are called like words of the grammar, in expressions that use both.

use crate::online_back::there_and_back_from;
use crate::place::on_servers;

const SETUP: &str = "\
CREATE TABLE visit (
    id int PRIMARY KEY, at timestamptz NOT NULL, date text, time interval, zone text, year int, first int, value text,
    CONSTRAINT late CHECK (EXTRACT(year FROM at AT TIME ZONE 'UTC') + year > 2000),
    CONSTRAINT known CHECK (date::date > date '2000-01-01' AND time < interval '2' year)
);
CREATE INDEX visit_day ON visit ((at AT TIME ZONE 'UTC'), value COLLATE \"C\" NULLS FIRST);
CREATE INDEX visit_first ON visit (first NULLS FIRST) WHERE first IS NOT NULL AND value::text LIKE 'a%' ESCAPE '!';
INSERT INTO visit SELECT i, timestamptz '2026-03-01 12:00+00' + i * interval '1 hour', '2026-03-01', '1 hour', 'UTC',
    i, i, 'a' || i FROM generate_series(1, 50) i;
";
const ROWS: &str = "SELECT to_jsonb(visit)::text FROM visit ORDER BY id";

const CHANGES: [&str; 2] = [
    "-- limosa: back at AT TIME ZONE 'UTC'\n\
     ALTER TABLE visit ALTER COLUMN at TYPE timestamp USING at AT TIME ZONE 'UTC';\n\
     -- limosa: back date::text\n\
     ALTER TABLE visit ALTER COLUMN date TYPE date USING CAST(date AS date);\n\
     ALTER TABLE visit ALTER COLUMN first TYPE bigint;\n",
    "ALTER TABLE visit RENAME COLUMN at TO time_of;\nALTER TABLE visit RENAME COLUMN year TO month;\n\
     ALTER TABLE visit RENAME COLUMN date TO day;\nALTER TABLE visit RENAME COLUMN value TO text;\n",
];

#[test]
fn columns_are_told_from_words_of_the_grammar() {
    on_servers(|database| {
        for change in CHANGES {
            there_and_back_from(&database.server().fresh_database(), (SETUP, ROWS), change);
        }
    });
}
