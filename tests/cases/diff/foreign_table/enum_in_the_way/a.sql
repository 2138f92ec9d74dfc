CREATE TYPE mood AS ENUM ('sad', 'so-so', 'happy');
CREATE FOREIGN TABLE t (a mood DEFAULT 'sad', b mood[]) SERVER far;
CREATE TABLE own (a mood);
