ALTER TABLE organizations ADD COLUMN org_type TEXT NOT NULL DEFAULT 'clinic';
