-- Prisma's client sets "updatedAt" itself, but scripts and psql do not: a trigger keeps the audit column true for every
-- writer. A data migration that must not look like an edit sets healthcare.keep_updated_at to 'on' for its transaction.
CREATE FUNCTION "setUpdatedAt"() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD
        AND NEW."updatedAt" IS NOT DISTINCT FROM OLD."updatedAt"
        AND current_setting('healthcare.keep_updated_at', true) IS DISTINCT FROM 'on'
    THEN
        NEW."updatedAt" := CURRENT_TIMESTAMP;
    END IF;
    RETURN NEW;
END
$$;

CREATE TYPE "AccountStatus" AS ENUM ('pending_verification', 'active', 'locked', 'suspended', 'deactivated');

CREATE TYPE "TokenRevocationReason" AS ENUM ('rotated', 'reuse_detected', 'logout', 'password_changed', 'admin_action');

CREATE TYPE "MfaMethod" AS ENUM ('totp', 'sms', 'email', 'webauthn');

CREATE TYPE "LoginOutcome" AS ENUM (
    'success',
    'bad_password',
    'unknown_account',
    'mfa_failed',
    'account_locked',
    'account_inactive'
);

CREATE TYPE "SecurityEventType" AS ENUM (
    'password_changed',
    'password_reset',
    'mfa_enabled',
    'mfa_disabled',
    'account_locked',
    'account_unlocked',
    'token_reuse_detected',
    'role_granted',
    'role_revoked'
);

-- An account is locked while "lockedUntil" lies in the future; "failedAttempts" goes back to zero on a login that
-- succeeds.
CREATE TABLE "User" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "email" TEXT NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "status" "AccountStatus" NOT NULL DEFAULT 'pending_verification',
    "emailVerifiedAt" TIMESTAMP(3),
    "failedAttempts" INTEGER NOT NULL DEFAULT 0,
    "lockedUntil" TIMESTAMP(3),
    "lastLogin" TIMESTAMP(3),
    "passwordChangedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "mfaRequired" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "User_email_check" CHECK ("email" = lower("email") AND position('@' in "email") > 1),
    CONSTRAINT "User_failedAttempts_check" CHECK ("failedAttempts" >= 0),
    CONSTRAINT "User_lockedUntil_check" CHECK ("status" <> 'locked' OR "lockedUntil" IS NOT NULL)
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "User_status_idx" ON "User"("status");
CREATE INDEX "User_lockedUntil_idx" ON "User"("lockedUntil") WHERE "lockedUntil" IS NOT NULL;

CREATE TABLE "Role" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "isSystem" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Role_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Role_name_key" ON "Role"("name");

CREATE TABLE "Permission" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "resource" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Permission_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Permission_resource_action_key" ON "Permission"("resource", "action");

CREATE TABLE "RolePermission" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "roleId" TEXT NOT NULL,
    "permissionId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RolePermission_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "RolePermission_roleId_permissionId_key" ON "RolePermission"("roleId", "permissionId");
CREATE INDEX "RolePermission_permissionId_idx" ON "RolePermission"("permissionId");

CREATE TABLE "UserRole" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "grantedById" TEXT,
    "expiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "UserRole_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "UserRole_grantedById_idx" ON "UserRole"("grantedById");
CREATE INDEX "UserRole_roleId_idx" ON "UserRole"("roleId");
CREATE UNIQUE INDEX "UserRole_userId_roleId_key" ON "UserRole"("userId", "roleId");

CREATE TABLE "Session" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "lastActiveAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Session_expiresAt_check" CHECK ("expiresAt" > "createdAt")
);
CREATE INDEX "Session_userId_lastActiveAt_idx" ON "Session"("userId", "lastActiveAt");
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt") WHERE "endedAt" IS NULL;

-- Every use of a refresh token replaces it. All tokens that descend from one login share a family: a token that was
-- already replaced and comes back is stolen, and its whole family is revoked.
CREATE TABLE "RefreshToken" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "tokenHash" VARCHAR(64) NOT NULL,
    "family" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "replacedBy" TEXT,
    "revokedAt" TIMESTAMP(3),
    "revocationReason" "TokenRevocationReason",
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RefreshToken_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "RefreshToken_tokenHash_check" CHECK ("tokenHash" ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "RefreshToken_generation_check" CHECK ("generation" >= 0),
    CONSTRAINT "RefreshToken_revocationReason_check" CHECK (("revokedAt" IS NULL) = ("revocationReason" IS NULL)),
    CONSTRAINT "RefreshToken_replacedBy_check" CHECK ("replacedBy" IS NULL OR "replacedBy" <> "id")
);
CREATE INDEX "RefreshToken_sessionId_idx" ON "RefreshToken"("sessionId");
CREATE INDEX "RefreshToken_userId_idx" ON "RefreshToken"("userId");
CREATE UNIQUE INDEX "RefreshToken_tokenHash_key" ON "RefreshToken"("tokenHash");
CREATE UNIQUE INDEX "RefreshToken_family_generation_key" ON "RefreshToken"("family", "generation");
CREATE UNIQUE INDEX "RefreshToken_replacedBy_key" ON "RefreshToken"("replacedBy");
CREATE INDEX "RefreshToken_expiresAt_idx" ON "RefreshToken"("expiresAt");
CREATE INDEX "RefreshToken_family_idx" ON "RefreshToken"("family") WHERE "revokedAt" IS NULL;

-- Old hashes are kept so that a password cannot be used again.
CREATE TABLE "PasswordHistory" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PasswordHistory_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "PasswordHistory_userId_createdAt_idx" ON "PasswordHistory"("userId", "createdAt");

