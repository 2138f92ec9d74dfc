-- limosa: online

-- limosa: forward "denpay-dev".practice_uuid_of(practice_code)
ALTER TABLE integrations.pms_connections ADD COLUMN practice_id uuid;
CREATE INDEX idx_pms_connections_practice ON integrations.pms_connections (practice_id);
ALTER TABLE integrations.pms_connections
    ADD CONSTRAINT pms_connections_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES "denpay-dev".practices (id);
