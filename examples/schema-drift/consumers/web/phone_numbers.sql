-- name: ListPhoneNumbers
SELECT id, line_uri, status, carrier, location, usage_location, number_type, number_range, country_code, tags
FROM phone_number_inventory WHERE tenant_id = $1 AND status = $2 ORDER BY line_uri;

-- name: ReservePhoneNumber
UPDATE phone_number_inventory
SET status = 'reserved', reserved_by = $2, reserved_at = now(), reserved_until = $3, updated_at = now()
WHERE id = $1 AND status = 'available';

-- name: ReleasePhoneNumber
UPDATE phone_number_inventory SET status = 'aging', aging_started_at = now(), aging_until = $2 WHERE id = $1;
