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

CREATE TYPE "UserRole" AS ENUM ('patient', 'provider', 'nurse', 'front_desk', 'billing_staff', 'admin');

CREATE TYPE "Sex" AS ENUM ('female', 'male', 'intersex', 'unknown');

CREATE TYPE "ContactKind" AS ENUM ('phone', 'email', 'postal', 'portal');

CREATE TYPE "ProviderStatus" AS ENUM ('pending_credentialing', 'active', 'on_leave', 'inactive');

CREATE TYPE "AppointmentType" AS ENUM ('in_person', 'video', 'phone', 'home_visit');

CREATE TYPE "AppointmentStatus" AS ENUM (
    'scheduled',
    'confirmed',
    'checked_in',
    'in_progress',
    'completed',
    'cancelled',
    'no_show'
);

CREATE TYPE "EncounterClass" AS ENUM ('ambulatory', 'emergency', 'inpatient', 'virtual', 'home');

CREATE TYPE "EncounterStatus" AS ENUM ('planned', 'arrived', 'in_progress', 'on_hold', 'finished', 'cancelled');

CREATE TYPE "DiagnosisRole" AS ENUM ('admission', 'working', 'differential', 'final');

CREATE TYPE "AllergySeverity" AS ENUM ('mild', 'moderate', 'severe', 'life_threatening');

CREATE TYPE "ClinicalStatus" AS ENUM ('active', 'recurrence', 'remission', 'resolved', 'inactive');

CREATE TYPE "DocumentType" AS ENUM (
    'referral_letter',
    'discharge_summary',
    'consent_form',
    'lab_report',
    'imaging_report',
    'insurance_card',
    'other'
);

CREATE TYPE "DocumentStatus" AS ENUM ('uploading', 'available', 'quarantined', 'superseded');

CREATE TYPE "ConsentScope" AS ENUM ('treatment', 'data_sharing', 'research', 'marketing', 'telehealth_recording');

CREATE TYPE "ConsentStatus" AS ENUM ('granted', 'denied', 'withdrawn', 'expired');

CREATE TYPE "InvoiceStatus" AS ENUM ('draft', 'issued', 'partially_paid', 'paid', 'written_off', 'void');

CREATE TYPE "PaymentMethod" AS ENUM ('card', 'bank_transfer', 'cash', 'cheque', 'insurance');

CREATE TYPE "PaymentStatus" AS ENUM ('pending', 'authorized', 'captured', 'failed', 'refunded');

CREATE TYPE "CoverageRank" AS ENUM ('primary', 'secondary', 'tertiary');

CREATE TYPE "ClaimStatus" AS ENUM ('draft', 'submitted', 'accepted', 'rejected', 'denied', 'paid', 'appealed');

CREATE TYPE "NotificationChannel" AS ENUM ('email', 'sms', 'push', 'in_app');

CREATE TYPE "NotificationStatus" AS ENUM ('queued', 'sent', 'delivered', 'failed', 'suppressed');

CREATE TYPE "AuditAction" AS ENUM ('create', 'read', 'update', 'delete', 'export', 'login', 'break_glass');

CREATE TYPE "ReferralStatus" AS ENUM ('draft', 'sent', 'accepted', 'scheduled', 'completed', 'declined');

CREATE TYPE "TaskPriority" AS ENUM ('routine', 'urgent', 'asap', 'stat');

CREATE TYPE "TaskStatus" AS ENUM ('open', 'in_progress', 'done', 'cancelled');

-- A practice group or hospital: every other row belongs to one, directly or through its facility.
CREATE TABLE "Organization" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "nationalProviderId" VARCHAR(10),
    "taxId" TEXT,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Organization_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Organization_nationalProviderId_check" CHECK ("nationalProviderId" ~ '^[0-9]{10}$')
);
CREATE UNIQUE INDEX "Organization_slug_key" ON "Organization"("slug");
CREATE UNIQUE INDEX "Organization_nationalProviderId_key" ON "Organization"("nationalProviderId");

CREATE TABLE "Facility" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "organizationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "phone" TEXT,
    "addressLine1" TEXT NOT NULL,
    "addressLine2" TEXT,
    "city" TEXT NOT NULL,
    "region" TEXT,
    "postalCode" TEXT NOT NULL,
    "countryCode" VARCHAR(2) NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Facility_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Facility_countryCode_check" CHECK ("countryCode" ~ '^[A-Z]{2}$')
);
CREATE UNIQUE INDEX "Facility_organizationId_name_key" ON "Facility"("organizationId", "name");

CREATE TABLE "Department" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "facilityId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "specialtyCode" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Department_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Department_facilityId_name_key" ON "Department"("facilityId", "name");

CREATE TABLE "Room" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "departmentId" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "capacity" INTEGER NOT NULL DEFAULT 1,
    "isVirtual" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Room_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Room_capacity_check" CHECK ("capacity" > 0)
);
CREATE UNIQUE INDEX "Room_departmentId_label_key" ON "Room"("departmentId", "label");

-- Accounts of this platform. Passwords and sessions live with the auth service, in its own database.
CREATE TABLE "User" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "email" TEXT NOT NULL,
    "role" "UserRole" NOT NULL,
    "firstName" TEXT NOT NULL,
    "lastName" TEXT NOT NULL,
    "phone" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "lastSeenAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "User_email_check" CHECK (position('@' in "email") > 1)
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "User_role_idx" ON "User"("role");
CREATE INDEX "User_lastName_firstName_idx" ON "User"("lastName", "firstName");

