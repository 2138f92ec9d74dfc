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

CREATE TYPE "DosageForm" AS ENUM (
    'tablet',
    'capsule',
    'solution',
    'suspension',
    'injection',
    'cream',
    'inhaler',
    'patch',
    'drops'
);

CREATE TYPE "ControlledSubstanceSchedule" AS ENUM (
    'schedule_i',
    'schedule_ii',
    'schedule_iii',
    'schedule_iv',
    'schedule_v'
);

CREATE TYPE "PrescriptionStatus" AS ENUM ('draft', 'active', 'on_hold', 'completed', 'cancelled', 'expired');

CREATE TYPE "DispensingStatus" AS ENUM ('queued', 'verified', 'dispensed', 'returned', 'rejected');

CREATE TYPE "InteractionSeverity" AS ENUM ('minor', 'moderate', 'major', 'contraindicated');

CREATE TYPE "AuthorizationStatus" AS ENUM ('requested', 'approved', 'denied', 'expired');

CREATE TYPE "StockMovementType" AS ENUM ('receipt', 'dispense', 'return', 'adjustment', 'destruction');

-- ndcCode is the National Drug Code with its hyphens: without them the three segments cannot be told apart. A
-- medication without a schedule is not a controlled substance.
CREATE TABLE "Medication" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "ndcCode" TEXT NOT NULL,
    "rxNormCode" TEXT,
    "name" TEXT NOT NULL,
    "genericName" TEXT NOT NULL,
    "dosageForm" "DosageForm" NOT NULL,
    "strength" TEXT NOT NULL,
    "manufacturer" TEXT,
    "schedule" "ControlledSubstanceSchedule",
    "requiresPrescription" BOOLEAN NOT NULL DEFAULT true,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Medication_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Medication_ndcCode_check" CHECK (
        "ndcCode" ~
            '^([0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-[0-9]{3}-[0-9]{2}|[0-9]{5}-[0-9]{4}-[0-9]{1,2})$'
    ),
    CONSTRAINT "Medication_rxNormCode_check" CHECK ("rxNormCode" ~ '^[0-9]{1,8}$'),
    CONSTRAINT "Medication_schedule_check" CHECK ("schedule" IS NULL OR "requiresPrescription")
);
CREATE UNIQUE INDEX "Medication_ndcCode_key" ON "Medication"("ndcCode");
CREATE INDEX "Medication_genericName_idx" ON "Medication"("genericName");
CREATE INDEX "Medication_schedule_idx" ON "Medication"("schedule") WHERE "schedule" IS NOT NULL;

-- A pair is stored once, with the smaller id first.
CREATE TABLE "MedicationInteraction" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "medicationId" TEXT NOT NULL,
    "interactsWithId" TEXT NOT NULL,
    "severity" "InteractionSeverity" NOT NULL,
    "description" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MedicationInteraction_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "MedicationInteraction_interactsWithId_check" CHECK ("medicationId" < "interactsWithId")
);
CREATE INDEX "MedicationInteraction_interactsWithId_idx" ON "MedicationInteraction"("interactsWithId");
CREATE UNIQUE INDEX "MedicationInteraction_medicationId_interactsWithId_key"
    ON "MedicationInteraction"("medicationId", "interactsWithId");

CREATE TABLE "Pharmacy" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "name" TEXT NOT NULL,
    "ncpdpId" VARCHAR(7) NOT NULL,
    "deaNumber" VARCHAR(9),
    "phone" TEXT NOT NULL,
    "addressLine1" TEXT NOT NULL,
    "city" TEXT NOT NULL,
    "postalCode" TEXT NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Pharmacy_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Pharmacy_ncpdpId_check" CHECK ("ncpdpId" ~ '^[0-9]{7}$'),
    CONSTRAINT "Pharmacy_deaNumber_check" CHECK ("deaNumber" ~ '^[A-Z][A-Z9][0-9]{7}$')
);
CREATE UNIQUE INDEX "Pharmacy_ncpdpId_key" ON "Pharmacy"("ncpdpId");
CREATE UNIQUE INDEX "Pharmacy_deaNumber_key" ON "Pharmacy"("deaNumber");

