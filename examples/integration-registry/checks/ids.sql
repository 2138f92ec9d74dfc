-- Ids have eight letters and digits.
SELECT r.id, r.integration_id, r.practice_id FROM integrations.pms_connections r
WHERE r.integration_id !~ '^[0-9A-Za-z]{8}$' OR r.practice_id !~ '^[0-9A-Za-z]{8}$';

-- What stood for a connection before still leads to it, on both sides.
SELECT m.external_system_id, m.integration_id, r.integration_id FROM integrations.integration_ids m
JOIN integrations.pms_connections r ON r.external_system_id = m.external_system_id
WHERE r.integration_id <> m.integration_id;
SELECT m.external_system_id, m.integration_id, s.integration_id FROM integrations.integration_ids m
JOIN soe.soe_integrations s ON s.external_system_id = m.external_system_id
WHERE s.integration_id <> m.integration_id;
