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

CREATE TYPE "AssessmentType" AS ENUM ('phq9', 'gad7');

CREATE TYPE "SeverityBand" AS ENUM ('minimal', 'mild', 'moderate', 'moderately_severe', 'severe');

CREATE TYPE "SessionType" AS ENUM ('individual', 'group', 'couples', 'family');

CREATE TYPE "SessionStatus" AS ENUM ('scheduled', 'in_progress', 'completed', 'cancelled', 'no_show');

CREATE TYPE "TreatmentPlanStatus" AS ENUM ('draft', 'active', 'completed', 'discontinued');

CREATE TYPE "GoalStatus" AS ENUM ('not_started', 'in_progress', 'achieved', 'abandoned');

CREATE TYPE "RiskLevel" AS ENUM ('none', 'low', 'moderate', 'high', 'imminent');

CREATE TYPE "CrisisStatus" AS ENUM ('open', 'contacted', 'resolved', 'escalated');

-- Plans and care run for years: a plan is closed, and is deleted only when nothing was done under it.
CREATE TABLE "TreatmentPlan" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "status" "TreatmentPlanStatus" NOT NULL DEFAULT 'draft',
    "title" TEXT NOT NULL,
    "primaryDiagnosisCode" TEXT,
    "startsOn" DATE NOT NULL,
    "endsOn" DATE,
    "reviewEveryDays" INTEGER NOT NULL DEFAULT 90,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TreatmentPlan_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "TreatmentPlan_endsOn_check" CHECK ("endsOn" IS NULL OR "endsOn" >= "startsOn"),
    CONSTRAINT "TreatmentPlan_reviewEveryDays_check" CHECK ("reviewEveryDays" BETWEEN 7 AND 365)
);
CREATE INDEX "TreatmentPlan_patientId_status_idx" ON "TreatmentPlan"("patientId", "status");
CREATE INDEX "TreatmentPlan_providerId_status_idx" ON "TreatmentPlan"("providerId", "status");

CREATE TABLE "TreatmentGoal" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "treatmentPlanId" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "status" "GoalStatus" NOT NULL DEFAULT 'not_started',
    "targetOn" DATE,
    "achievedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TreatmentGoal_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "TreatmentGoal_achievedAt_check" CHECK (("achievedAt" IS NOT NULL) = ("status" = 'achieved'))
);
CREATE INDEX "TreatmentGoal_treatmentPlanId_status_idx" ON "TreatmentGoal"("treatmentPlanId", "status");

CREATE TABLE "TherapyGroup" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "providerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "capacity" INTEGER NOT NULL DEFAULT 8,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TherapyGroup_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "TherapyGroup_capacity_check" CHECK ("capacity" BETWEEN 2 AND 30)
);
CREATE INDEX "TherapyGroup_providerId_idx" ON "TherapyGroup"("providerId");

CREATE TABLE "TherapyGroupMember" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "groupId" TEXT NOT NULL,
    "patientId" TEXT NOT NULL,
    "joinedOn" DATE NOT NULL DEFAULT CURRENT_DATE,
    "leftOn" DATE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TherapyGroupMember_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "TherapyGroupMember_leftOn_check" CHECK ("leftOn" IS NULL OR "leftOn" >= "joinedOn")
);
CREATE INDEX "TherapyGroupMember_patientId_idx" ON "TherapyGroupMember"("patientId");
CREATE UNIQUE INDEX "TherapyGroupMember_groupId_patientId_joinedOn_key"
    ON "TherapyGroupMember"("groupId", "patientId", "joinedOn");

CREATE TABLE "TherapySession" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "treatmentPlanId" TEXT NOT NULL,
    "groupId" TEXT,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "type" "SessionType" NOT NULL DEFAULT 'individual',
    "status" "SessionStatus" NOT NULL DEFAULT 'scheduled',
    "scheduledAt" TIMESTAMP(3) NOT NULL,
    "durationMinutes" INTEGER NOT NULL DEFAULT 50,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TherapySession_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "TherapySession_durationMinutes_check" CHECK ("durationMinutes" BETWEEN 10 AND 240),
    CONSTRAINT "TherapySession_groupId_check" CHECK ("groupId" IS NULL OR "type" = 'group')
);
CREATE INDEX "TherapySession_groupId_idx" ON "TherapySession"("groupId");
CREATE INDEX "TherapySession_treatmentPlanId_idx" ON "TherapySession"("treatmentPlanId");
CREATE INDEX "TherapySession_status_idx" ON "TherapySession"("status");
CREATE INDEX "TherapySession_patientId_scheduledAt_idx" ON "TherapySession"("patientId", "scheduledAt");
CREATE INDEX "TherapySession_providerId_scheduledAt_idx" ON "TherapySession"("providerId", "scheduledAt");

