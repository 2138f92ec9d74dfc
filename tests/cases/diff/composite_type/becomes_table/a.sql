CREATE TYPE thing AS (a int, b text);
