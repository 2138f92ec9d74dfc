SELECT a @> b, c ->> 'd', e ? 'f', g::int, h[1:2], h[lo:hi], i <@ j, k #>> '{x}', -l, 5 %(m), n <% o, p %> q;
SELECT func(arg := 1, other => 2), json_object('k':v, 'l':w);
SELECT 1*/*;*/2, 3+--;
4;
