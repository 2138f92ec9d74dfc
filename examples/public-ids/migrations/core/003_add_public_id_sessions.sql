-- LEGACY, do not copy: 001 has replaced this file. It stays, since databases have it on record.
--
-- Sessions were the first to be seen outside, when ids were still CUIDs of the first kind. Those which exist get
-- one of that kind, so that clients which sort by it go on working; new rows get CUID2 by the default of 001.
--
-- The way back leaves the ids where they are: nothing would tell which rows had none.
-- limosa: allow deletes-data

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS public_id text;

-- limosa: backfill generate public_id=cuid:ses_
UPDATE sessions SET public_id = DEFAULT WHERE public_id IS NULL;

-- limosa: verify
SELECT id FROM sessions WHERE public_id IS NULL;