CREATE TABLE "Pharmacist" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "pharmacyId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "licenseNumber" TEXT NOT NULL,
    "fullName" TEXT NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Pharmacist_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Pharmacist_userId_key" ON "Pharmacist"("userId");
CREATE UNIQUE INDEX "Pharmacist_pharmacyId_licenseNumber_key" ON "Pharmacist"("pharmacyId", "licenseNumber");

-- Patient, provider and encounter live in the api service's database: their ids are kept by value.
CREATE TABLE "Prescription" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "encounterId" TEXT,
    "pharmacyId" TEXT,
    "status" "PrescriptionStatus" NOT NULL DEFAULT 'draft',
    "writtenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresOn" DATE,
    "notes" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Prescription_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Prescription_pharmacyId_idx" ON "Prescription"("pharmacyId");
CREATE INDEX "Prescription_encounterId_idx" ON "Prescription"("encounterId");
CREATE INDEX "Prescription_status_idx" ON "Prescription"("status");
CREATE INDEX "Prescription_patientId_status_idx" ON "Prescription"("patientId", "status");
CREATE INDEX "Prescription_providerId_writtenAt_idx" ON "Prescription"("providerId", "writtenAt");

CREATE TABLE "PrescriptionItem" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "prescriptionId" TEXT NOT NULL,
    "medicationId" TEXT NOT NULL,
    "position" SMALLINT NOT NULL,
    "sig" TEXT NOT NULL,
    "quantity" DECIMAL(10,3) NOT NULL,
    "daysSupply" INTEGER NOT NULL,
    "refillsAllowed" INTEGER NOT NULL DEFAULT 0,
    "refillsUsed" INTEGER NOT NULL DEFAULT 0,
    "substitutionAllowed" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PrescriptionItem_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "PrescriptionItem_quantity_check" CHECK ("quantity" > 0),
    CONSTRAINT "PrescriptionItem_daysSupply_check" CHECK ("daysSupply" BETWEEN 1 AND 365),
    CONSTRAINT "PrescriptionItem_refillsUsed_check" CHECK ("refillsUsed" BETWEEN 0 AND "refillsAllowed")
);
CREATE INDEX "PrescriptionItem_medicationId_idx" ON "PrescriptionItem"("medicationId");
CREATE UNIQUE INDEX "PrescriptionItem_prescriptionId_position_key" ON "PrescriptionItem"("prescriptionId", "position");

CREATE TABLE "InventoryLot" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "pharmacyId" TEXT NOT NULL,
    "medicationId" TEXT NOT NULL,
    "lotNumber" TEXT NOT NULL,
    "expiresOn" DATE NOT NULL,
    "quantityOnHand" DECIMAL(12,3) NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "InventoryLot_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "InventoryLot_quantityOnHand_check" CHECK ("quantityOnHand" >= 0)
);
CREATE INDEX "InventoryLot_medicationId_idx" ON "InventoryLot"("medicationId");
CREATE UNIQUE INDEX "InventoryLot_pharmacyId_medicationId_lotNumber_key"
    ON "InventoryLot"("pharmacyId", "medicationId", "lotNumber");
CREATE INDEX "InventoryLot_expiresOn_idx" ON "InventoryLot"("expiresOn");