-- Psychotherapy notes are kept apart from the session, so that access to them can be granted apart.
CREATE TABLE "SessionNote" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "sessionId" TEXT NOT NULL,
    "authorId" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "signedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SessionNote_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "SessionNote_sessionId_key" ON "SessionNote"("sessionId");
CREATE INDEX "SessionNote_authorId_idx" ON "SessionNote"("authorId");

-- PHQ-9 has nine items and GAD-7 seven, each scored 0 to 3. The checks hold the arithmetic: the total is the sum of the
-- items and the severity is the band that the total falls in, whoever writes the row.
CREATE TABLE "Assessment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT,
    "sessionId" TEXT,
    "type" "AssessmentType" NOT NULL,
    "itemScores" INTEGER[] NOT NULL,
    "totalScore" SMALLINT NOT NULL,
    "severity" "SeverityBand" NOT NULL,
    "functionalDifficulty" SMALLINT,
    "completedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Assessment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Assessment_itemScores_check" CHECK (
        array_position("itemScores", NULL) IS NULL
        AND array_ndims("itemScores") = 1
        AND array_lower("itemScores", 1) = 1
        AND cardinality("itemScores") = CASE "type" WHEN 'phq9' THEN 9 WHEN 'gad7' THEN 7 END
        AND 0 <= ALL ("itemScores")
        AND 3 >= ALL ("itemScores")
    ),
    CONSTRAINT "Assessment_totalScore_check" CHECK (
        "totalScore" = "itemScores"[1] + "itemScores"[2] + "itemScores"[3] + "itemScores"[4] +
            "itemScores"[5] + "itemScores"[6] + "itemScores"[7] + COALESCE("itemScores"[8], 0) +
            COALESCE("itemScores"[9], 0)
    ),
    CONSTRAINT "Assessment_severity_check" CHECK (
        "severity" = CASE
            WHEN "totalScore" <= 4 THEN 'minimal'::"SeverityBand"
            WHEN "totalScore" <= 9 THEN 'mild'::"SeverityBand"
            WHEN "totalScore" <= 14 THEN 'moderate'::"SeverityBand"
            WHEN "type" = 'gad7' THEN 'severe'::"SeverityBand"
            WHEN "totalScore" <= 19 THEN 'moderately_severe'::"SeverityBand"
            ELSE 'severe'::"SeverityBand"
        END
    ),
    CONSTRAINT "Assessment_functionalDifficulty_check" CHECK ("functionalDifficulty" BETWEEN 0 AND 3)
);
CREATE INDEX "Assessment_sessionId_idx" ON "Assessment"("sessionId");
CREATE INDEX "Assessment_providerId_idx" ON "Assessment"("providerId");
CREATE INDEX "Assessment_patientId_type_completedAt_idx" ON "Assessment"("patientId", "type", "completedAt");
CREATE INDEX "Assessment_severity_idx" ON "Assessment"("severity");

CREATE TABLE "MoodEntry" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "mood" SMALLINT NOT NULL,
    "energy" SMALLINT,
    "sleepHours" DECIMAL(3,1),
    "tags" TEXT[] NOT NULL DEFAULT '{}',
    "note" TEXT,
    "recordedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MoodEntry_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "MoodEntry_mood_check" CHECK ("mood" BETWEEN 1 AND 10),
    CONSTRAINT "MoodEntry_energy_check" CHECK ("energy" BETWEEN 1 AND 10),
    CONSTRAINT "MoodEntry_sleepHours_check" CHECK ("sleepHours" BETWEEN 0 AND 24)
);
CREATE INDEX "MoodEntry_patientId_recordedAt_idx" ON "MoodEntry"("patientId", "recordedAt");

