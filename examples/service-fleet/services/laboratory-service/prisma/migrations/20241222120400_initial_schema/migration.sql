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

CREATE TYPE "OrderPriority" AS ENUM ('routine', 'urgent', 'stat');

CREATE TYPE "OrderStatus" AS ENUM ('draft', 'ordered', 'collected', 'in_progress', 'completed', 'cancelled');

CREATE TYPE "SpecimenType" AS ENUM ('blood', 'serum', 'plasma', 'urine', 'stool', 'swab', 'tissue', 'sputum', 'csf');

CREATE TYPE "SpecimenStatus" AS ENUM ('expected', 'collected', 'received', 'rejected', 'stored', 'discarded');

CREATE TYPE "ResultStatus" AS ENUM ('registered', 'preliminary', 'final', 'corrected', 'cancelled');

CREATE TYPE "ResultFlag" AS ENUM ('normal', 'low', 'high', 'critical_low', 'critical_high', 'abnormal');

CREATE TYPE "InstrumentStatus" AS ENUM ('online', 'offline', 'calibration', 'retired');

-- One measurable thing, named by its LOINC code.
CREATE TABLE "LabTest" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "loincCode" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "specimenType" "SpecimenType" NOT NULL,
    "unit" TEXT,
    "turnaroundHours" INTEGER NOT NULL DEFAULT 24,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LabTest_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "LabTest_loincCode_check" CHECK ("loincCode" ~ '^[0-9]{1,7}-[0-9]$'),
    CONSTRAINT "LabTest_turnaroundHours_check" CHECK ("turnaroundHours" > 0)
);
CREATE UNIQUE INDEX "LabTest_loincCode_key" ON "LabTest"("loincCode");
CREATE INDEX "LabTest_name_idx" ON "LabTest"("name");

CREATE TABLE "LabPanel" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "loincCode" TEXT,
    "name" TEXT NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LabPanel_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "LabPanel_loincCode_check" CHECK ("loincCode" ~ '^[0-9]{1,7}-[0-9]$')
);
CREATE UNIQUE INDEX "LabPanel_loincCode_key" ON "LabPanel"("loincCode");
CREATE UNIQUE INDEX "LabPanel_name_key" ON "LabPanel"("name");

CREATE TABLE "LabPanelTest" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "panelId" TEXT NOT NULL,
    "testId" TEXT NOT NULL,
    "position" SMALLINT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LabPanelTest_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "LabPanelTest_panelId_testId_key" ON "LabPanelTest"("panelId", "testId");
CREATE UNIQUE INDEX "LabPanelTest_panelId_position_key" ON "LabPanelTest"("panelId", "position");
CREATE INDEX "LabPanelTest_testId_idx" ON "LabPanelTest"("testId");

CREATE TABLE "ReferenceRange" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "testId" TEXT NOT NULL,
    "sex" TEXT,
    "minAgeYears" INTEGER NOT NULL DEFAULT 0,
    "maxAgeYears" INTEGER NOT NULL DEFAULT 150,
    "lowValue" DECIMAL(14,4),
    "highValue" DECIMAL(14,4),
    "criticalLow" DECIMAL(14,4),
    "criticalHigh" DECIMAL(14,4),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ReferenceRange_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ReferenceRange_sex_check" CHECK ("sex" IN ('female', 'male')),
    CONSTRAINT "ReferenceRange_maxAgeYears_check" CHECK ("maxAgeYears" >= "minAgeYears"),
    CONSTRAINT "ReferenceRange_highValue_check" CHECK ("highValue" >= "lowValue"),
    CONSTRAINT "ReferenceRange_criticalRange_check" CHECK (
        "criticalLow" <= "lowValue"
        AND "criticalHigh" >= "highValue"
    )
);
CREATE INDEX "ReferenceRange_testId_sex_minAgeYears_idx" ON "ReferenceRange"("testId", "sex", "minAgeYears");

