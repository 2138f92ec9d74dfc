CREATE TABLE member (who name, t int);
CREATE FUNCTION me() RETURNS name LANGUAGE sql STABLE AS 'SELECT current_user';
CREATE POLICY p ON t USING (EXISTS (SELECT FROM member m WHERE m.t = id AND m.who = me()));
