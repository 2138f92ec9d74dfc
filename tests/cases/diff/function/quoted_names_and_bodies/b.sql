CREATE FUNCTION "My F"("Arg One" int, "b, c" text DEFAULT 'a''c') RETURNS text LANGUAGE plpgsql AS $x$ BEGIN
  -- a comment; and $function$ inside
  RETURN '$$' || "b, c"; END $x$;
