CREATE TABLE whole (a int, b text DEFAULT 'x', c int) PARTITION BY RANGE (a);
