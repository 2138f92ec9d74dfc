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

CREATE TYPE "Modality" AS ENUM ('cr', 'ct', 'dx', 'mg', 'mr', 'nm', 'pt', 'us', 'xa', 'rf', 'ot');

CREATE TYPE "ImagingPriority" AS ENUM ('routine', 'urgent', 'stat');

CREATE TYPE "ImagingOrderStatus" AS ENUM ('requested', 'scheduled', 'in_progress', 'completed', 'cancelled');

CREATE TYPE "StudyStatus" AS ENUM ('registered', 'available', 'reading', 'reported', 'archived');

CREATE TYPE "ReportStatus" AS ENUM ('draft', 'preliminary', 'final', 'amended');

CREATE TYPE "TransferDirection" AS ENUM ('inbound', 'outbound');

CREATE TYPE "TransferStatus" AS ENUM ('queued', 'running', 'completed', 'failed');

CREATE TYPE "Laterality" AS ENUM ('left', 'right', 'bilateral', 'unspecified');

-- A DICOM archive. An application entity title has at most 16 characters, without a backslash.
CREATE TABLE "PacsServer" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "name" TEXT NOT NULL,
    "aeTitle" VARCHAR(16) NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL DEFAULT 104,
    "wadoUrl" TEXT,
    "isPrimary" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PacsServer_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "PacsServer_aeTitle_check" CHECK ("aeTitle" ~ '^[^\\]{1,16}$'),
    CONSTRAINT "PacsServer_port_check" CHECK ("port" BETWEEN 1 AND 65535)
);
CREATE UNIQUE INDEX "PacsServer_name_key" ON "PacsServer"("name");
CREATE UNIQUE INDEX "PacsServer_aeTitle_host_port_key" ON "PacsServer"("aeTitle", "host", "port");
CREATE UNIQUE INDEX "PacsServer_isPrimary_key" ON "PacsServer"("isPrimary") WHERE "isPrimary";

CREATE TABLE "Equipment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "name" TEXT NOT NULL,
    "modality" "Modality" NOT NULL,
    "aeTitle" VARCHAR(16) NOT NULL,
    "manufacturer" TEXT NOT NULL,
    "stationName" TEXT,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Equipment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Equipment_aeTitle_check" CHECK ("aeTitle" ~ '^[^\\]{1,16}$')
);
CREATE UNIQUE INDEX "Equipment_aeTitle_key" ON "Equipment"("aeTitle");
CREATE INDEX "Equipment_modality_idx" ON "Equipment"("modality");

CREATE TABLE "ImagingProtocol" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "modality" "Modality" NOT NULL,
    "bodyPart" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "contrastRequired" BOOLEAN NOT NULL DEFAULT false,
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ImagingProtocol_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ImagingProtocol_modality_bodyPart_name_key" ON "ImagingProtocol"("modality", "bodyPart", "name");

-- Patients and providers live in the api service's database: their ids are kept by value.
CREATE TABLE "ImagingOrder" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "accessionNumber" VARCHAR(16) NOT NULL,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "protocolId" TEXT,
    "modality" "Modality" NOT NULL,
    "bodyPart" TEXT NOT NULL,
    "laterality" "Laterality" NOT NULL DEFAULT 'unspecified',
    "priority" "ImagingPriority" NOT NULL DEFAULT 'routine',
    "status" "ImagingOrderStatus" NOT NULL DEFAULT 'requested',
    "indication" TEXT,
    "scheduledAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ImagingOrder_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ImagingOrder_protocolId_idx" ON "ImagingOrder"("protocolId");
CREATE UNIQUE INDEX "ImagingOrder_accessionNumber_key" ON "ImagingOrder"("accessionNumber");
CREATE INDEX "ImagingOrder_status_idx" ON "ImagingOrder"("status");
CREATE INDEX "ImagingOrder_patientId_scheduledAt_idx" ON "ImagingOrder"("patientId", "scheduledAt");
CREATE INDEX "ImagingOrder_providerId_status_idx" ON "ImagingOrder"("providerId", "status");

-- The three levels of DICOM: a study has series, a series has instances. A UID is dotted numbers without leading zeros,
-- at most 64 characters, unique in the whole world.
CREATE TABLE "Study" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "orderId" TEXT,
    "pacsServerId" TEXT NOT NULL,
    "patientId" TEXT NOT NULL,
    "studyInstanceUid" VARCHAR(64) NOT NULL,
    "studyId" VARCHAR(16),
    "description" TEXT,
    "status" "StudyStatus" NOT NULL DEFAULT 'registered',
    "modalities" "Modality"[] NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "institutionName" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Study_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Study_studyInstanceUid_check" CHECK ("studyInstanceUid" ~ '^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$'),
    CONSTRAINT "Study_modalities_check" CHECK (cardinality("modalities") > 0)
);
CREATE INDEX "Study_pacsServerId_idx" ON "Study"("pacsServerId");
CREATE INDEX "Study_orderId_idx" ON "Study"("orderId");
CREATE UNIQUE INDEX "Study_studyInstanceUid_key" ON "Study"("studyInstanceUid");
CREATE INDEX "Study_status_idx" ON "Study"("status");
CREATE INDEX "Study_patientId_startedAt_idx" ON "Study"("patientId", "startedAt");

