-- Fixed ids: other services and deployments name these rows, so they must be the same everywhere.
INSERT INTO "Role" ("id", "name", "description", "isSystem") VALUES
    ('b5d1a3c0-0000-4000-8000-000000000001', 'patient', 'Sees and manages their own record', true),
    ('b5d1a3c0-0000-4000-8000-000000000002', 'provider', 'Treats patients', true),
    ('b5d1a3c0-0000-4000-8000-000000000003', 'front_desk', 'Books and checks in', true),
    ('b5d1a3c0-0000-4000-8000-000000000004', 'admin', 'Manages accounts and settings', true);

INSERT INTO "Permission" ("id", "resource", "action") VALUES
    ('b5d1a3c0-0000-4000-8000-000000000101', 'patient_record', 'read'),
    ('b5d1a3c0-0000-4000-8000-000000000102', 'patient_record', 'write'),
    ('b5d1a3c0-0000-4000-8000-000000000103', 'appointment', 'read'),
    ('b5d1a3c0-0000-4000-8000-000000000104', 'appointment', 'write'),
    ('b5d1a3c0-0000-4000-8000-000000000105', 'account', 'manage');

INSERT INTO "RolePermission" ("id", "roleId", "permissionId")
SELECT 'b5d1a3c0-0000-4000-8000-' || grants.suffix, "Role"."id", "Permission"."id"
FROM (VALUES
    ('000000000201', 'patient', 'appointment', 'read'),
    ('000000000202', 'provider', 'patient_record', 'read'),
    ('000000000203', 'provider', 'patient_record', 'write'),
    ('000000000204', 'provider', 'appointment', 'read'),
    ('000000000205', 'front_desk', 'appointment', 'read'),
    ('000000000206', 'front_desk', 'appointment', 'write'),
    ('000000000207', 'admin', 'account', 'manage')
) AS grants (suffix, role, resource, action)
JOIN "Role" ON "Role"."name" = grants.role
JOIN "Permission" ON "Permission"."resource" = grants.resource AND "Permission"."action" = grants.action;
