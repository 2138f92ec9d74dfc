//! Asking a server which forms of values its constraints take.

use std::ops::Range;

use futures_util::future::join_all;
use limosa_postgres::{ServerError, Session};

use super::form::Form;
use super::table::{Group, Table};

/// So many combinations are tried before a table is given up.
const MOST_TRIED: usize = 1_500;
/// So many are asked about at once.
const AT_ONCE: usize = 64;
/// Of combinations with the same value in every row, so many are taken in turn.
const IN_TURN: usize = 24;

/// The forms of a group's columns that its constraints take, to be taken in turn; none where nothing was found.
pub(super) async fn choose(
    session: &Session,
    table: &Table,
    group: &Group,
    forms: &[Vec<Form>],
    (rows, referenced): (&Range<u64>, &[Vec<Vec<String>>]),
) -> Result<Vec<Vec<Form>>, ServerError> {
    let is_domain = |place: &usize| table.columns.get(*place).is_some_and(|column| column.typed.is_domain);
    if group.expressions.is_empty() && !group.columns.iter().any(is_domain) {
        return Ok(unjudged(forms));
    }
    let samples = [0, 1, 2, 7, (rows.end - rows.start) / 2, (rows.end - rows.start).saturating_sub(1)];
    let samples = samples.map(|sample| rows.start + sample);
    let combinations = by_simplicity(&forms.iter().map(Vec::len).collect::<Vec<_>>(), MOST_TRIED);
    let mut taken: Vec<Vec<Form>> = Vec::new();
    for some in combinations.chunks(AT_ONCE) {
        let chosen: Vec<Vec<Form>> = some
            .iter()
            .map(|combination| {
                combination.iter().zip(forms).filter_map(|(at, forms)| forms.get(*at).cloned()).collect()
            })
            .collect();
        let questions: Vec<String> =
            chosen.iter().map(|forms| question(table, group, forms, &samples, referenced)).collect();
        let holds = ask(session, &questions).await?;
        taken.extend(chosen.into_iter().zip(holds).filter_map(|(forms, holds)| holds.then_some(forms)));
        if taken.iter().any(|forms| is_enough(forms)) || taken.len() >= IN_TURN {
            break;
        }
    }
    Ok(in_turn(&taken))
}

/// Which of these queries find their values in order. What fails is not in order: each is a transaction of its own,
/// since not every server lets a function trap an error, as the embedded one does not.
async fn ask(session: &Session, questions: &[String]) -> Result<Vec<bool>, ServerError> {
    let asked = questions.iter().map(|question| session.query(question, &[]));
    let answers = join_all(asked).await.into_iter().map(|answer| match answer {
        Ok(rows) => Ok(rows.first().and_then(|row| row.get::<_, Option<bool>>(0)).unwrap_or(true)),
        Err(error) if error.is_connection_lost() => Err(error),
        Err(_) => Ok(false),
    });
    answers.collect()
}

/// One that is different in every row does by itself.
fn is_enough(forms: &[Form]) -> bool {
    forms.iter().all(|form| form.varies() || matches!(form, Form::Default))
}

/// Which of the forms that are taken are used: those that vary most.
fn in_turn(taken: &[Vec<Form>]) -> Vec<Vec<Form>> {
    if let Some(best) = taken.iter().find(|forms| is_enough(forms)) {
        return vec![best.clone()];
    }
    let varying = |forms: &[Form]| forms.iter().filter(|form| form.varies()).count();
    let most = taken.iter().map(|forms| varying(forms)).max().unwrap_or(0);
    let nulls = |forms: &[Form]| forms.iter().filter(|form| matches!(form, Form::Null)).count();
    let fewest = taken.iter().filter(|forms| varying(forms) == most).map(|forms| nulls(forms)).min().unwrap_or(0);
    let is_best = |forms: &&Vec<Form>| varying(forms) == most && nulls(forms) == fewest;
    let Some(best) = taken.iter().find(is_best) else { return Vec::new() };
    // What differs by itself stays; values of two such forms might meet.
    let keeps = |forms: &&Vec<Form>| {
        forms.iter().zip(best).all(|(form, best)| form == best || (!form.varies() && !best.varies()))
    };
    taken.iter().filter(is_best).filter(keeps).take(IN_TURN).cloned().collect()
}

