CREATE TABLE t (a text, b text, c text, d int);
ALTER TABLE t ALTER a SET STORAGE MAIN, ALTER b SET STORAGE PLAIN, ALTER c SET (n_distinct_inherited = 5), ALTER d SET STATISTICS 0;
