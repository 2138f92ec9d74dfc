-- A number that is reserved for nobody is reserved for ever.
SELECT id, line_uri FROM phone_number_inventory WHERE status = 'reserved' AND reserved_by IS NULL AND reserved_at IS NOT NULL;
