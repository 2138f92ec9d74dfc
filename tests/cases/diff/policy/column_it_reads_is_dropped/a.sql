CREATE POLICY p ON t USING (b = 'x' AND a > 0);