CREATE TABLE "Dispensing" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "prescriptionItemId" TEXT NOT NULL,
    "pharmacyId" TEXT NOT NULL,
    "pharmacistId" TEXT,
    "lotId" TEXT,
    "status" "DispensingStatus" NOT NULL DEFAULT 'queued',
    "fillNumber" INTEGER NOT NULL DEFAULT 0,
    "quantity" DECIMAL(10,3) NOT NULL,
    "verifiedAt" TIMESTAMP(3),
    "dispensedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Dispensing_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Dispensing_quantity_check" CHECK ("quantity" > 0),
    CONSTRAINT "Dispensing_fillNumber_check" CHECK ("fillNumber" >= 0),
    CONSTRAINT "Dispensing_dispensedAt_check" CHECK (
        "status" <> 'dispensed'
        OR ("dispensedAt" IS NOT NULL
        AND "verifiedAt" IS NOT NULL)
    )
);
CREATE INDEX "Dispensing_lotId_idx" ON "Dispensing"("lotId");
CREATE INDEX "Dispensing_pharmacistId_idx" ON "Dispensing"("pharmacistId");
CREATE UNIQUE INDEX "Dispensing_prescriptionItemId_fillNumber_key" ON "Dispensing"("prescriptionItemId", "fillNumber");
CREATE INDEX "Dispensing_pharmacyId_status_idx" ON "Dispensing"("pharmacyId", "status");

CREATE TABLE "StockMovement" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "lotId" TEXT NOT NULL,
    "dispensingId" TEXT,
    "type" "StockMovementType" NOT NULL,
    "quantity" DECIMAL(12,3) NOT NULL,
    "occurredAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StockMovement_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "StockMovement_quantity_check" CHECK ("quantity" <> 0)
);
CREATE INDEX "StockMovement_dispensingId_idx" ON "StockMovement"("dispensingId");
CREATE INDEX "StockMovement_lotId_occurredAt_idx" ON "StockMovement"("lotId", "occurredAt");

-- The perpetual record of controlled substances: every change of stock has a witness, who is somebody else.
CREATE TABLE "ControlledSubstanceLog" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "medicationId" TEXT NOT NULL,
    "movementId" TEXT NOT NULL,
    "schedule" "ControlledSubstanceSchedule" NOT NULL,
    "performedById" TEXT NOT NULL,
    "witnessedById" TEXT,
    "balanceAfter" DECIMAL(12,3) NOT NULL,
    "loggedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ControlledSubstanceLog_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ControlledSubstanceLog_balanceAfter_check" CHECK ("balanceAfter" >= 0),
    CONSTRAINT "ControlledSubstanceLog_witnessedById_check" CHECK ("witnessedById" <> "performedById"),
    CONSTRAINT "ControlledSubstanceLog_witness_check" CHECK (
        "schedule" <> 'schedule_ii'
        OR "witnessedById" IS NOT NULL
    )
);
CREATE UNIQUE INDEX "ControlledSubstanceLog_movementId_key" ON "ControlledSubstanceLog"("movementId");
CREATE INDEX "ControlledSubstanceLog_medicationId_loggedAt_idx" ON "ControlledSubstanceLog"("medicationId", "loggedAt");

CREATE TABLE "PriorAuthorization" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "prescriptionItemId" TEXT NOT NULL,
    "status" "AuthorizationStatus" NOT NULL DEFAULT 'requested',
    "payerReference" TEXT,
    "requestedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedAt" TIMESTAMP(3),
    "expiresOn" DATE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PriorAuthorization_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "PriorAuthorization_decidedAt_check" CHECK (("decidedAt" IS NULL) = ("status" = 'requested'))
);
CREATE UNIQUE INDEX "PriorAuthorization_payerReference_key" ON "PriorAuthorization"("payerReference");
CREATE INDEX "PriorAuthorization_prescriptionItemId_status_idx" ON "PriorAuthorization"("prescriptionItemId", "status");

CREATE TABLE "AllergyCheck" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "prescriptionItemId" TEXT NOT NULL,
    "patientId" TEXT NOT NULL,
    "foundConflict" BOOLEAN NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "checkedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "overriddenById" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AllergyCheck_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "AllergyCheck_patientId_idx" ON "AllergyCheck"("patientId");
CREATE INDEX "AllergyCheck_prescriptionItemId_checkedAt_idx" ON "AllergyCheck"("prescriptionItemId", "checkedAt");

