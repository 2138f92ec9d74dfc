-- The rows are in the chronic care service by now. The table is kept for a month, in case somebody missed something.
-- limosa: set-aside 30d
DROP TABLE "PatientVitals";
