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

CREATE TYPE "ConditionKind" AS ENUM (
    'diabetes_type_1',
    'diabetes_type_2',
    'hypertension',
    'heart_failure',
    'copd',
    'asthma',
    'chronic_kidney_disease'
);

CREATE TYPE "PlanStatus" AS ENUM ('draft', 'active', 'paused', 'completed');

CREATE TYPE "EnrollmentStatus" AS ENUM ('invited', 'active', 'paused', 'withdrawn', 'completed');

CREATE TYPE "VitalType" AS ENUM (
    'blood_pressure',
    'heart_rate',
    'blood_glucose',
    'oxygen_saturation',
    'weight',
    'temperature',
    'respiratory_rate',
    'peak_flow'
);

CREATE TYPE "VitalSource" AS ENUM ('device', 'manual', 'clinic');

CREATE TYPE "DeviceType" AS ENUM (
    'blood_pressure_cuff',
    'glucose_meter',
    'continuous_glucose_monitor',
    'pulse_oximeter',
    'scale',
    'spirometer',
    'wearable'
);

CREATE TYPE "DeviceStatus" AS ENUM ('active', 'lost', 'retired');

CREATE TYPE "AlertSeverity" AS ENUM ('info', 'warning', 'critical');

CREATE TYPE "AlertStatus" AS ENUM ('open', 'acknowledged', 'resolved', 'dismissed');

CREATE TYPE "TaskStatus" AS ENUM ('pending', 'done', 'missed', 'skipped');

CREATE TABLE "Plan" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "condition" "ConditionKind" NOT NULL,
    "name" TEXT NOT NULL,
    "status" "PlanStatus" NOT NULL DEFAULT 'draft',
    "version" INTEGER NOT NULL DEFAULT 1,
    "description" TEXT,
    "durationDays" INTEGER,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Plan_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Plan_version_check" CHECK ("version" > 0),
    CONSTRAINT "Plan_durationDays_check" CHECK ("durationDays" > 0)
);
CREATE UNIQUE INDEX "Plan_name_version_key" ON "Plan"("name", "version");
CREATE INDEX "Plan_condition_status_idx" ON "Plan"("condition", "status");

-- A plan under which anybody was ever enrolled explains their care: it is retired, never deleted.
CREATE TABLE "Enrollment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "planId" TEXT NOT NULL,
    "status" "EnrollmentStatus" NOT NULL DEFAULT 'invited',
    "startsOn" DATE NOT NULL DEFAULT CURRENT_DATE,
    "endsOn" DATE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Enrollment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Enrollment_endsOn_check" CHECK ("endsOn" IS NULL OR "endsOn" >= "startsOn")
);
CREATE INDEX "Enrollment_planId_idx" ON "Enrollment"("planId");
CREATE INDEX "Enrollment_patientId_status_idx" ON "Enrollment"("patientId", "status");
CREATE INDEX "Enrollment_providerId_status_idx" ON "Enrollment"("providerId", "status");

CREATE TABLE "CareGoal" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "enrollmentId" TEXT NOT NULL,
    "vitalType" "VitalType" NOT NULL,
    "description" TEXT NOT NULL,
    "targetMin" DECIMAL(8,2),
    "targetMax" DECIMAL(8,2),
    "dueOn" DATE,
    "achievedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CareGoal_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "CareGoal_targetMax_check" CHECK ("targetMin" IS NOT NULL OR "targetMax" IS NOT NULL),
    CONSTRAINT "CareGoal_targetRange_check" CHECK ("targetMax" >= "targetMin")
);
CREATE INDEX "CareGoal_enrollmentId_idx" ON "CareGoal"("enrollmentId");

CREATE TABLE "CareTask" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "enrollmentId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" "TaskStatus" NOT NULL DEFAULT 'pending',
    "dueAt" TIMESTAMP(3) NOT NULL,
    "completedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CareTask_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "CareTask_enrollmentId_dueAt_idx" ON "CareTask"("enrollmentId", "dueAt");
CREATE INDEX "CareTask_dueAt_idx" ON "CareTask"("dueAt") WHERE "status" = 'pending';