-- The workflow runs order, specimen, result. Patient, provider and encounter live in the api service's database.
CREATE TABLE "LabOrder" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "orderNumber" TEXT NOT NULL,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "encounterId" TEXT,
    "priority" "OrderPriority" NOT NULL DEFAULT 'routine',
    "status" "OrderStatus" NOT NULL DEFAULT 'draft',
    "clinicalInfo" TEXT,
    "orderedAt" TIMESTAMP(3),
    "completedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LabOrder_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "LabOrder_completedAt_check" CHECK (("completedAt" IS NOT NULL) = ("status" = 'completed'))
);
CREATE INDEX "LabOrder_encounterId_idx" ON "LabOrder"("encounterId");
CREATE UNIQUE INDEX "LabOrder_orderNumber_key" ON "LabOrder"("orderNumber");
CREATE INDEX "LabOrder_status_idx" ON "LabOrder"("status");
CREATE INDEX "LabOrder_patientId_orderedAt_idx" ON "LabOrder"("patientId", "orderedAt");
CREATE INDEX "LabOrder_providerId_status_idx" ON "LabOrder"("providerId", "status");

CREATE TABLE "LabOrderItem" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "orderId" TEXT NOT NULL,
    "testId" TEXT NOT NULL,
    "panelId" TEXT,
    "status" "OrderStatus" NOT NULL DEFAULT 'draft',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LabOrderItem_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "LabOrderItem_panelId_idx" ON "LabOrderItem"("panelId");
CREATE INDEX "LabOrderItem_testId_idx" ON "LabOrderItem"("testId");
CREATE UNIQUE INDEX "LabOrderItem_orderId_testId_key" ON "LabOrderItem"("orderId", "testId");

CREATE TABLE "Specimen" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "orderId" TEXT NOT NULL,
    "accessionNumber" TEXT NOT NULL,
    "type" "SpecimenType" NOT NULL,
    "status" "SpecimenStatus" NOT NULL DEFAULT 'expected',
    "containerType" TEXT,
    "collectedById" TEXT,
    "collectedAt" TIMESTAMP(3),
    "receivedAt" TIMESTAMP(3),
    "rejectionReason" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Specimen_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Specimen_receivedAt_check" CHECK ("receivedAt" >= "collectedAt"),
    CONSTRAINT "Specimen_rejectionReason_check" CHECK (("rejectionReason" IS NOT NULL) = ("status" = 'rejected'))
);
CREATE INDEX "Specimen_orderId_idx" ON "Specimen"("orderId");
CREATE UNIQUE INDEX "Specimen_accessionNumber_key" ON "Specimen"("accessionNumber");
CREATE INDEX "Specimen_status_idx" ON "Specimen"("status");

-- Chain of custody: who had the tube, where and when.
CREATE TABLE "SpecimenEvent" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "specimenId" TEXT NOT NULL,
    "status" "SpecimenStatus" NOT NULL,
    "location" TEXT NOT NULL,
    "performedById" TEXT NOT NULL,
    "occurredAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SpecimenEvent_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "SpecimenEvent_specimenId_occurredAt_idx" ON "SpecimenEvent"("specimenId", "occurredAt");

CREATE TABLE "Instrument" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "name" TEXT NOT NULL,
    "manufacturer" TEXT NOT NULL,
    "serialNumber" TEXT NOT NULL,
    "status" "InstrumentStatus" NOT NULL DEFAULT 'offline',
    "lastCalibratedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Instrument_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Instrument_name_key" ON "Instrument"("name");
CREATE UNIQUE INDEX "Instrument_manufacturer_serialNumber_key" ON "Instrument"("manufacturer", "serialNumber");

