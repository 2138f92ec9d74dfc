CREATE TABLE "My Table" (id int PRIMARY KEY, "c.D" text NOT NULL CHECK ("c.D" <> 'A "b"'));
