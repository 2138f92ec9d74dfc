ALTER TABLE virtual_meetings ADD COLUMN consent_at TIMESTAMPTZ, ADD COLUMN vitals JSONB;
