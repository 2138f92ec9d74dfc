-- limosa: online

-- `practice_id` means a uuid for as long as clients of the old version live, so the new id stands beside it under a
-- name of its own.
-- limosa: forward "denpay-dev".practice_code_of(practice_id)
ALTER TABLE integrations.pms_connections ADD COLUMN practice_code varchar(8);
-- limosa: forward "denpay-dev".practice_name_of(practice_id)
ALTER TABLE integrations.pms_connections ADD COLUMN practice_name varchar(255);
ALTER TABLE integrations.pms_connections ADD COLUMN xero_tenant_name varchar(255);

CREATE INDEX idx_pms_connections_practice_code ON integrations.pms_connections (practice_code);
ALTER TABLE integrations.pms_connections
    ADD CONSTRAINT pms_connections_practice_code_fkey
    FOREIGN KEY (practice_code) REFERENCES "denpay-dev".practices (practice_id);
