-- limosa: transaction maybe
-- limosa: transactoin off
-- limosa: lock-timeout 3
-- limosa: lock-timeout
-- limosa: ignore naming
-- limosa: down here
-- limosa:
-- limosa: frobnicate
-- limosa is a bird
SELECT 1;
