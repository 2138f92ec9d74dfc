-- A birthday has no time of day: read as a timestamp in another time zone, it became the day before. The old column
-- stays and the application reads both until every deployed version writes the new one; a later migration drops it.
ALTER TABLE "Patient" ADD COLUMN "dateOfBirthNew" DATE;
