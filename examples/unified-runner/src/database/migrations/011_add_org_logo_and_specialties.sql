ALTER TABLE organizations ADD COLUMN logo_url TEXT, ADD COLUMN specialties TEXT[] NOT NULL DEFAULT '{}';