CREATE TABLE "Series" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "studyId" TEXT NOT NULL,
    "equipmentId" TEXT,
    "seriesInstanceUid" VARCHAR(64) NOT NULL,
    "seriesNumber" INTEGER NOT NULL,
    "modality" "Modality" NOT NULL,
    "bodyPart" TEXT,
    "laterality" "Laterality" NOT NULL DEFAULT 'unspecified',
    "description" TEXT,
    "performedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Series_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Series_seriesInstanceUid_check" CHECK ("seriesInstanceUid" ~ '^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$')
);
CREATE INDEX "Series_equipmentId_idx" ON "Series"("equipmentId");
CREATE UNIQUE INDEX "Series_seriesInstanceUid_key" ON "Series"("seriesInstanceUid");
CREATE UNIQUE INDEX "Series_studyId_seriesNumber_key" ON "Series"("studyId", "seriesNumber");

CREATE TABLE "Instance" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "seriesId" TEXT NOT NULL,
    "sopInstanceUid" VARCHAR(64) NOT NULL,
    "sopClassUid" VARCHAR(64) NOT NULL,
    "transferSyntaxUid" VARCHAR(64) NOT NULL,
    "instanceNumber" INTEGER NOT NULL,
    "rows" INTEGER,
    "columns" INTEGER,
    "frameCount" INTEGER NOT NULL DEFAULT 1,
    "sizeBytes" BIGINT NOT NULL,
    "storageKey" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Instance_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Instance_sopInstanceUid_check" CHECK ("sopInstanceUid" ~ '^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$'),
    CONSTRAINT "Instance_sopClassUid_check" CHECK ("sopClassUid" ~ '^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$'),
    CONSTRAINT "Instance_transferSyntaxUid_check" CHECK ("transferSyntaxUid" ~ '^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$'),
    CONSTRAINT "Instance_frameCount_check" CHECK ("frameCount" > 0),
    CONSTRAINT "Instance_sizeBytes_check" CHECK ("sizeBytes" > 0),
    CONSTRAINT "Instance_dimensions_check" CHECK (("rows" IS NULL) = ("columns" IS NULL))
);
CREATE UNIQUE INDEX "Instance_sopInstanceUid_key" ON "Instance"("sopInstanceUid");
CREATE UNIQUE INDEX "Instance_storageKey_key" ON "Instance"("storageKey");
CREATE INDEX "Instance_seriesId_instanceNumber_idx" ON "Instance"("seriesId", "instanceNumber");
CREATE INDEX "Instance_sopClassUid_idx" ON "Instance"("sopClassUid");

CREATE TABLE "RadiologyReport" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "studyId" TEXT NOT NULL,
    "radiologistId" TEXT NOT NULL,
    "status" "ReportStatus" NOT NULL DEFAULT 'draft',
    "findings" TEXT NOT NULL,
    "impression" TEXT,
    "signedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RadiologyReport_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "RadiologyReport_signedAt_check" CHECK ("status" NOT IN ('final', 'amended') OR "signedAt" IS NOT NULL)
);
CREATE INDEX "RadiologyReport_studyId_status_idx" ON "RadiologyReport"("studyId", "status");
CREATE INDEX "RadiologyReport_radiologistId_status_idx" ON "RadiologyReport"("radiologistId", "status");
CREATE UNIQUE INDEX "RadiologyReport_studyId_key" ON "RadiologyReport"("studyId") WHERE "status" = 'final';

CREATE TABLE "ReportAddendum" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "reportId" TEXT NOT NULL,
    "authorId" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "signedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ReportAddendum_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ReportAddendum_authorId_idx" ON "ReportAddendum"("authorId");
CREATE INDEX "ReportAddendum_reportId_idx" ON "ReportAddendum"("reportId");

CREATE TABLE "CriticalFinding" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "reportId" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "notifiedProviderId" TEXT,
    "notifiedAt" TIMESTAMP(3),
    "acknowledgedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CriticalFinding_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "CriticalFinding_notifiedProviderId_idx" ON "CriticalFinding"("notifiedProviderId");
CREATE INDEX "CriticalFinding_reportId_idx" ON "CriticalFinding"("reportId");
CREATE INDEX "CriticalFinding_createdAt_idx" ON "CriticalFinding"("createdAt") WHERE "acknowledgedAt" IS NULL;

CREATE TABLE "Annotation" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "instanceId" TEXT NOT NULL,
    "authorId" TEXT NOT NULL,
    "frame" INTEGER NOT NULL DEFAULT 1,
    "geometry" JSONB NOT NULL,
    "label" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Annotation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Annotation_frame_check" CHECK ("frame" > 0)
);
CREATE INDEX "Annotation_authorId_idx" ON "Annotation"("authorId");
CREATE INDEX "Annotation_instanceId_idx" ON "Annotation"("instanceId");