ALTER TABLE "MedicationInteraction" ADD CONSTRAINT "MedicationInteraction_medicationId_fkey"
    FOREIGN KEY ("medicationId") REFERENCES "Medication"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MedicationInteraction" ADD CONSTRAINT "MedicationInteraction_interactsWithId_fkey"
    FOREIGN KEY ("interactsWithId") REFERENCES "Medication"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Pharmacist" ADD CONSTRAINT "Pharmacist_pharmacyId_fkey" FOREIGN KEY ("pharmacyId")
    REFERENCES "Pharmacy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Prescription" ADD CONSTRAINT "Prescription_pharmacyId_fkey" FOREIGN KEY ("pharmacyId")
    REFERENCES "Pharmacy"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "PrescriptionItem" ADD CONSTRAINT "PrescriptionItem_prescriptionId_fkey" FOREIGN KEY ("prescriptionId")
    REFERENCES "Prescription"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PrescriptionItem" ADD CONSTRAINT "PrescriptionItem_medicationId_fkey" FOREIGN KEY ("medicationId")
    REFERENCES "Medication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "InventoryLot" ADD CONSTRAINT "InventoryLot_pharmacyId_fkey" FOREIGN KEY ("pharmacyId")
    REFERENCES "Pharmacy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "InventoryLot" ADD CONSTRAINT "InventoryLot_medicationId_fkey" FOREIGN KEY ("medicationId")
    REFERENCES "Medication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Dispensing" ADD CONSTRAINT "Dispensing_prescriptionItemId_fkey" FOREIGN KEY ("prescriptionItemId")
    REFERENCES "PrescriptionItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Dispensing" ADD CONSTRAINT "Dispensing_pharmacyId_fkey" FOREIGN KEY ("pharmacyId")
    REFERENCES "Pharmacy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Dispensing" ADD CONSTRAINT "Dispensing_pharmacistId_fkey" FOREIGN KEY ("pharmacistId")
    REFERENCES "Pharmacist"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Dispensing" ADD CONSTRAINT "Dispensing_lotId_fkey" FOREIGN KEY ("lotId")
    REFERENCES "InventoryLot"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "StockMovement" ADD CONSTRAINT "StockMovement_lotId_fkey" FOREIGN KEY ("lotId")
    REFERENCES "InventoryLot"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "StockMovement" ADD CONSTRAINT "StockMovement_dispensingId_fkey" FOREIGN KEY ("dispensingId")
    REFERENCES "Dispensing"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ControlledSubstanceLog" ADD CONSTRAINT "ControlledSubstanceLog_medicationId_fkey"
    FOREIGN KEY ("medicationId") REFERENCES "Medication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ControlledSubstanceLog" ADD CONSTRAINT "ControlledSubstanceLog_movementId_fkey" FOREIGN KEY ("movementId")
    REFERENCES "StockMovement"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "PriorAuthorization" ADD CONSTRAINT "PriorAuthorization_prescriptionItemId_fkey"
    FOREIGN KEY ("prescriptionItemId") REFERENCES "PrescriptionItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AllergyCheck" ADD CONSTRAINT "AllergyCheck_prescriptionItemId_fkey" FOREIGN KEY ("prescriptionItemId")
    REFERENCES "PrescriptionItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "Medication_updatedAt" BEFORE UPDATE ON "Medication"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "MedicationInteraction_updatedAt" BEFORE UPDATE ON "MedicationInteraction"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Pharmacy_updatedAt" BEFORE UPDATE ON "Pharmacy"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Pharmacist_updatedAt" BEFORE UPDATE ON "Pharmacist"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Prescription_updatedAt" BEFORE UPDATE ON "Prescription"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "PrescriptionItem_updatedAt" BEFORE UPDATE ON "PrescriptionItem"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "InventoryLot_updatedAt" BEFORE UPDATE ON "InventoryLot"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Dispensing_updatedAt" BEFORE UPDATE ON "Dispensing"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "StockMovement_updatedAt" BEFORE UPDATE ON "StockMovement"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ControlledSubstanceLog_updatedAt" BEFORE UPDATE ON "ControlledSubstanceLog"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "PriorAuthorization_updatedAt" BEFORE UPDATE ON "PriorAuthorization"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "AllergyCheck_updatedAt" BEFORE UPDATE ON "AllergyCheck"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
