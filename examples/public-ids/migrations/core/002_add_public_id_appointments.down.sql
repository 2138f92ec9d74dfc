-- The ids stay until 001 is taken back: nothing tells which rows had none before.
SELECT 1;
