CREATE FUNCTION "My F"("Arg One" int, "b, c" text DEFAULT 'a''b') RETURNS text LANGUAGE plpgsql AS $x$ BEGIN RETURN '$$' || "b, c"; END $x$;
