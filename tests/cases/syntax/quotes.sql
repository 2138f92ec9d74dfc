SELECT 'a;b', 'it''s;', E'c\';d', U&'\0041;', N'n;', B'01', X'1F', "i;""j", U&"x;y";
SELECT $$ ; 'open $$, $tag$ ; $$ ; $tag$, $1, a$b$ FROM t;
SELECT 'a'
  'b;', E'c\''
  ';\'';
SELECT 'back\'; SELECT 'slash';
SELECT E'a' -- between;
  '\';', U&'a'
-- and
'\0062;';
