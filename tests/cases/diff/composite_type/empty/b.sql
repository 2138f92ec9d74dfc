CREATE TYPE nothing AS (a int);