CREATE TABLE "DicomTransfer" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "pacsServerId" TEXT NOT NULL,
    "studyId" TEXT,
    "direction" "TransferDirection" NOT NULL,
    "status" "TransferStatus" NOT NULL DEFAULT 'queued',
    "calledAeTitle" VARCHAR(16) NOT NULL,
    "callingAeTitle" VARCHAR(16) NOT NULL,
    "instanceCount" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "startedAt" TIMESTAMP(3),
    "finishedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DicomTransfer_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "DicomTransfer_instanceCount_check" CHECK ("instanceCount" >= 0)
);
CREATE INDEX "DicomTransfer_pacsServerId_status_idx" ON "DicomTransfer"("pacsServerId", "status");
CREATE INDEX "DicomTransfer_studyId_direction_idx" ON "DicomTransfer"("studyId", "direction");

CREATE TABLE "RadiationDose" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "studyId" TEXT NOT NULL,
    "seriesId" TEXT,
    "patientId" TEXT NOT NULL,
    "ctdiVolMGy" DECIMAL(10,4),
    "dlpMGyCm" DECIMAL(10,4),
    "dapGyCm2" DECIMAL(12,6),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RadiationDose_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "RadiationDose_ctdiVolMGy_check" CHECK ("ctdiVolMGy" >= 0),
    CONSTRAINT "RadiationDose_dlpMGyCm_check" CHECK ("dlpMGyCm" >= 0)
);
CREATE INDEX "RadiationDose_seriesId_idx" ON "RadiationDose"("seriesId");
CREATE INDEX "RadiationDose_studyId_idx" ON "RadiationDose"("studyId");
CREATE INDEX "RadiationDose_patientId_createdAt_idx" ON "RadiationDose"("patientId", "createdAt");

ALTER TABLE "ImagingOrder" ADD CONSTRAINT "ImagingOrder_protocolId_fkey" FOREIGN KEY ("protocolId")
    REFERENCES "ImagingProtocol"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Study" ADD CONSTRAINT "Study_orderId_fkey" FOREIGN KEY ("orderId")
    REFERENCES "ImagingOrder"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Study" ADD CONSTRAINT "Study_pacsServerId_fkey" FOREIGN KEY ("pacsServerId")
    REFERENCES "PacsServer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Series" ADD CONSTRAINT "Series_studyId_fkey" FOREIGN KEY ("studyId")
    REFERENCES "Study"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Series" ADD CONSTRAINT "Series_equipmentId_fkey" FOREIGN KEY ("equipmentId")
    REFERENCES "Equipment"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Instance" ADD CONSTRAINT "Instance_seriesId_fkey" FOREIGN KEY ("seriesId")
    REFERENCES "Series"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RadiologyReport" ADD CONSTRAINT "RadiologyReport_studyId_fkey" FOREIGN KEY ("studyId")
    REFERENCES "Study"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ReportAddendum" ADD CONSTRAINT "ReportAddendum_reportId_fkey" FOREIGN KEY ("reportId")
    REFERENCES "RadiologyReport"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CriticalFinding" ADD CONSTRAINT "CriticalFinding_reportId_fkey" FOREIGN KEY ("reportId")
    REFERENCES "RadiologyReport"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Annotation" ADD CONSTRAINT "Annotation_instanceId_fkey" FOREIGN KEY ("instanceId")
    REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "DicomTransfer" ADD CONSTRAINT "DicomTransfer_pacsServerId_fkey" FOREIGN KEY ("pacsServerId")
    REFERENCES "PacsServer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "DicomTransfer" ADD CONSTRAINT "DicomTransfer_studyId_fkey" FOREIGN KEY ("studyId")
    REFERENCES "Study"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "RadiationDose" ADD CONSTRAINT "RadiationDose_studyId_fkey" FOREIGN KEY ("studyId")
    REFERENCES "Study"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RadiationDose" ADD CONSTRAINT "RadiationDose_seriesId_fkey" FOREIGN KEY ("seriesId")
    REFERENCES "Series"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TRIGGER "PacsServer_updatedAt" BEFORE UPDATE ON "PacsServer"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Equipment_updatedAt" BEFORE UPDATE ON "Equipment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ImagingProtocol_updatedAt" BEFORE UPDATE ON "ImagingProtocol"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ImagingOrder_updatedAt" BEFORE UPDATE ON "ImagingOrder"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Study_updatedAt" BEFORE UPDATE ON "Study"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Series_updatedAt" BEFORE UPDATE ON "Series"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Instance_updatedAt" BEFORE UPDATE ON "Instance"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "RadiologyReport_updatedAt" BEFORE UPDATE ON "RadiologyReport"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ReportAddendum_updatedAt" BEFORE UPDATE ON "ReportAddendum"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "CriticalFinding_updatedAt" BEFORE UPDATE ON "CriticalFinding"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Annotation_updatedAt" BEFORE UPDATE ON "Annotation"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "DicomTransfer_updatedAt" BEFORE UPDATE ON "DicomTransfer"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "RadiationDose_updatedAt" BEFORE UPDATE ON "RadiationDose"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
