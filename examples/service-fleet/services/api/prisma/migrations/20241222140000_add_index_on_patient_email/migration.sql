-- Reception searches by these all day, and "Patient" is too busy to hold its writers up while an index is built.
CREATE INDEX CONCURRENTLY "Patient_email_idx" ON "Patient"("email");
CREATE INDEX CONCURRENTLY "Patient_phone_idx" ON "Patient"("phone") WHERE "phone" IS NOT NULL;