CREATE TABLE "MonitoringDevice" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "type" "DeviceType" NOT NULL,
    "status" "DeviceStatus" NOT NULL DEFAULT 'active',
    "manufacturer" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "serialNumber" TEXT NOT NULL,
    "firmwareVersion" TEXT,
    "lastSyncedAt" TIMESTAMP(3),
    "batteryPercent" SMALLINT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MonitoringDevice_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "MonitoringDevice_batteryPercent_check" CHECK ("batteryPercent" BETWEEN 0 AND 100)
);
CREATE UNIQUE INDEX "MonitoringDevice_manufacturer_serialNumber_key"
    ON "MonitoringDevice"("manufacturer", "serialNumber");
CREATE INDEX "MonitoringDevice_patientId_status_idx" ON "MonitoringDevice"("patientId", "status");

CREATE TABLE "DeviceSync" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "deviceId" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "finishedAt" TIMESTAMP(3),
    "readingCount" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DeviceSync_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "DeviceSync_readingCount_check" CHECK ("readingCount" >= 0)
);
CREATE INDEX "DeviceSync_deviceId_startedAt_idx" ON "DeviceSync"("deviceId", "startedAt");

-- A reading stays when its device is thrown away. Blood pressure is the one vital with two numbers.
CREATE TABLE "VitalReading" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "enrollmentId" TEXT,
    "deviceId" TEXT,
    "type" "VitalType" NOT NULL,
    "source" "VitalSource" NOT NULL DEFAULT 'manual',
    "value" DECIMAL(8,2) NOT NULL,
    "secondaryValue" DECIMAL(8,2),
    "unit" TEXT NOT NULL,
    "measuredAt" TIMESTAMP(3) NOT NULL,
    "externalId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VitalReading_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "VitalReading_value_check" CHECK ("value" >= 0),
    CONSTRAINT "VitalReading_secondaryValue_check" CHECK (("secondaryValue" IS NOT NULL) = ("type" = 'blood_pressure')),
    CONSTRAINT "VitalReading_unit_check" CHECK (
        "unit" = CASE "type"
            WHEN 'blood_pressure' THEN 'mmHg'
            WHEN 'heart_rate' THEN 'bpm'
            WHEN 'blood_glucose' THEN 'mg/dL'
            WHEN 'oxygen_saturation' THEN '%'
            WHEN 'weight' THEN 'kg'
            WHEN 'temperature' THEN 'Cel'
            WHEN 'respiratory_rate' THEN '/min'
            WHEN 'peak_flow' THEN 'L/min'
        END
    )
);
CREATE INDEX "VitalReading_enrollmentId_idx" ON "VitalReading"("enrollmentId");
CREATE INDEX "VitalReading_patientId_type_measuredAt_idx" ON "VitalReading"("patientId", "type", "measuredAt");
CREATE INDEX "VitalReading_deviceId_measuredAt_idx" ON "VitalReading"("deviceId", "measuredAt");
CREATE UNIQUE INDEX "VitalReading_deviceId_externalId_key" ON "VitalReading"("deviceId", "externalId")
    WHERE "externalId" IS NOT NULL;

CREATE TABLE "AlertThreshold" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "enrollmentId" TEXT NOT NULL,
    "vitalType" "VitalType" NOT NULL,
    "severity" "AlertSeverity" NOT NULL,
    "minValue" DECIMAL(8,2),
    "maxValue" DECIMAL(8,2),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AlertThreshold_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AlertThreshold_maxValue_check" CHECK ("minValue" IS NOT NULL OR "maxValue" IS NOT NULL),
    CONSTRAINT "AlertThreshold_range_check" CHECK ("maxValue" > "minValue")
);
CREATE UNIQUE INDEX "AlertThreshold_enrollmentId_vitalType_severity_key"
    ON "AlertThreshold"("enrollmentId", "vitalType", "severity");