CREATE TABLE "UserPreference" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "UserPreference_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "UserPreference_userId_key_key" ON "UserPreference"("userId", "key");

CREATE TABLE "Patient" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT,
    "organizationId" TEXT NOT NULL,
    "medicalRecordNumber" TEXT NOT NULL,
    "firstName" TEXT NOT NULL,
    "lastName" TEXT NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "dateOfBirth" TIMESTAMP(3) NOT NULL,
    "sex" "Sex" NOT NULL DEFAULT 'unknown',
    "preferredLanguage" TEXT NOT NULL DEFAULT 'en',
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "deceasedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Patient_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Patient_medicalRecordNumber_key" ON "Patient"("medicalRecordNumber");
CREATE UNIQUE INDEX "Patient_userId_key" ON "Patient"("userId");
CREATE INDEX "Patient_lastName_firstName_idx" ON "Patient"("lastName", "firstName");
CREATE INDEX "Patient_organizationId_lastName_idx" ON "Patient"("organizationId", "lastName");

CREATE TABLE "PatientContact" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "kind" "ContactKind" NOT NULL,
    "value" TEXT NOT NULL,
    "isPrimary" BOOLEAN NOT NULL DEFAULT false,
    "verifiedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PatientContact_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "PatientContact_patientId_idx" ON "PatientContact"("patientId");
CREATE UNIQUE INDEX "PatientContact_patientId_kind_key" ON "PatientContact"("patientId", "kind") WHERE "isPrimary";

CREATE TABLE "PatientAddress" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "line1" TEXT NOT NULL,
    "line2" TEXT,
    "city" TEXT NOT NULL,
    "region" TEXT,
    "postalCode" TEXT NOT NULL,
    "countryCode" VARCHAR(2) NOT NULL,
    "validFrom" DATE NOT NULL DEFAULT CURRENT_DATE,
    "validTo" DATE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PatientAddress_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "PatientAddress_validTo_check" CHECK ("validTo" IS NULL OR "validTo" >= "validFrom"),
    CONSTRAINT "PatientAddress_countryCode_check" CHECK ("countryCode" ~ '^[A-Z]{2}$')
);
CREATE INDEX "PatientAddress_patientId_idx" ON "PatientAddress"("patientId");

CREATE TABLE "EmergencyContact" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "fullName" TEXT NOT NULL,
    "relationship" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "priority" SMALLINT NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EmergencyContact_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "EmergencyContact_priority_check" CHECK ("priority" BETWEEN 1 AND 9)
);
CREATE UNIQUE INDEX "EmergencyContact_patientId_priority_key" ON "EmergencyContact"("patientId", "priority");

CREATE TABLE "Provider" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "nationalProviderId" VARCHAR(10) NOT NULL,
    "title" TEXT,
    "status" "ProviderStatus" NOT NULL DEFAULT 'pending_credentialing',
    "bio" TEXT,
    "acceptsNewPatients" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Provider_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Provider_nationalProviderId_check" CHECK ("nationalProviderId" ~ '^[0-9]{10}$')
);
CREATE UNIQUE INDEX "Provider_nationalProviderId_key" ON "Provider"("nationalProviderId");
CREATE UNIQUE INDEX "Provider_userId_key" ON "Provider"("userId");
CREATE INDEX "Provider_organizationId_status_idx" ON "Provider"("organizationId", "status");

CREATE TABLE "Specialty" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "parentId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Specialty_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Specialty_parentId_idx" ON "Specialty"("parentId");
CREATE UNIQUE INDEX "Specialty_code_key" ON "Specialty"("code");

CREATE TABLE "ProviderSpecialty" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "providerId" TEXT NOT NULL,
    "specialtyId" TEXT NOT NULL,
    "isPrimary" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProviderSpecialty_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ProviderSpecialty_providerId_specialtyId_key" ON "ProviderSpecialty"("providerId", "specialtyId");
CREATE INDEX "ProviderSpecialty_specialtyId_idx" ON "ProviderSpecialty"("specialtyId");
CREATE UNIQUE INDEX "ProviderSpecialty_providerId_key" ON "ProviderSpecialty"("providerId") WHERE "isPrimary";

CREATE TABLE "ProviderLicense" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "providerId" TEXT NOT NULL,
    "jurisdiction" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "issuedOn" DATE NOT NULL,
    "expiresOn" DATE NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProviderLicense_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ProviderLicense_expiresOn_check" CHECK ("expiresOn" > "issuedOn")
);
CREATE INDEX "ProviderLicense_providerId_idx" ON "ProviderLicense"("providerId");
CREATE UNIQUE INDEX "ProviderLicense_jurisdiction_number_key" ON "ProviderLicense"("jurisdiction", "number");
CREATE INDEX "ProviderLicense_expiresOn_idx" ON "ProviderLicense"("expiresOn");

