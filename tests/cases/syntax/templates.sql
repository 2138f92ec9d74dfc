SELECT '{{ quoted }}', $$ ${quoted} $$, "<%= quoted %>"; -- {{ comment }} :comment
SELECT * FROM {{ ref('patient') }};
{% if target %} SELECT 1; {% endif %}
CREATE SCHEMA ${schema};
SELECT $NAME, #{id}, {plain};
<%= render %>;
<% loop %> SELECT 1;
SELECT :id, :'name', :"column", :{?known} FROM t WHERE id = :id;
INSERT INTO t VALUES (%(name)s, 5 %(x));
SELECT ${env:FINE}, '${env:FINE}', {{ open
;
