/* a /* nested; */ comment; */
SELECT 1 /* in; side */ + 2 -- end; of line
; -- after; it
;;
/**/;
-- the last statement needs no semicolon
SELECT 3 -- trailing
/* and more */