CREATE TABLE "ProviderSchedule" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "providerId" TEXT NOT NULL,
    "facilityId" TEXT NOT NULL,
    "dayOfWeek" SMALLINT NOT NULL,
    "startsAt" TIME(0) NOT NULL,
    "endsAt" TIME(0) NOT NULL,
    "slotMinutes" INTEGER NOT NULL DEFAULT 20,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProviderSchedule_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ProviderSchedule_dayOfWeek_check" CHECK ("dayOfWeek" BETWEEN 0 AND 6),
    CONSTRAINT "ProviderSchedule_endsAt_check" CHECK ("endsAt" > "startsAt"),
    CONSTRAINT "ProviderSchedule_slotMinutes_check" CHECK ("slotMinutes" BETWEEN 5 AND 240)
);
CREATE INDEX "ProviderSchedule_facilityId_idx" ON "ProviderSchedule"("facilityId");
CREATE UNIQUE INDEX "ProviderSchedule_providerId_facilityId_dayOfWeek_startsAt_key"
    ON "ProviderSchedule"("providerId", "facilityId", "dayOfWeek", "startsAt");

CREATE TABLE "CareTeam" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CareTeam_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "CareTeam_patientId_isActive_idx" ON "CareTeam"("patientId", "isActive");

CREATE TABLE "CareTeamMember" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "careTeamId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "responsibility" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CareTeamMember_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "CareTeamMember_providerId_idx" ON "CareTeamMember"("providerId");
CREATE UNIQUE INDEX "CareTeamMember_careTeamId_providerId_key" ON "CareTeamMember"("careTeamId", "providerId");

CREATE TABLE "Appointment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "facilityId" TEXT,
    "roomId" TEXT,
    "type" "AppointmentType" NOT NULL,
    "status" "AppointmentStatus" NOT NULL DEFAULT 'scheduled',
    "scheduledAt" TIMESTAMP(3) NOT NULL,
    "durationMinutes" INTEGER NOT NULL DEFAULT 20,
    "reason" TEXT,
    "cancelledAt" TIMESTAMP(3),
    "cancellationReason" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Appointment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Appointment_durationMinutes_check" CHECK ("durationMinutes" BETWEEN 5 AND 480),
    CONSTRAINT "Appointment_cancelledAt_check" CHECK (("cancelledAt" IS NULL) = ("status" <> 'cancelled'))
);
CREATE INDEX "Appointment_roomId_idx" ON "Appointment"("roomId");
CREATE INDEX "Appointment_facilityId_idx" ON "Appointment"("facilityId");
CREATE INDEX "Appointment_status_idx" ON "Appointment"("status");
CREATE INDEX "Appointment_scheduledAt_idx" ON "Appointment"("scheduledAt");
CREATE INDEX "Appointment_patientId_scheduledAt_idx" ON "Appointment"("patientId", "scheduledAt");
CREATE INDEX "Appointment_providerId_status_idx" ON "Appointment"("providerId", "status");

CREATE TABLE "AppointmentReminder" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "appointmentId" TEXT NOT NULL,
    "channel" "NotificationChannel" NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "sentAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AppointmentReminder_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "AppointmentReminder_appointmentId_channel_dueAt_key"
    ON "AppointmentReminder"("appointmentId", "channel", "dueAt");
CREATE INDEX "AppointmentReminder_dueAt_idx" ON "AppointmentReminder"("dueAt") WHERE "sentAt" IS NULL;

CREATE TABLE "Encounter" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "appointmentId" TEXT,
    "facilityId" TEXT,
    "class" "EncounterClass" NOT NULL,
    "status" "EncounterStatus" NOT NULL DEFAULT 'planned',
    "startedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "chiefComplaint" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Encounter_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Encounter_endedAt_check" CHECK ("endedAt" IS NULL OR "endedAt" >= "startedAt")
);
CREATE INDEX "Encounter_facilityId_idx" ON "Encounter"("facilityId");
CREATE UNIQUE INDEX "Encounter_appointmentId_key" ON "Encounter"("appointmentId");
CREATE INDEX "Encounter_patientId_startedAt_idx" ON "Encounter"("patientId", "startedAt");
CREATE INDEX "Encounter_providerId_status_idx" ON "Encounter"("providerId", "status");

CREATE TABLE "EncounterNote" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "encounterId" TEXT NOT NULL,
    "authorId" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "signedAt" TIMESTAMP(3),
    "amendsId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EncounterNote_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "EncounterNote_amendsId_idx" ON "EncounterNote"("amendsId");
CREATE INDEX "EncounterNote_authorId_idx" ON "EncounterNote"("authorId");
CREATE INDEX "EncounterNote_encounterId_idx" ON "EncounterNote"("encounterId");

CREATE TABLE "Diagnosis" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "encounterId" TEXT NOT NULL,
    "icd10Code" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "role" "DiagnosisRole" NOT NULL DEFAULT 'working',
    "rank" SMALLINT NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Diagnosis_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Diagnosis_icd10Code_check" CHECK ("icd10Code" ~ '^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$')
);
CREATE UNIQUE INDEX "Diagnosis_encounterId_rank_key" ON "Diagnosis"("encounterId", "rank");
CREATE INDEX "Diagnosis_icd10Code_idx" ON "Diagnosis"("icd10Code");

