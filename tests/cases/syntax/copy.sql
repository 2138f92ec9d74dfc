COPY app.patient (id, "Name") FROM stdin;
1	it's; -- not a comment
2	$$ \N
\.
COPY t FROM STDIN WITH (FORMAT csv); -- data follow
"a;b",\.x
\.
COPY (SELECT x FROM y) TO STDOUT;
COPY t FROM '/srv/data.csv';
COPY BINARY t FROM stdout;
\.
SELECT 1;
COPY t FROM stdin;
the end
