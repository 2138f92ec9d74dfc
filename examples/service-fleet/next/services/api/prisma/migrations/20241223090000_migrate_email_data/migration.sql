-- Each batch commits by itself, with its place on record: no row stays locked until the last one is done, and a run that is
-- cut off goes on where it was.
-- limosa: backfill batch-rows 1000
UPDATE "Patient" SET "email" = lower("email") WHERE "email" <> lower("email");
