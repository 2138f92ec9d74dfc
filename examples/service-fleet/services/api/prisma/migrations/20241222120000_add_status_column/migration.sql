CREATE TYPE "PatientStatus" AS ENUM ('active', 'inactive', 'deceased', 'transferred');

-- Nullable at first: old application versions do not know the column, and filling it is a migration of its own.
-- "isActive" and "deceasedAt" stay until no deployed version reads them.
ALTER TABLE "Patient" ADD COLUMN "status" "PatientStatus";