CREATE TABLE "Procedure" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "encounterId" TEXT NOT NULL,
    "performedById" TEXT,
    "cptCode" VARCHAR(5) NOT NULL,
    "units" INTEGER NOT NULL DEFAULT 1,
    "performedAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Procedure_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Procedure_cptCode_check" CHECK ("cptCode" ~ '^[0-9]{4}[0-9A-Z]$'),
    CONSTRAINT "Procedure_units_check" CHECK ("units" > 0)
);
CREATE INDEX "Procedure_performedById_idx" ON "Procedure"("performedById");
CREATE INDEX "Procedure_encounterId_idx" ON "Procedure"("encounterId");
CREATE INDEX "Procedure_cptCode_idx" ON "Procedure"("cptCode");

CREATE TABLE "Allergy" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "substance" TEXT NOT NULL,
    "substanceCode" TEXT,
    "reaction" TEXT,
    "severity" "AllergySeverity" NOT NULL,
    "clinicalStatus" "ClinicalStatus" NOT NULL DEFAULT 'active',
    "recordedById" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Allergy_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Allergy_recordedById_idx" ON "Allergy"("recordedById");
CREATE UNIQUE INDEX "Allergy_patientId_substance_key" ON "Allergy"("patientId", "substance");

CREATE TABLE "Problem" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "icd10Code" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "clinicalStatus" "ClinicalStatus" NOT NULL DEFAULT 'active',
    "onsetOn" DATE,
    "resolvedOn" DATE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Problem_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Problem_resolvedOn_check" CHECK (
        "resolvedOn" IS NULL
        OR "onsetOn" IS NULL
        OR "resolvedOn" >= "onsetOn"
    )
);
CREATE INDEX "Problem_patientId_clinicalStatus_idx" ON "Problem"("patientId", "clinicalStatus");

CREATE TABLE "Immunization" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "cvxCode" TEXT NOT NULL,
    "lotNumber" TEXT,
    "administeredOn" DATE NOT NULL,
    "administeredById" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Immunization_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Immunization_cvxCode_check" CHECK ("cvxCode" ~ '^[0-9]{2,3}$')
);
CREATE INDEX "Immunization_administeredById_idx" ON "Immunization"("administeredById");
CREATE UNIQUE INDEX "Immunization_patientId_cvxCode_administeredOn_key"
    ON "Immunization"("patientId", "cvxCode", "administeredOn");

CREATE TABLE "Referral" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "fromProviderId" TEXT NOT NULL,
    "toProviderId" TEXT,
    "encounterId" TEXT,
    "specialtyId" TEXT,
    "status" "ReferralStatus" NOT NULL DEFAULT 'draft',
    "priority" "TaskPriority" NOT NULL DEFAULT 'routine',
    "reason" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Referral_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Referral_specialtyId_idx" ON "Referral"("specialtyId");
CREATE INDEX "Referral_encounterId_idx" ON "Referral"("encounterId");
CREATE INDEX "Referral_fromProviderId_idx" ON "Referral"("fromProviderId");
CREATE INDEX "Referral_patientId_idx" ON "Referral"("patientId");
CREATE INDEX "Referral_toProviderId_status_idx" ON "Referral"("toProviderId", "status");

-- The bytes live in object storage under storageKey; the digest is how a swapped object is noticed.
CREATE TABLE "Document" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "encounterId" TEXT,
    "uploadedById" TEXT,
    "type" "DocumentType" NOT NULL,
    "status" "DocumentStatus" NOT NULL DEFAULT 'uploading',
    "title" TEXT NOT NULL,
    "mimeType" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "storageKey" TEXT NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "supersedesId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Document_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Document_sizeBytes_check" CHECK ("sizeBytes" >= 0),
    CONSTRAINT "Document_sha256_check" CHECK ("sha256" ~ '^[0-9a-f]{64}$')
);
CREATE INDEX "Document_supersedesId_idx" ON "Document"("supersedesId");
CREATE INDEX "Document_uploadedById_idx" ON "Document"("uploadedById");
CREATE INDEX "Document_encounterId_idx" ON "Document"("encounterId");
CREATE UNIQUE INDEX "Document_storageKey_key" ON "Document"("storageKey");
CREATE INDEX "Document_patientId_type_idx" ON "Document"("patientId", "type");

CREATE TABLE "DocumentShare" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "documentId" TEXT NOT NULL,
    "sharedWithId" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "revokedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DocumentShare_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "DocumentShare_sharedWithId_idx" ON "DocumentShare"("sharedWithId");
CREATE UNIQUE INDEX "DocumentShare_documentId_sharedWithId_key" ON "DocumentShare"("documentId", "sharedWithId");

CREATE TABLE "Consent" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "scope" "ConsentScope" NOT NULL,
    "status" "ConsentStatus" NOT NULL,
    "documentId" TEXT,
    "grantedAt" TIMESTAMP(3),
    "withdrawnAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Consent_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Consent_withdrawnAt_check" CHECK ("withdrawnAt" IS NULL OR "status" = 'withdrawn')
);
CREATE INDEX "Consent_documentId_idx" ON "Consent"("documentId");
CREATE INDEX "Consent_patientId_scope_status_idx" ON "Consent"("patientId", "scope", "status");

CREATE TABLE "InsurancePayer" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "name" TEXT NOT NULL,
    "payerCode" TEXT NOT NULL,
    "claimsEndpoint" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "InsurancePayer_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "InsurancePayer_payerCode_key" ON "InsurancePayer"("payerCode");