CREATE TABLE "QualityControlRun" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "instrumentId" TEXT NOT NULL,
    "testId" TEXT NOT NULL,
    "level" SMALLINT NOT NULL,
    "expectedValue" DECIMAL(14,4) NOT NULL,
    "measuredValue" DECIMAL(14,4) NOT NULL,
    "passed" BOOLEAN NOT NULL,
    "runAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "QualityControlRun_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "QualityControlRun_level_check" CHECK ("level" BETWEEN 1 AND 3)
);
CREATE INDEX "QualityControlRun_testId_idx" ON "QualityControlRun"("testId");
CREATE INDEX "QualityControlRun_instrumentId_testId_runAt_idx"
    ON "QualityControlRun"("instrumentId", "testId", "runAt");

CREATE TABLE "LabResult" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "orderItemId" TEXT NOT NULL,
    "specimenId" TEXT NOT NULL,
    "instrumentId" TEXT,
    "patientId" TEXT NOT NULL,
    "status" "ResultStatus" NOT NULL DEFAULT 'registered',
    "numericValue" DECIMAL(14,4),
    "textValue" TEXT,
    "unit" TEXT,
    "flag" "ResultFlag",
    "referenceText" TEXT,
    "correctsId" TEXT,
    "performedAt" TIMESTAMP(3),
    "verifiedById" TEXT,
    "verifiedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LabResult_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "LabResult_verifiedAt_check" CHECK (
        "status" NOT IN ('final', 'corrected')
        OR ("verifiedAt" IS NOT NULL
        AND "verifiedById" IS NOT NULL)
    ),
    CONSTRAINT "LabResult_numericValue_check" CHECK (
        "status" = 'registered'
        OR "status" = 'cancelled'
        OR "numericValue" IS NOT NULL
        OR "textValue" IS NOT NULL
    ),
    CONSTRAINT "LabResult_correctsId_check" CHECK ("correctsId" <> "id")
);
CREATE INDEX "LabResult_correctsId_idx" ON "LabResult"("correctsId");
CREATE INDEX "LabResult_instrumentId_idx" ON "LabResult"("instrumentId");
CREATE INDEX "LabResult_specimenId_idx" ON "LabResult"("specimenId");
CREATE INDEX "LabResult_orderItemId_status_idx" ON "LabResult"("orderItemId", "status");
CREATE INDEX "LabResult_patientId_performedAt_idx" ON "LabResult"("patientId", "performedAt");
CREATE UNIQUE INDEX "LabResult_orderItemId_key" ON "LabResult"("orderItemId") WHERE "status" = 'final';

CREATE TABLE "ResultComment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "resultId" TEXT NOT NULL,
    "authorId" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ResultComment_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ResultComment_resultId_idx" ON "ResultComment"("resultId");

-- A critical value must reach a person, who reads it back.
CREATE TABLE "CriticalNotification" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "resultId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "notifiedAt" TIMESTAMP(3) NOT NULL,
    "readBackAt" TIMESTAMP(3),
    "method" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CriticalNotification_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "CriticalNotification_readBackAt_check" CHECK ("readBackAt" >= "notifiedAt"),
    CONSTRAINT "CriticalNotification_method_check" CHECK ("method" IN ('phone', 'page', 'in_person', 'secure_message'))
);
CREATE INDEX "CriticalNotification_providerId_idx" ON "CriticalNotification"("providerId");
CREATE INDEX "CriticalNotification_resultId_notifiedAt_idx" ON "CriticalNotification"("resultId", "notifiedAt");
CREATE INDEX "CriticalNotification_notifiedAt_idx" ON "CriticalNotification"("notifiedAt") WHERE "readBackAt" IS NULL;

CREATE TABLE "DiagnosticReport" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "orderId" TEXT NOT NULL,
    "reportNumber" TEXT NOT NULL,
    "status" "ResultStatus" NOT NULL DEFAULT 'preliminary',
    "conclusion" TEXT,
    "storageKey" TEXT,
    "issuedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DiagnosticReport_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "DiagnosticReport_reportNumber_key" ON "DiagnosticReport"("reportNumber");
CREATE INDEX "DiagnosticReport_orderId_status_idx" ON "DiagnosticReport"("orderId", "status");

