use super::*;

/// A statement as it is read: its parts, or the code-free message of each refusal with what it underlines.
fn read(text: &str) -> String {
    let part = |span: Span| span.of(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let pairs = |assignments: &[BatchedAssignment]| {
        let pair = |it: &BatchedAssignment| {
            format!("{} := {}", it.column, it.value.map_or_else(|| "(default)".to_owned(), part))
        };
        assignments.iter().map(pair).collect::<Vec<_>>().join(", ")
    };
    match batched_statement(text, Span::new(0, text.len())) {
        Ok(read) => {
            let change = match &read.change {
                BatchedChange::Update { assignments, from } => {
                    let from = from.map(|span| format!(" from {}", part(span))).unwrap_or_default();
                    format!("update {}{from}", pairs(assignments))
                }
                BatchedChange::Delete => "delete".to_owned(),
                BatchedChange::Insert { target, values, skips_present } => {
                    let skips = if *skips_present { ", skips what is there" } else { "" };
                    format!("into {} {}{skips}", part(*target), pairs(values))
                }
            };
            let alias = read.alias.map(|alias| format!(" as {alias}")).unwrap_or_default();
            let condition = read.condition.map(|span| format!(" where {}", part(span))).unwrap_or_default();
            format!("{}{alias}: {change}{condition}", part(read.table))
        }
        Err(problems) => {
            let each = problems.iter().map(|problem| {
                let label = problem.label.as_deref().unwrap_or_default();
                format!("[{}] {}: {label}", part(problem.span), problem.message)
            });
            each.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn statements_are_read_in_their_parts() {
    let texts = [
        "UPDATE patient SET email = lower(email)",
        "update only_one set a = 1",
        "UPDATE clinic.\"Patient\" * AS p SET \"Full\" = p.a || ', ' || p.b, n = (p.n + 1) WHERE p.\"Full\" IS NULL",
        "UPDATE t SET a = b IS DISTINCT FROM c WHERE a IS DISTINCT FROM (b IS DISTINCT FROM c)",
        "UPDATE t SET (a, b) = (x + 1, f(y, z)), (c) = ROW(1)",
        "UPDATE t SET a = DEFAULT WHERE a IS NULL",
        "UPDATE visit v SET p = q.id FROM patient q JOIN person r USING (id) WHERE q.nr = v.nr",
        "UPDATE t SET a = (SELECT max(x) FROM s ORDER BY y LIMIT 1), b = extract(year FROM at) WHERE c = '${env:KEY}'",
        "UPDATE t SET a = 1 -- WHERE b\n /* FROM c */",
        "UPDATE t SET a = 'WHERE', b = $$FROM$$ WHERE c",
        "DELETE FROM audit WHERE at < now() - interval '1 year'",
        "DELETE FROM audit a WHERE EXISTS (SELECT FROM visit v WHERE v.id = a.visit)",
        "DELETE FROM audit",
        "INSERT INTO archive (id, at) SELECT id, at AS then FROM audit WHERE at < '2020-01-01'",
        "INSERT INTO a.b AS x (id) SELECT (SELECT max(z) FROM c) FROM s AS y ON CONFLICT (id) DO NOTHING",
        "INSERT INTO a (id) SELECT id FROM s WHERE NOT EXISTS (SELECT FROM a WHERE a.id = s.id)",
    ];
    let read: Vec<String> = texts.into_iter().map(read).collect();
    insta::assert_snapshot!(read.join("\n"));
}

#[test]
fn what_needs_all_rows_at_once_is_refused_with_its_place() {
    let texts = [
        "SELECT 1",
        "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
        "TRUNCATE a",
        "WITH x AS (SELECT 1) UPDATE t SET a = 1",
        "UPDATE ONLY t SET a = 1",
        "UPDATE t SET a = 1 WHERE CURRENT OF c",
        "UPDATE t SET a = 1 WHERE b RETURNING *",
        "UPDATE t SET a = 1 ORDER BY b LIMIT 5",
        "UPDATE t SET a = (SELECT max(a) FROM t)",
        "UPDATE t SET a = u.b FROM public.t u WHERE u.id = t.up",
        "UPDATE t SET a = 1 WHERE id IN (SELECT min(id) FROM t GROUP BY b)",
        "UPDATE t SET a[1] = 1, b.c = 2",
        "UPDATE t SET (a, b) = (SELECT 1, 2)",
        "UPDATE t SET (a, b) = (1)",
        "UPDATE t SET",
        "UPDATE t",
        "UPDATE t SET a 1",
        "UPDATE t SET a = ",
        "UPDATE t SET a = 1 WHERE",
        "DELETE FROM t USING u WHERE t.id = u.id",
        "DELETE FROM t WHERE id IN (SELECT id FROM t)",
        "DELETE t",
        "INSERT INTO a (b) VALUES (1)",
        "INSERT INTO a SELECT * FROM c",
        "INSERT INTO a (b) SELECT * FROM c",
        "INSERT INTO a (b) SELECT c, d FROM e",
        "INSERT INTO a (b) SELECT 1",
        "INSERT INTO a (b) SELECT count(*) FROM c",
        "INSERT INTO a (b) SELECT DISTINCT x FROM c",
        "INSERT INTO a (b) SELECT row_number() OVER (ORDER BY id) FROM c",
        "INSERT INTO a (b, n) SELECT x, y FROM c GROUP BY x HAVING true UNION SELECT 1, 2 LIMIT 3",
        "INSERT INTO a (b) SELECT x FROM c JOIN d USING (id)",
        "INSERT INTO a (b) SELECT x FROM (SELECT 1) c",
        "INSERT INTO a (b) SELECT x FROM c, d",
        "INSERT INTO a (b) SELECT x FROM a",
        "INSERT INTO a (b) SELECT (SELECT max(b) FROM a) FROM c",
        "INSERT INTO a (b) SELECT x FROM c ON CONFLICT (b) DO UPDATE SET b = 1",
        "INSERT INTO a (b) SELECT x FROM c FOR UPDATE",
    ];
    let refused =
        texts.into_iter().map(|text| format!("{text}\n{}", read(text).replace('\n', "\n  ").replacen('[', "  [", 1)));
    insta::assert_snapshot!(refused.collect::<Vec<_>>().join("\n"));
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_fail(
        text in "(UPDATE|DELETE FROM|INSERT INTO)?[ a-z()\\[\\],.='$\"*{}:;]{0,40}(SET|SELECT|WHERE| )[ a-z(),=]{0,40}",
    ) {
        let _ = batched_statement(&text, Span::new(0, text.len()));
    }
}
