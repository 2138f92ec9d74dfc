CREATE COLLATION ruled (PROVIDER = icu, LOCALE = 'und', RULES = '&a < g');
