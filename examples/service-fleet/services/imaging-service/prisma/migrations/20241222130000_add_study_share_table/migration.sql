-- A link that lets somebody outside see one study. Only the digest of its token is kept.
CREATE TABLE "StudyShare" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "studyId" TEXT NOT NULL,
    "tokenHash" VARCHAR(64) NOT NULL,
    "sharedByProviderId" TEXT NOT NULL,
    "recipientEmail" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "revokedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StudyShare_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "StudyShare_tokenHash_check" CHECK ("tokenHash" ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "StudyShare_expiresAt_check" CHECK ("expiresAt" > "createdAt")
);
CREATE INDEX "StudyShare_sharedByProviderId_idx" ON "StudyShare"("sharedByProviderId");
CREATE INDEX "StudyShare_studyId_idx" ON "StudyShare"("studyId");
CREATE UNIQUE INDEX "StudyShare_tokenHash_key" ON "StudyShare"("tokenHash");
CREATE INDEX "StudyShare_expiresAt_idx" ON "StudyShare"("expiresAt") WHERE "revokedAt" IS NULL;

CREATE TABLE "StudyShareAccess" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "shareId" TEXT NOT NULL,
    "ipAddress" TEXT NOT NULL,
    "userAgent" TEXT,
    "accessedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StudyShareAccess_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "StudyShareAccess_shareId_accessedAt_idx" ON "StudyShareAccess"("shareId", "accessedAt");

ALTER TABLE "StudyShare" ADD CONSTRAINT "StudyShare_studyId_fkey" FOREIGN KEY ("studyId")
    REFERENCES "Study"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "StudyShareAccess" ADD CONSTRAINT "StudyShareAccess_shareId_fkey" FOREIGN KEY ("shareId")
    REFERENCES "StudyShare"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "StudyShare_updatedAt" BEFORE UPDATE ON "StudyShare"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "StudyShareAccess_updatedAt" BEFORE UPDATE ON "StudyShareAccess"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
