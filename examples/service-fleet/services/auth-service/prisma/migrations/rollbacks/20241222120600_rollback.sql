-- limosa: allow deletes-data
-- Rollback for: 20241222120600_initial_schema
-- Service: auth-service
-- Description: Removes all tables and enums created in initial schema

-- 1. Drop foreign key constraints first
ALTER TABLE "SecurityEvent" DROP CONSTRAINT IF EXISTS "SecurityEvent_actorId_fkey";
ALTER TABLE "SecurityEvent" DROP CONSTRAINT IF EXISTS "SecurityEvent_userId_fkey";
ALTER TABLE "LoginAttempt" DROP CONSTRAINT IF EXISTS "LoginAttempt_userId_fkey";
ALTER TABLE "MfaRecoveryCode" DROP CONSTRAINT IF EXISTS "MfaRecoveryCode_userId_fkey";
ALTER TABLE "MfaFactor" DROP CONSTRAINT IF EXISTS "MfaFactor_userId_fkey";
ALTER TABLE "EmailVerificationToken" DROP CONSTRAINT IF EXISTS "EmailVerificationToken_userId_fkey";
ALTER TABLE "PasswordResetToken" DROP CONSTRAINT IF EXISTS "PasswordResetToken_userId_fkey";
ALTER TABLE "PasswordHistory" DROP CONSTRAINT IF EXISTS "PasswordHistory_userId_fkey";
ALTER TABLE "RefreshToken" DROP CONSTRAINT IF EXISTS "RefreshToken_replacedBy_fkey";
ALTER TABLE "RefreshToken" DROP CONSTRAINT IF EXISTS "RefreshToken_sessionId_fkey";
ALTER TABLE "RefreshToken" DROP CONSTRAINT IF EXISTS "RefreshToken_userId_fkey";
ALTER TABLE "Session" DROP CONSTRAINT IF EXISTS "Session_userId_fkey";
ALTER TABLE "UserRole" DROP CONSTRAINT IF EXISTS "UserRole_grantedById_fkey";
ALTER TABLE "UserRole" DROP CONSTRAINT IF EXISTS "UserRole_roleId_fkey";
ALTER TABLE "UserRole" DROP CONSTRAINT IF EXISTS "UserRole_userId_fkey";
ALTER TABLE "RolePermission" DROP CONSTRAINT IF EXISTS "RolePermission_permissionId_fkey";
ALTER TABLE "RolePermission" DROP CONSTRAINT IF EXISTS "RolePermission_roleId_fkey";

-- 2. Drop tables in reverse order of creation
DROP TABLE IF EXISTS "SecurityEvent";
DROP TABLE IF EXISTS "LoginAttempt";
DROP TABLE IF EXISTS "MfaRecoveryCode";
DROP TABLE IF EXISTS "MfaFactor";
DROP TABLE IF EXISTS "EmailVerificationToken";
DROP TABLE IF EXISTS "PasswordResetToken";
DROP TABLE IF EXISTS "PasswordHistory";
DROP TABLE IF EXISTS "RefreshToken";
DROP TABLE IF EXISTS "Session";
DROP TABLE IF EXISTS "UserRole";
DROP TABLE IF EXISTS "RolePermission";
DROP TABLE IF EXISTS "Permission";
DROP TABLE IF EXISTS "Role";
DROP TABLE IF EXISTS "User";

-- 3. Drop enums
DROP TYPE IF EXISTS "SecurityEventType";
DROP TYPE IF EXISTS "LoginOutcome";
DROP TYPE IF EXISTS "MfaMethod";
DROP TYPE IF EXISTS "TokenRevocationReason";
DROP TYPE IF EXISTS "AccountStatus";

-- 4. Drop the trigger function, which no table uses any more
DROP FUNCTION IF EXISTS "setUpdatedAt"();

-- 5. Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222120600_initial_schema';