CREATE TABLE "Alert" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "readingId" TEXT,
    "thresholdId" TEXT,
    "severity" "AlertSeverity" NOT NULL,
    "status" "AlertStatus" NOT NULL DEFAULT 'open',
    "message" TEXT NOT NULL,
    "acknowledgedBy" TEXT,
    "acknowledgedAt" TIMESTAMP(3),
    "resolvedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Alert_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Alert_acknowledgedAt_check" CHECK (("acknowledgedAt" IS NULL) = ("acknowledgedBy" IS NULL))
);
CREATE INDEX "Alert_thresholdId_idx" ON "Alert"("thresholdId");
CREATE INDEX "Alert_readingId_idx" ON "Alert"("readingId");
CREATE INDEX "Alert_patientId_status_idx" ON "Alert"("patientId", "status");
CREATE INDEX "Alert_severity_createdAt_idx" ON "Alert"("severity", "createdAt") WHERE "status" = 'open';

CREATE TABLE "EducationMaterial" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "condition" "ConditionKind" NOT NULL,
    "title" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EducationMaterial_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "EducationMaterial_url_locale_key" ON "EducationMaterial"("url", "locale");
CREATE INDEX "EducationMaterial_condition_idx" ON "EducationMaterial"("condition");

CREATE TABLE "EducationAssignment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "enrollmentId" TEXT NOT NULL,
    "materialId" TEXT NOT NULL,
    "openedAt" TIMESTAMP(3),
    "completedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EducationAssignment_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "EducationAssignment_materialId_idx" ON "EducationAssignment"("materialId");
CREATE UNIQUE INDEX "EducationAssignment_enrollmentId_materialId_key"
    ON "EducationAssignment"("enrollmentId", "materialId");

ALTER TABLE "Enrollment" ADD CONSTRAINT "Enrollment_planId_fkey" FOREIGN KEY ("planId")
    REFERENCES "Plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "CareGoal" ADD CONSTRAINT "CareGoal_enrollmentId_fkey" FOREIGN KEY ("enrollmentId")
    REFERENCES "Enrollment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CareTask" ADD CONSTRAINT "CareTask_enrollmentId_fkey" FOREIGN KEY ("enrollmentId")
    REFERENCES "Enrollment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "DeviceSync" ADD CONSTRAINT "DeviceSync_deviceId_fkey" FOREIGN KEY ("deviceId")
    REFERENCES "MonitoringDevice"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "VitalReading" ADD CONSTRAINT "VitalReading_enrollmentId_fkey" FOREIGN KEY ("enrollmentId")
    REFERENCES "Enrollment"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "VitalReading" ADD CONSTRAINT "VitalReading_deviceId_fkey" FOREIGN KEY ("deviceId")
    REFERENCES "MonitoringDevice"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "AlertThreshold" ADD CONSTRAINT "AlertThreshold_enrollmentId_fkey" FOREIGN KEY ("enrollmentId")
    REFERENCES "Enrollment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Alert" ADD CONSTRAINT "Alert_readingId_fkey" FOREIGN KEY ("readingId")
    REFERENCES "VitalReading"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Alert" ADD CONSTRAINT "Alert_thresholdId_fkey" FOREIGN KEY ("thresholdId")
    REFERENCES "AlertThreshold"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "EducationAssignment" ADD CONSTRAINT "EducationAssignment_enrollmentId_fkey" FOREIGN KEY ("enrollmentId")
    REFERENCES "Enrollment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EducationAssignment" ADD CONSTRAINT "EducationAssignment_materialId_fkey" FOREIGN KEY ("materialId")
    REFERENCES "EducationMaterial"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER "Plan_updatedAt" BEFORE UPDATE ON "Plan"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Enrollment_updatedAt" BEFORE UPDATE ON "Enrollment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "CareGoal_updatedAt" BEFORE UPDATE ON "CareGoal"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "CareTask_updatedAt" BEFORE UPDATE ON "CareTask"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "MonitoringDevice_updatedAt" BEFORE UPDATE ON "MonitoringDevice"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "DeviceSync_updatedAt" BEFORE UPDATE ON "DeviceSync"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "VitalReading_updatedAt" BEFORE UPDATE ON "VitalReading"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "AlertThreshold_updatedAt" BEFORE UPDATE ON "AlertThreshold"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Alert_updatedAt" BEFORE UPDATE ON "Alert"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "EducationMaterial_updatedAt" BEFORE UPDATE ON "EducationMaterial"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "EducationAssignment_updatedAt" BEFORE UPDATE ON "EducationAssignment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
