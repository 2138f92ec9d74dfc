WITH extension AS (
    -- Those in pg_catalog, such as plpgsql, come with the database.
    SELECT e.oid, e.extname, e.extnamespace, pg_catalog.pg_get_userbyid(e.extowner) AS owner,
        pg_catalog.pg_has_role(e.extowner, 'USAGE') AS is_ours
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE n.nspname <> 'pg_catalog'
), member AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), schema AS (
    SELECT n.oid, n.nspname, n.nspacl, pg_catalog.pg_get_userbyid(n.nspowner) AS owner,
        pg_catalog.pg_has_role(n.nspowner, 'USAGE') AS is_ours
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', {history})
        AND NOT EXISTS (SELECT FROM member m
            WHERE m.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND m.objid = n.oid)
), public AS (
    SELECT * FROM schema WHERE nspname = 'public' AND is_ours
), granted (grantee, privilege, may_grant) AS (
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.format('%I', pg_catalog.pg_get_userbyid(a.grantee)) END,
        a.privilege_type, a.is_grantable
    FROM public p, pg_catalog.aclexplode(p.nspacl) a
    WHERE pg_catalog.pg_get_userbyid(a.grantee) <> p.owner OR a.grantee = 0
), usual (role, kind, grantee, privilege, may_grant) AS (
    SELECT pg_catalog.pg_get_userbyid(d.defaclrole),
        CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.format('%I', pg_catalog.pg_get_userbyid(a.grantee)) END,
        a.privilege_type, a.is_grantable
    FROM public p JOIN pg_catalog.pg_default_acl d ON d.defaclnamespace = p.oid, pg_catalog.aclexplode(d.defaclacl) a
), found (place, what, text) AS (
    SELECT 0, 'refuse', pg_catalog.format('the extension %s in the schema %s belongs to %s, and would go with the schema',
        e.extname, s.nspname, e.owner)
    FROM extension e JOIN schema s ON s.oid = e.extnamespace WHERE s.is_ours AND NOT e.is_ours
    UNION ALL
    SELECT 0, 'kept', pg_catalog.format('the extension %s, which belongs to %s', extname, owner)
    FROM extension WHERE NOT is_ours
    UNION ALL
    SELECT 0, 'kept', pg_catalog.format('the schema %s, which belongs to %s', nspname, owner)
    FROM schema WHERE NOT is_ours
    UNION ALL
    SELECT 1, 'run', pg_catalog.format('DROP EVENT TRIGGER %I', t.evtname) FROM pg_catalog.pg_event_trigger t
    WHERE pg_catalog.pg_has_role(t.evtowner, 'USAGE') AND NOT EXISTS (SELECT FROM member m
        WHERE m.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass AND m.objid = t.oid)
    UNION ALL
    SELECT 2, 'run', pg_catalog.format('DROP PUBLICATION %I', pubname) FROM pg_catalog.pg_publication
    WHERE pg_catalog.pg_has_role(pubowner, 'USAGE')
    UNION ALL
    SELECT 3, 'run', pg_catalog.format('DROP SERVER %I CASCADE', srvname) FROM pg_catalog.pg_foreign_server
    WHERE pg_catalog.pg_has_role(srvowner, 'USAGE')
    UNION ALL
    SELECT 4, 'run', pg_catalog.format('DROP FOREIGN DATA WRAPPER %I CASCADE', w.fdwname)
    FROM pg_catalog.pg_foreign_data_wrapper w
    WHERE pg_catalog.pg_has_role(w.fdwowner, 'USAGE') AND NOT EXISTS (SELECT FROM member m
        WHERE m.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass AND m.objid = w.oid)
    UNION ALL
    SELECT 5, 'run', pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM extension WHERE is_ours
    UNION ALL
    SELECT 6, 'run', pg_catalog.format('DROP SCHEMA %I CASCADE', nspname) FROM schema WHERE is_ours
    UNION ALL
    SELECT 7, 'run', pg_catalog.format('CREATE SCHEMA public AUTHORIZATION %I', owner) FROM public
    UNION ALL
    SELECT 8, 'run', pg_catalog.format('COMMENT ON SCHEMA public IS %L', pg_catalog.obj_description(oid, 'pg_namespace'))
    FROM public WHERE pg_catalog.obj_description(oid, 'pg_namespace') IS NOT NULL
    UNION ALL
    SELECT 9, 'run', pg_catalog.format('GRANT %s ON SCHEMA public TO %s%s', privilege, grantee,
        CASE WHEN may_grant THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM granted
    UNION ALL
    SELECT 9, 'run', pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public GRANT %s ON %s TO %s%s',
        role, privilege, kind, grantee, CASE WHEN may_grant THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM usual
)
SELECT what, text FROM found ORDER BY place, text
