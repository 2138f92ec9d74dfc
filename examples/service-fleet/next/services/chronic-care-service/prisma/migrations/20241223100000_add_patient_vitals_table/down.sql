DROP TABLE "PatientVitals";
DROP TYPE "VitalsPosition";
