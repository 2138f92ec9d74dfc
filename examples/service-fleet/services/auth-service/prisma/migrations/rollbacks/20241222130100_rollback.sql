-- limosa: allow deletes-data
-- Rollback for: 20241222130100_create_default_roles
-- Service: auth-service
-- Description: Removes the roles and permissions that every installation starts with

-- Accounts that hold one of these roles lose it; the foreign key would refuse otherwise. Permissions given to roles go
-- with their role or permission.
DELETE FROM "UserRole" WHERE "roleId" IN (
    'b5d1a3c0-0000-4000-8000-000000000001',
    'b5d1a3c0-0000-4000-8000-000000000002',
    'b5d1a3c0-0000-4000-8000-000000000003',
    'b5d1a3c0-0000-4000-8000-000000000004'
);
DELETE FROM "Permission" WHERE "id" BETWEEN
    'b5d1a3c0-0000-4000-8000-000000000101' AND 'b5d1a3c0-0000-4000-8000-000000000105';
DELETE FROM "Role" WHERE "id" BETWEEN
    'b5d1a3c0-0000-4000-8000-000000000001' AND 'b5d1a3c0-0000-4000-8000-000000000004';

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130100_create_default_roles';