CREATE TABLE "InsurancePlan" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "payerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "planCode" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "InsurancePlan_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "InsurancePlan_payerId_planCode_key" ON "InsurancePlan"("payerId", "planCode");

CREATE TABLE "Coverage" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "planId" TEXT NOT NULL,
    "memberNumber" TEXT NOT NULL,
    "groupNumber" TEXT,
    "rank" "CoverageRank" NOT NULL DEFAULT 'primary',
    "effectiveFrom" DATE NOT NULL,
    "effectiveTo" DATE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Coverage_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Coverage_effectiveTo_check" CHECK ("effectiveTo" IS NULL OR "effectiveTo" >= "effectiveFrom")
);
CREATE INDEX "Coverage_planId_idx" ON "Coverage"("planId");
CREATE UNIQUE INDEX "Coverage_patientId_planId_effectiveFrom_key" ON "Coverage"("patientId", "planId", "effectiveFrom");

CREATE TABLE "Invoice" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "encounterId" TEXT,
    "number" TEXT NOT NULL,
    "status" "InvoiceStatus" NOT NULL DEFAULT 'draft',
    "currency" VARCHAR(3) NOT NULL DEFAULT 'USD',
    "totalAmount" DECIMAL(12,2) NOT NULL DEFAULT 0,
    "paidAmount" DECIMAL(12,2) NOT NULL DEFAULT 0,
    "issuedAt" TIMESTAMP(3),
    "dueOn" DATE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Invoice_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Invoice_currency_check" CHECK ("currency" ~ '^[A-Z]{3}$'),
    CONSTRAINT "Invoice_paidAmount_check" CHECK ("paidAmount" BETWEEN 0 AND "totalAmount")
);
CREATE INDEX "Invoice_encounterId_idx" ON "Invoice"("encounterId");
CREATE UNIQUE INDEX "Invoice_number_key" ON "Invoice"("number");
CREATE INDEX "Invoice_status_idx" ON "Invoice"("status");
CREATE INDEX "Invoice_patientId_status_idx" ON "Invoice"("patientId", "status");

CREATE TABLE "InvoiceLine" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "invoiceId" TEXT NOT NULL,
    "procedureId" TEXT,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL DEFAULT 1,
    "unitAmount" DECIMAL(12,2) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "InvoiceLine_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "InvoiceLine_quantity_check" CHECK ("quantity" > 0)
);
CREATE INDEX "InvoiceLine_procedureId_idx" ON "InvoiceLine"("procedureId");
CREATE UNIQUE INDEX "InvoiceLine_invoiceId_position_key" ON "InvoiceLine"("invoiceId", "position");

CREATE TABLE "Payment" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "invoiceId" TEXT NOT NULL,
    "method" "PaymentMethod" NOT NULL,
    "status" "PaymentStatus" NOT NULL DEFAULT 'pending',
    "amount" DECIMAL(12,2) NOT NULL,
    "processorReference" TEXT,
    "capturedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Payment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Payment_amount_check" CHECK ("amount" > 0)
);
CREATE UNIQUE INDEX "Payment_processorReference_key" ON "Payment"("processorReference");
CREATE INDEX "Payment_invoiceId_status_idx" ON "Payment"("invoiceId", "status");

CREATE TABLE "Claim" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "invoiceId" TEXT NOT NULL,
    "coverageId" TEXT NOT NULL,
    "claimNumber" TEXT NOT NULL,
    "status" "ClaimStatus" NOT NULL DEFAULT 'draft',
    "billedAmount" DECIMAL(12,2) NOT NULL,
    "allowedAmount" DECIMAL(12,2),
    "denialCode" TEXT,
    "submittedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Claim_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Claim_billedAmount_check" CHECK ("billedAmount" >= 0)
);
CREATE INDEX "Claim_coverageId_idx" ON "Claim"("coverageId");
CREATE INDEX "Claim_invoiceId_idx" ON "Claim"("invoiceId");
CREATE UNIQUE INDEX "Claim_claimNumber_key" ON "Claim"("claimNumber");
CREATE INDEX "Claim_status_idx" ON "Claim"("status");

CREATE TABLE "ClaimEvent" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "claimId" TEXT NOT NULL,
    "status" "ClaimStatus" NOT NULL,
    "occurredAt" TIMESTAMP(3) NOT NULL,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ClaimEvent_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ClaimEvent_claimId_occurredAt_idx" ON "ClaimEvent"("claimId", "occurredAt");

CREATE TABLE "NotificationTemplate" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "key" TEXT NOT NULL,
    "channel" "NotificationChannel" NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "subject" TEXT,
    "body" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "NotificationTemplate_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "NotificationTemplate_version_check" CHECK ("version" > 0)
);
CREATE UNIQUE INDEX "NotificationTemplate_key_channel_locale_version_key"
    ON "NotificationTemplate"("key", "channel", "locale", "version");

CREATE TABLE "Notification" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "userId" TEXT NOT NULL,
    "templateId" TEXT,
    "channel" "NotificationChannel" NOT NULL,
    "status" "NotificationStatus" NOT NULL DEFAULT 'queued',
    "payload" JSONB NOT NULL DEFAULT '{}',
    "scheduledAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMP(3),
    "failureReason" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Notification_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Notification_templateId_idx" ON "Notification"("templateId");
