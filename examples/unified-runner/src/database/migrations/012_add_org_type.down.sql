ALTER TABLE organizations DROP COLUMN org_type;
