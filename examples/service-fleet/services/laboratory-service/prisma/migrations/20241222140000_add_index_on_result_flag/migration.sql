-- The critical results board polls this every few seconds.
CREATE INDEX "LabResult_verifiedAt_idx" ON "LabResult"("verifiedAt") WHERE "flag" IN ('critical_low', 'critical_high');