CREATE INDEX "Notification_userId_status_idx" ON "Notification"("userId", "status");
CREATE INDEX "Notification_scheduledAt_idx" ON "Notification"("scheduledAt") WHERE "status" = 'queued';

CREATE TABLE "MessageThread" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "closedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MessageThread_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "MessageThread_patientId_idx" ON "MessageThread"("patientId");

CREATE TABLE "Message" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "threadId" TEXT NOT NULL,
    "senderId" TEXT,
    "body" TEXT NOT NULL,
    "readAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Message_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Message_senderId_idx" ON "Message"("senderId");
CREATE INDEX "Message_threadId_idx" ON "Message"("threadId");

CREATE TABLE "ClinicalTask" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "patientId" TEXT,
    "assigneeId" TEXT,
    "title" TEXT NOT NULL,
    "priority" "TaskPriority" NOT NULL DEFAULT 'routine',
    "status" "TaskStatus" NOT NULL DEFAULT 'open',
    "dueAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ClinicalTask_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ClinicalTask_patientId_idx" ON "ClinicalTask"("patientId");
CREATE INDEX "ClinicalTask_assigneeId_status_idx" ON "ClinicalTask"("assigneeId", "status");
CREATE INDEX "ClinicalTask_dueAt_idx" ON "ClinicalTask"("dueAt") WHERE "status" IN ('open', 'in_progress');

-- actorId is kept by value: an audit row outlives the account that caused it.
CREATE TABLE "AuditEvent" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "actorId" TEXT,
    "actorRole" "UserRole",
    "action" "AuditAction" NOT NULL,
    "entityType" TEXT NOT NULL,
    "entityId" TEXT NOT NULL,
    "patientId" TEXT,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "occurredAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "AuditEvent_entityType_entityId_idx" ON "AuditEvent"("entityType", "entityId");
CREATE INDEX "AuditEvent_actorId_occurredAt_idx" ON "AuditEvent"("actorId", "occurredAt");
CREATE INDEX "AuditEvent_patientId_occurredAt_idx" ON "AuditEvent"("patientId", "occurredAt");

CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "organizationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "keyHash" VARCHAR(64) NOT NULL,
    "scopes" TEXT[] NOT NULL DEFAULT '{}',
    "expiresAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),
    "revokedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ApiKey_organizationId_idx" ON "ApiKey"("organizationId");
CREATE UNIQUE INDEX "ApiKey_keyHash_key" ON "ApiKey"("keyHash");

CREATE TABLE "FeatureFlag" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "key" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT false,
    "rules" JSONB NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "FeatureFlag_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "FeatureFlag_key_key" ON "FeatureFlag"("key");

