-- oracle: skip (it takes no data)
COPY t FROM stdin; SELECT 1;
1
\.
SELECT 2