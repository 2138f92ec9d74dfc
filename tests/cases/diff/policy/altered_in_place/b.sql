CREATE POLICY p ON t TO diff_reader, diff_writer USING (a > 1 AND b = current_user) WITH CHECK (a > 5);
CREATE POLICY q ON t FOR UPDATE USING (a > 0 OR b IS NULL) WITH CHECK (a > 1);
COMMENT ON POLICY p ON t IS 'c';
