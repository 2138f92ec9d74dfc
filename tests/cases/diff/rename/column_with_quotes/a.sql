-- accept-rename: public."My Table"."A ""b"""=public."My Table"."c.D"
-- forbidden: DROP
CREATE TABLE "My Table" (id int PRIMARY KEY, "A ""b""" text NOT NULL CHECK ("A ""b""" <> 'A "b"'));
