ALTER TABLE organizations DROP COLUMN logo_url, DROP COLUMN specialties;
