CREATE VIEW v AS SELECT 'a'::text AS e;