CREATE TABLE "PasswordResetToken" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "tokenHash" VARCHAR(64) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PasswordResetToken_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "PasswordResetToken_userId_idx" ON "PasswordResetToken"("userId");
CREATE UNIQUE INDEX "PasswordResetToken_tokenHash_key" ON "PasswordResetToken"("tokenHash");

CREATE TABLE "EmailVerificationToken" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "tokenHash" VARCHAR(64) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EmailVerificationToken_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "EmailVerificationToken_userId_idx" ON "EmailVerificationToken"("userId");
CREATE UNIQUE INDEX "EmailVerificationToken_tokenHash_key" ON "EmailVerificationToken"("tokenHash");

-- The secret is encrypted by the application with a key that this database never sees.
CREATE TABLE "MfaFactor" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "method" "MfaMethod" NOT NULL,
    "label" TEXT NOT NULL,
    "secretCiphertext" BYTEA,
    "credentialId" TEXT,
    "signCount" BIGINT NOT NULL DEFAULT 0,
    "confirmedAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MfaFactor_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "MfaFactor_credentialId_check" CHECK (("method" = 'webauthn') = ("credentialId" IS NOT NULL))
);
CREATE UNIQUE INDEX "MfaFactor_credentialId_key" ON "MfaFactor"("credentialId");
CREATE UNIQUE INDEX "MfaFactor_userId_label_key" ON "MfaFactor"("userId", "label");

CREATE TABLE "MfaRecoveryCode" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "codeHash" VARCHAR(64) NOT NULL,
    "usedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MfaRecoveryCode_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "MfaRecoveryCode_userId_codeHash_key" ON "MfaRecoveryCode"("userId", "codeHash");

-- The account is optional: attempts on addresses that nobody has are counted too.
CREATE TABLE "LoginAttempt" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT,
    "email" TEXT NOT NULL,
    "outcome" "LoginOutcome" NOT NULL,
    "ipAddress" TEXT NOT NULL,
    "userAgent" TEXT,
    "attemptedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LoginAttempt_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "LoginAttempt_userId_attemptedAt_idx" ON "LoginAttempt"("userId", "attemptedAt");
CREATE INDEX "LoginAttempt_email_attemptedAt_idx" ON "LoginAttempt"("email", "attemptedAt");

CREATE TABLE "SecurityEvent" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT,
    "actorId" TEXT,
    "type" "SecurityEventType" NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "occurredAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SecurityEvent_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "SecurityEvent_actorId_idx" ON "SecurityEvent"("actorId");
CREATE INDEX "SecurityEvent_userId_occurredAt_idx" ON "SecurityEvent"("userId", "occurredAt");
CREATE INDEX "SecurityEvent_type_idx" ON "SecurityEvent"("type");

ALTER TABLE "RolePermission" ADD CONSTRAINT "RolePermission_roleId_fkey" FOREIGN KEY ("roleId")
    REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RolePermission" ADD CONSTRAINT "RolePermission_permissionId_fkey" FOREIGN KEY ("permissionId")
    REFERENCES "Permission"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "UserRole" ADD CONSTRAINT "UserRole_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "UserRole" ADD CONSTRAINT "UserRole_roleId_fkey" FOREIGN KEY ("roleId")
    REFERENCES "Role"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "UserRole" ADD CONSTRAINT "UserRole_grantedById_fkey" FOREIGN KEY ("grantedById")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_sessionId_fkey" FOREIGN KEY ("sessionId")
    REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_replacedBy_fkey" FOREIGN KEY ("replacedBy")
    REFERENCES "RefreshToken"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "PasswordHistory" ADD CONSTRAINT "PasswordHistory_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PasswordResetToken" ADD CONSTRAINT "PasswordResetToken_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EmailVerificationToken" ADD CONSTRAINT "EmailVerificationToken_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MfaFactor" ADD CONSTRAINT "MfaFactor_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MfaRecoveryCode" ADD CONSTRAINT "MfaRecoveryCode_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "LoginAttempt" ADD CONSTRAINT "LoginAttempt_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "SecurityEvent" ADD CONSTRAINT "SecurityEvent_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "SecurityEvent" ADD CONSTRAINT "SecurityEvent_actorId_fkey" FOREIGN KEY ("actorId")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TRIGGER "User_updatedAt" BEFORE UPDATE ON "User"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Role_updatedAt" BEFORE UPDATE ON "Role"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Permission_updatedAt" BEFORE UPDATE ON "Permission"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "RolePermission_updatedAt" BEFORE UPDATE ON "RolePermission"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "UserRole_updatedAt" BEFORE UPDATE ON "UserRole"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Session_updatedAt" BEFORE UPDATE ON "Session"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "RefreshToken_updatedAt" BEFORE UPDATE ON "RefreshToken"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "PasswordHistory_updatedAt" BEFORE UPDATE ON "PasswordHistory"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "PasswordResetToken_updatedAt" BEFORE UPDATE ON "PasswordResetToken"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "EmailVerificationToken_updatedAt" BEFORE UPDATE ON "EmailVerificationToken"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "MfaFactor_updatedAt" BEFORE UPDATE ON "MfaFactor"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "MfaRecoveryCode_updatedAt" BEFORE UPDATE ON "MfaRecoveryCode"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "LoginAttempt_updatedAt" BEFORE UPDATE ON "LoginAttempt"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "SecurityEvent_updatedAt" BEFORE UPDATE ON "SecurityEvent"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
