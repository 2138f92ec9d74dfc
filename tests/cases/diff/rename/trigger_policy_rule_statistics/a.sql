-- accept-rename: trigger:t.touch=t.stamp
-- accept-rename: policy:t.own=t.mine
-- accept-rename: rule:t.skip=t.leave
-- accept-rename: statistics:s=st
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE t (a int, b int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY own ON t USING (a > 1);
CREATE RULE skip AS ON DELETE TO t DO INSTEAD NOTHING;
CREATE STATISTICS s ON a, b FROM t;
