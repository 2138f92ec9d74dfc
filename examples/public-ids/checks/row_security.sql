-- A table that clients may read without row security shows everything to everybody.
SELECT c.oid::regclass AS "table", r.rolname AS role
FROM pg_class c CROSS JOIN pg_roles r
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND r.rolname IN ('anon', 'authenticated')
    AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE') AND NOT c.relrowsecurity;

-- Row security without a policy shows nothing to anybody: somebody forgot something.
SELECT c.oid::regclass AS "table"
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
    AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid);
