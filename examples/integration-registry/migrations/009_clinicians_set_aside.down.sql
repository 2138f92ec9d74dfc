ALTER TABLE integrations.pms_connections ADD COLUMN clinician_id varchar(8), ADD COLUMN clinician_name varchar(255);
