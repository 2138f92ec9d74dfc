CREATE TABLE member (who text, t int, boss boolean);
CREATE FUNCTION me(x int DEFAULT 0) RETURNS text LANGUAGE sql STABLE AS 'SELECT current_user';
CREATE POLICY p ON t USING (EXISTS (SELECT FROM member m WHERE m.t = id AND m.boss AND m.who = me()));