ALTER TABLE "LabPanelTest" ADD CONSTRAINT "LabPanelTest_panelId_fkey" FOREIGN KEY ("panelId")
    REFERENCES "LabPanel"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "LabPanelTest" ADD CONSTRAINT "LabPanelTest_testId_fkey" FOREIGN KEY ("testId")
    REFERENCES "LabTest"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ReferenceRange" ADD CONSTRAINT "ReferenceRange_testId_fkey" FOREIGN KEY ("testId")
    REFERENCES "LabTest"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "LabOrderItem" ADD CONSTRAINT "LabOrderItem_orderId_fkey" FOREIGN KEY ("orderId")
    REFERENCES "LabOrder"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "LabOrderItem" ADD CONSTRAINT "LabOrderItem_testId_fkey" FOREIGN KEY ("testId")
    REFERENCES "LabTest"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "LabOrderItem" ADD CONSTRAINT "LabOrderItem_panelId_fkey" FOREIGN KEY ("panelId")
    REFERENCES "LabPanel"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Specimen" ADD CONSTRAINT "Specimen_orderId_fkey" FOREIGN KEY ("orderId")
    REFERENCES "LabOrder"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "SpecimenEvent" ADD CONSTRAINT "SpecimenEvent_specimenId_fkey" FOREIGN KEY ("specimenId")
    REFERENCES "Specimen"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "QualityControlRun" ADD CONSTRAINT "QualityControlRun_instrumentId_fkey" FOREIGN KEY ("instrumentId")
    REFERENCES "Instrument"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "QualityControlRun" ADD CONSTRAINT "QualityControlRun_testId_fkey" FOREIGN KEY ("testId")
    REFERENCES "LabTest"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "LabResult" ADD CONSTRAINT "LabResult_orderItemId_fkey" FOREIGN KEY ("orderItemId")
    REFERENCES "LabOrderItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "LabResult" ADD CONSTRAINT "LabResult_specimenId_fkey" FOREIGN KEY ("specimenId")
    REFERENCES "Specimen"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "LabResult" ADD CONSTRAINT "LabResult_instrumentId_fkey" FOREIGN KEY ("instrumentId")
    REFERENCES "Instrument"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "LabResult" ADD CONSTRAINT "LabResult_correctsId_fkey" FOREIGN KEY ("correctsId")
    REFERENCES "LabResult"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ResultComment" ADD CONSTRAINT "ResultComment_resultId_fkey" FOREIGN KEY ("resultId")
    REFERENCES "LabResult"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CriticalNotification" ADD CONSTRAINT "CriticalNotification_resultId_fkey" FOREIGN KEY ("resultId")
    REFERENCES "LabResult"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "DiagnosticReport" ADD CONSTRAINT "DiagnosticReport_orderId_fkey" FOREIGN KEY ("orderId")
    REFERENCES "LabOrder"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER "LabTest_updatedAt" BEFORE UPDATE ON "LabTest"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "LabPanel_updatedAt" BEFORE UPDATE ON "LabPanel"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "LabPanelTest_updatedAt" BEFORE UPDATE ON "LabPanelTest"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ReferenceRange_updatedAt" BEFORE UPDATE ON "ReferenceRange"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "LabOrder_updatedAt" BEFORE UPDATE ON "LabOrder"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "LabOrderItem_updatedAt" BEFORE UPDATE ON "LabOrderItem"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Specimen_updatedAt" BEFORE UPDATE ON "Specimen"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "SpecimenEvent_updatedAt" BEFORE UPDATE ON "SpecimenEvent"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Instrument_updatedAt" BEFORE UPDATE ON "Instrument"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "QualityControlRun_updatedAt" BEFORE UPDATE ON "QualityControlRun"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "LabResult_updatedAt" BEFORE UPDATE ON "LabResult"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ResultComment_updatedAt" BEFORE UPDATE ON "ResultComment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "CriticalNotification_updatedAt" BEFORE UPDATE ON "CriticalNotification"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "DiagnosticReport_updatedAt" BEFORE UPDATE ON "DiagnosticReport"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