ALTER TABLE "Facility" ADD CONSTRAINT "Facility_organizationId_fkey" FOREIGN KEY ("organizationId")
    REFERENCES "Organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Department" ADD CONSTRAINT "Department_facilityId_fkey" FOREIGN KEY ("facilityId")
    REFERENCES "Facility"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Room" ADD CONSTRAINT "Room_departmentId_fkey" FOREIGN KEY ("departmentId")
    REFERENCES "Department"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "UserPreference" ADD CONSTRAINT "UserPreference_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Patient" ADD CONSTRAINT "Patient_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Patient" ADD CONSTRAINT "Patient_organizationId_fkey" FOREIGN KEY ("organizationId")
    REFERENCES "Organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "PatientContact" ADD CONSTRAINT "PatientContact_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PatientAddress" ADD CONSTRAINT "PatientAddress_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EmergencyContact" ADD CONSTRAINT "EmergencyContact_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Provider" ADD CONSTRAINT "Provider_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Provider" ADD CONSTRAINT "Provider_organizationId_fkey" FOREIGN KEY ("organizationId")
    REFERENCES "Organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Specialty" ADD CONSTRAINT "Specialty_parentId_fkey" FOREIGN KEY ("parentId")
    REFERENCES "Specialty"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ProviderSpecialty" ADD CONSTRAINT "ProviderSpecialty_providerId_fkey" FOREIGN KEY ("providerId")
    REFERENCES "Provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProviderSpecialty" ADD CONSTRAINT "ProviderSpecialty_specialtyId_fkey" FOREIGN KEY ("specialtyId")
    REFERENCES "Specialty"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ProviderLicense" ADD CONSTRAINT "ProviderLicense_providerId_fkey" FOREIGN KEY ("providerId")
    REFERENCES "Provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProviderSchedule" ADD CONSTRAINT "ProviderSchedule_providerId_fkey" FOREIGN KEY ("providerId")
    REFERENCES "Provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProviderSchedule" ADD CONSTRAINT "ProviderSchedule_facilityId_fkey" FOREIGN KEY ("facilityId")
    REFERENCES "Facility"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CareTeam" ADD CONSTRAINT "CareTeam_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CareTeamMember" ADD CONSTRAINT "CareTeamMember_careTeamId_fkey" FOREIGN KEY ("careTeamId")
    REFERENCES "CareTeam"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CareTeamMember" ADD CONSTRAINT "CareTeamMember_providerId_fkey" FOREIGN KEY ("providerId")
    REFERENCES "Provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Appointment" ADD CONSTRAINT "Appointment_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Appointment" ADD CONSTRAINT "Appointment_providerId_fkey" FOREIGN KEY ("providerId")
    REFERENCES "Provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Appointment" ADD CONSTRAINT "Appointment_facilityId_fkey" FOREIGN KEY ("facilityId")
    REFERENCES "Facility"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Appointment" ADD CONSTRAINT "Appointment_roomId_fkey" FOREIGN KEY ("roomId")
    REFERENCES "Room"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "AppointmentReminder" ADD CONSTRAINT "AppointmentReminder_appointmentId_fkey" FOREIGN KEY ("appointmentId")
    REFERENCES "Appointment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Encounter" ADD CONSTRAINT "Encounter_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Encounter" ADD CONSTRAINT "Encounter_providerId_fkey" FOREIGN KEY ("providerId")
    REFERENCES "Provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Encounter" ADD CONSTRAINT "Encounter_appointmentId_fkey" FOREIGN KEY ("appointmentId")
    REFERENCES "Appointment"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Encounter" ADD CONSTRAINT "Encounter_facilityId_fkey" FOREIGN KEY ("facilityId")
    REFERENCES "Facility"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "EncounterNote" ADD CONSTRAINT "EncounterNote_encounterId_fkey" FOREIGN KEY ("encounterId")
    REFERENCES "Encounter"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EncounterNote" ADD CONSTRAINT "EncounterNote_authorId_fkey" FOREIGN KEY ("authorId")
    REFERENCES "Provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "EncounterNote" ADD CONSTRAINT "EncounterNote_amendsId_fkey" FOREIGN KEY ("amendsId")
    REFERENCES "EncounterNote"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Diagnosis" ADD CONSTRAINT "Diagnosis_encounterId_fkey" FOREIGN KEY ("encounterId")
    REFERENCES "Encounter"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Procedure" ADD CONSTRAINT "Procedure_encounterId_fkey" FOREIGN KEY ("encounterId")
    REFERENCES "Encounter"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Procedure" ADD CONSTRAINT "Procedure_performedById_fkey" FOREIGN KEY ("performedById")
    REFERENCES "Provider"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Allergy" ADD CONSTRAINT "Allergy_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Allergy" ADD CONSTRAINT "Allergy_recordedById_fkey" FOREIGN KEY ("recordedById")
    REFERENCES "Provider"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Problem" ADD CONSTRAINT "Problem_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Immunization" ADD CONSTRAINT "Immunization_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Immunization" ADD CONSTRAINT "Immunization_administeredById_fkey" FOREIGN KEY ("administeredById")
    REFERENCES "Provider"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Referral" ADD CONSTRAINT "Referral_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Referral" ADD CONSTRAINT "Referral_fromProviderId_fkey" FOREIGN KEY ("fromProviderId")
    REFERENCES "Provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Referral" ADD CONSTRAINT "Referral_toProviderId_fkey" FOREIGN KEY ("toProviderId")
    REFERENCES "Provider"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Referral" ADD CONSTRAINT "Referral_encounterId_fkey" FOREIGN KEY ("encounterId")
    REFERENCES "Encounter"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Referral" ADD CONSTRAINT "Referral_specialtyId_fkey" FOREIGN KEY ("specialtyId")
    REFERENCES "Specialty"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Document" ADD CONSTRAINT "Document_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Document" ADD CONSTRAINT "Document_encounterId_fkey" FOREIGN KEY ("encounterId")
    REFERENCES "Encounter"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Document" ADD CONSTRAINT "Document_uploadedById_fkey" FOREIGN KEY ("uploadedById")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Document" ADD CONSTRAINT "Document_supersedesId_fkey" FOREIGN KEY ("supersedesId")
    REFERENCES "Document"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "DocumentShare" ADD CONSTRAINT "DocumentShare_documentId_fkey" FOREIGN KEY ("documentId")
    REFERENCES "Document"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "DocumentShare" ADD CONSTRAINT "DocumentShare_sharedWithId_fkey" FOREIGN KEY ("sharedWithId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Consent" ADD CONSTRAINT "Consent_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Consent" ADD CONSTRAINT "Consent_documentId_fkey" FOREIGN KEY ("documentId")
    REFERENCES "Document"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "InsurancePlan" ADD CONSTRAINT "InsurancePlan_payerId_fkey" FOREIGN KEY ("payerId")
    REFERENCES "InsurancePayer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Coverage" ADD CONSTRAINT "Coverage_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Coverage" ADD CONSTRAINT "Coverage_planId_fkey" FOREIGN KEY ("planId")
    REFERENCES "InsurancePlan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Invoice" ADD CONSTRAINT "Invoice_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Invoice" ADD CONSTRAINT "Invoice_encounterId_fkey" FOREIGN KEY ("encounterId")
    REFERENCES "Encounter"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "InvoiceLine" ADD CONSTRAINT "InvoiceLine_invoiceId_fkey" FOREIGN KEY ("invoiceId")
    REFERENCES "Invoice"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "InvoiceLine" ADD CONSTRAINT "InvoiceLine_procedureId_fkey" FOREIGN KEY ("procedureId")
    REFERENCES "Procedure"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Payment" ADD CONSTRAINT "Payment_invoiceId_fkey" FOREIGN KEY ("invoiceId")
    REFERENCES "Invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Claim" ADD CONSTRAINT "Claim_invoiceId_fkey" FOREIGN KEY ("invoiceId")
    REFERENCES "Invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Claim" ADD CONSTRAINT "Claim_coverageId_fkey" FOREIGN KEY ("coverageId")
    REFERENCES "Coverage"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ClaimEvent" ADD CONSTRAINT "ClaimEvent_claimId_fkey" FOREIGN KEY ("claimId")
    REFERENCES "Claim"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_templateId_fkey" FOREIGN KEY ("templateId")
    REFERENCES "NotificationTemplate"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "MessageThread" ADD CONSTRAINT "MessageThread_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Message" ADD CONSTRAINT "Message_threadId_fkey" FOREIGN KEY ("threadId")
    REFERENCES "MessageThread"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Message" ADD CONSTRAINT "Message_senderId_fkey" FOREIGN KEY ("senderId")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ClinicalTask" ADD CONSTRAINT "ClinicalTask_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ClinicalTask" ADD CONSTRAINT "ClinicalTask_assigneeId_fkey" FOREIGN KEY ("assigneeId")
    REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "AuditEvent" ADD CONSTRAINT "AuditEvent_patientId_fkey" FOREIGN KEY ("patientId")
    REFERENCES "Patient"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_organizationId_fkey" FOREIGN KEY ("organizationId")
    REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "Organization_updatedAt" BEFORE UPDATE ON "Organization"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Facility_updatedAt" BEFORE UPDATE ON "Facility"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Department_updatedAt" BEFORE UPDATE ON "Department"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Room_updatedAt" BEFORE UPDATE ON "Room"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "User_updatedAt" BEFORE UPDATE ON "User"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "UserPreference_updatedAt" BEFORE UPDATE ON "UserPreference"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Patient_updatedAt" BEFORE UPDATE ON "Patient"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "PatientContact_updatedAt" BEFORE UPDATE ON "PatientContact"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "PatientAddress_updatedAt" BEFORE UPDATE ON "PatientAddress"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "EmergencyContact_updatedAt" BEFORE UPDATE ON "EmergencyContact"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Provider_updatedAt" BEFORE UPDATE ON "Provider"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Specialty_updatedAt" BEFORE UPDATE ON "Specialty"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ProviderSpecialty_updatedAt" BEFORE UPDATE ON "ProviderSpecialty"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ProviderLicense_updatedAt" BEFORE UPDATE ON "ProviderLicense"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ProviderSchedule_updatedAt" BEFORE UPDATE ON "ProviderSchedule"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "CareTeam_updatedAt" BEFORE UPDATE ON "CareTeam"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "CareTeamMember_updatedAt" BEFORE UPDATE ON "CareTeamMember"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Appointment_updatedAt" BEFORE UPDATE ON "Appointment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "AppointmentReminder_updatedAt" BEFORE UPDATE ON "AppointmentReminder"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Encounter_updatedAt" BEFORE UPDATE ON "Encounter"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "EncounterNote_updatedAt" BEFORE UPDATE ON "EncounterNote"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Diagnosis_updatedAt" BEFORE UPDATE ON "Diagnosis"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Procedure_updatedAt" BEFORE UPDATE ON "Procedure"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Allergy_updatedAt" BEFORE UPDATE ON "Allergy"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Problem_updatedAt" BEFORE UPDATE ON "Problem"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Immunization_updatedAt" BEFORE UPDATE ON "Immunization"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Referral_updatedAt" BEFORE UPDATE ON "Referral"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Document_updatedAt" BEFORE UPDATE ON "Document"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "DocumentShare_updatedAt" BEFORE UPDATE ON "DocumentShare"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Consent_updatedAt" BEFORE UPDATE ON "Consent"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "InsurancePayer_updatedAt" BEFORE UPDATE ON "InsurancePayer"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "InsurancePlan_updatedAt" BEFORE UPDATE ON "InsurancePlan"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Coverage_updatedAt" BEFORE UPDATE ON "Coverage"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Invoice_updatedAt" BEFORE UPDATE ON "Invoice"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "InvoiceLine_updatedAt" BEFORE UPDATE ON "InvoiceLine"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Payment_updatedAt" BEFORE UPDATE ON "Payment"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Claim_updatedAt" BEFORE UPDATE ON "Claim"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ClaimEvent_updatedAt" BEFORE UPDATE ON "ClaimEvent"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "NotificationTemplate_updatedAt" BEFORE UPDATE ON "NotificationTemplate"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Notification_updatedAt" BEFORE UPDATE ON "Notification"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "MessageThread_updatedAt" BEFORE UPDATE ON "MessageThread"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "Message_updatedAt" BEFORE UPDATE ON "Message"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ClinicalTask_updatedAt" BEFORE UPDATE ON "ClinicalTask"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "AuditEvent_updatedAt" BEFORE UPDATE ON "AuditEvent"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "ApiKey_updatedAt" BEFORE UPDATE ON "ApiKey"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
CREATE TRIGGER "FeatureFlag_updatedAt" BEFORE UPDATE ON "FeatureFlag"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
