CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE FOREIGN TABLE t (a mood DEFAULT 'happy', b mood[]) SERVER far;
CREATE TABLE own (a mood);
