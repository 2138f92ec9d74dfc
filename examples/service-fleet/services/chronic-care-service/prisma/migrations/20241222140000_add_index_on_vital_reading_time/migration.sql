-- Readings arrive in the order of time, so a BRIN index of a few pages serves the nightly reports. The table takes
-- writes from devices at all hours: no build may hold them up.
CREATE INDEX CONCURRENTLY "VitalReading_measuredAt_idx" ON "VitalReading" USING BRIN ("measuredAt");
