CREATE TABLE entry (kind text, amount int, note text);
-- up
UPDATE entry SET amount = 0 WHERE amount > 1010;
DELETE FROM entry WHERE amount = 1005;
-- down
SELECT 1;
