CREATE TABLE t (a int DEFAULT 2, b text, c date DEFAULT '2020-01-01', d int[] DEFAULT '{1,2}');
