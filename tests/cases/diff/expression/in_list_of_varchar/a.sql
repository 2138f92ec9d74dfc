CREATE TABLE t (short varchar(10), fixed char(3), long text);
