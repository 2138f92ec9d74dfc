-- Every deployed version reads the new column: the transition is over. The old values are kept for a month.
-- limosa: set-aside 30d
ALTER TABLE "Patient" DROP COLUMN "dateOfBirth";
