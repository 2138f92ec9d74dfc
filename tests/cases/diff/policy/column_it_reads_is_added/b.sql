ALTER TABLE t ADD COLUMN tenant int;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (tenant = current_setting('app.tenant')::int);