CREATE TABLE "SafetyPlan" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "warningSigns" TEXT[] NOT NULL DEFAULT '{}',
    "copingStrategies" TEXT[] NOT NULL DEFAULT '{}',
    "contacts" JSONB NOT NULL DEFAULT '[]',
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "reviewedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SafetyPlan_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "SafetyPlan_providerId_idx" ON "SafetyPlan"("providerId");
CREATE INDEX "SafetyPlan_patientId_idx" ON "SafetyPlan"("patientId");
CREATE UNIQUE INDEX "SafetyPlan_patientId_key" ON "SafetyPlan"("patientId") WHERE "isActive";

CREATE TABLE "CrisisEvent" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "assessmentId" TEXT,
    "safetyPlanId" TEXT,
    "status" "CrisisStatus" NOT NULL DEFAULT 'open',
    "riskLevel" "RiskLevel" NOT NULL,
    "openedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolvedAt" TIMESTAMP(3),
    "summary" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CrisisEvent_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "CrisisEvent_resolvedAt_check" CHECK (("resolvedAt" IS NOT NULL) = ("status" = 'resolved'))
);
CREATE INDEX "CrisisEvent_safetyPlanId_idx" ON "CrisisEvent"("safetyPlanId");
CREATE INDEX "CrisisEvent_assessmentId_idx" ON "CrisisEvent"("assessmentId");
CREATE INDEX "CrisisEvent_patientId_openedAt_idx" ON "CrisisEvent"("patientId", "openedAt");
CREATE INDEX "CrisisEvent_openedAt_idx" ON "CrisisEvent"("openedAt") WHERE "status" IN ('open', 'escalated');

ALTER TABLE "TreatmentGoal" ADD CONSTRAINT "TreatmentGoal_treatmentPlanId_fkey" FOREIGN KEY ("treatmentPlanId")
    REFERENCES "TreatmentPlan"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TherapyGroupMember" ADD CONSTRAINT "TherapyGroupMember_groupId_fkey" FOREIGN KEY ("groupId")
    REFERENCES "TherapyGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TherapySession" ADD CONSTRAINT "TherapySession_treatmentPlanId_fkey" FOREIGN KEY ("treatmentPlanId")
    REFERENCES "TreatmentPlan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "TherapySession" ADD CONSTRAINT "TherapySession_groupId_fkey" FOREIGN KEY ("groupId")
    REFERENCES "TherapyGroup"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "SessionNote" ADD CONSTRAINT "SessionNote_sessionId_fkey" FOREIGN KEY ("sessionId")
    REFERENCES "TherapySession"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Assessment" ADD CONSTRAINT "Assessment_sessionId_fkey" FOREIGN KEY ("sessionId")
    REFERENCES "TherapySession"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "CrisisEvent" ADD CONSTRAINT "CrisisEvent_assessmentId_fkey" FOREIGN KEY ("assessmentId")
    REFERENCES "Assessment"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "CrisisEvent" ADD CONSTRAINT "CrisisEvent_safetyPlanId_fkey" FOREIGN KEY ("safetyPlanId")
    REFERENCES "SafetyPlan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TRIGGER "TreatmentPlan_updatedAt" BEFORE UPDATE ON "TreatmentPlan"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "TreatmentGoal_updatedAt" BEFORE UPDATE ON "TreatmentGoal"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "TherapyGroup_updatedAt" BEFORE UPDATE ON "TherapyGroup"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "TherapyGroupMember_updatedAt" BEFORE UPDATE ON "TherapyGroupMember"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "TherapySession_updatedAt" BEFORE UPDATE ON "TherapySession"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "SessionNote_updatedAt" BEFORE UPDATE ON "SessionNote"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Assessment_updatedAt" BEFORE UPDATE ON "Assessment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "MoodEntry_updatedAt" BEFORE UPDATE ON "MoodEntry"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "SafetyPlan_updatedAt" BEFORE UPDATE ON "SafetyPlan"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "CrisisEvent_updatedAt" BEFORE UPDATE ON "CrisisEvent"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
