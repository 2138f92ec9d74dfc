-- not-twice: the trigger then refuses whatever comes
CREATE TABLE before (a int, b int);
CREATE TABLE after (a int);
CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN IF tg_tag LIKE ''%TABLE'' THEN RAISE EXCEPTION ''no''; END IF; END';
CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION no();