/// The forms of columns that nothing has to judge: the first, or all constants in turn.
fn unjudged(forms: &[Vec<Form>]) -> Vec<Vec<Form>> {
    let Some((only, [])) = forms.split_first() else { return Vec::new() };
    match only.first() {
        Some(Form::Constant(_)) => {
            let constants = only.iter().filter(|form| matches!(form, Form::Constant(_)));
            constants.take(IN_TURN).map(|form| vec![form.clone()]).collect()
        }
        Some(first) => vec![vec![first.clone()]],
        None => Vec::new(),
    }
}

/// Whether every sample of a combination is in order: `SELECT (check) AND (check) FROM (VALUES …)`.
fn question(table: &Table, group: &Group, forms: &[Form], samples: &[u64], referenced: &[Vec<Vec<String>>]) -> String {
    let columns: Vec<_> = group.columns.iter().filter_map(|place| table.columns.get(*place)).collect();
    let row = |sample: &u64| {
        let values = columns.iter().zip(forms).map(|(column, form)| {
            let value = match form {
                Form::Default => column.default.clone().unwrap_or_else(|| "NULL".to_owned()),
                form => form.sql(*sample, referenced),
            };
            format!("CAST({value} AS {}) AS {}", column.written_type, column.name)
        });
        format!("SELECT {}", values.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<String> = samples.iter().map(row).collect();
    let mut expressions: Vec<String> = group.expressions.iter().map(|it| format!("coalesce(({it}), true)")).collect();
    // A query whose columns nobody looks at is not computed.
    expressions.extend(columns.iter().map(|column| format!("({0} IS NULL OR {0} IS NOT NULL)", column.name)));
    format!("SELECT bool_and({}) FROM ({}) AS {}", expressions.join(" AND "), rows.join(" UNION ALL "), table.name.name)
}

/// Combinations of places in lists of these lengths, those with the smallest sum first.
fn by_simplicity(lengths: &[usize], most: usize) -> Vec<Vec<usize>> {
    let mut combinations = Vec::new();
    let highest: usize = lengths.iter().map(|length| length.saturating_sub(1)).sum();
    if lengths.contains(&0) {
        return combinations;
    }
    for sum in 0..=highest {
        with_sum(lengths, sum, &mut Vec::new(), &mut combinations, most);
        if combinations.len() >= most {
            break;
        }
    }
    combinations
}

fn with_sum(lengths: &[usize], sum: usize, so_far: &mut Vec<usize>, found: &mut Vec<Vec<usize>>, most: usize) {
    let Some((length, rest)) = lengths.split_first() else {
        if sum == 0 && found.len() < most {
            found.push(so_far.clone());
        }
        return;
    };
    let room: usize = rest.iter().map(|length| length.saturating_sub(1)).sum();
    for at in sum.saturating_sub(room)..=sum.min(length.saturating_sub(1)) {
        if found.len() >= most {
            return;
        }
        so_far.push(at);
        with_sum(rest, sum - at, so_far, found, most);
        so_far.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::Numbered;
    use super::*;

    #[test]
    fn simple_combinations_come_first_and_each_comes_once() {
        let combinations = by_simplicity(&[2, 3], 100);
        assert_eq!(combinations, [[0, 0], [0, 1], [1, 0], [0, 2], [1, 1], [1, 2]].map(|it| it.to_vec()));
        assert_eq!(by_simplicity(&[40, 40, 40, 40], 500).len(), 500);
        assert!(by_simplicity(&[3, 0], 100).is_empty());
    }

    #[test]
    fn what_differs_from_row_to_row_is_preferred() {
        let constant = |text: &str| Form::Constant(text.to_owned());
        let number = Form::Numbered(Numbered::plain());
        let taken = vec![vec![constant("a"), constant("b")], vec![number.clone(), constant("b")]];
        assert_eq!(in_turn(&taken), [vec![number, constant("b")]]);
        assert_eq!(in_turn(&[vec![constant("a")], vec![constant("b")], vec![Form::Null]]).len(), 2);
    }
}
