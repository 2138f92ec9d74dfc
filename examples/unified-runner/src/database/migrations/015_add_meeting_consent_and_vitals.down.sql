ALTER TABLE virtual_meetings DROP COLUMN consent_at, DROP COLUMN vitals;
