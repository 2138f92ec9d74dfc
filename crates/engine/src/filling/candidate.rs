//! The forms that the values of a column may take, the likeliest first.

use super::data_type::{DataType, Moment, RangeOf};
use super::form::{Form, Numbered};
use super::mined::Mined;
use super::pattern::Pattern;

/// Of what an expression mentions, so much is tried.
const MOST_MINED: usize = 24;
/// A text of this many digits has a value for every row.
const ENOUGH_DIGITS: usize = 9;

/// What is known of a column whose values are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) data_type: &'a DataType,
    /// What its constraints mention.
    pub(super) mined: &'a Mined,
    pub(super) nullable: bool,
    pub(super) has_default: bool,
}

/// The forms, the likeliest first; none where nothing is known of its type.
pub(super) fn candidates(wanted: &Wanted<'_>) -> Vec<Form> {
    let mut forms = of_type(wanted.data_type, wanted.name);
    let constants = |texts: &[String]| texts.iter().take(MOST_MINED).cloned().map(Form::Constant).collect::<Vec<_>>();
    match wanted.data_type {
        DataType::Text { longest } => {
            let texts = &wanted.mined.texts;
            // What is likely a pattern comes before what is likely a value.
            forms.extend(
                texts
                    .iter()
                    .take(MOST_MINED)
                    .filter_map(|text| Pattern::of(text))
                    .filter(Pattern::varies)
                    .map(Form::Pattern),
            );
            forms.extend(texts.iter().take(MOST_MINED).filter_map(|text| like(text)));
            forms.extend(constants(texts));
            forms.extend(texts.iter().take(MOST_MINED).filter_map(|text| Pattern::of(text)).map(Form::Pattern));
            let lengths = wanted.mined.numbers.iter().filter_map(|number| usize::try_from(*number).ok());
            let near = lengths.flat_map(|length| [length, length.saturating_add(1), length.saturating_sub(1)]);
            let fits =
                |length: &usize| (1..=10_000).contains(length) && longest.is_none_or(|longest| *length <= longest);
            forms.extend(near.filter(fits).take(MOST_MINED).map(of_length));
            forms.push(Form::Constant(String::new()));
        }
        DataType::Integer { .. } | DataType::Decimal { .. } => {
            for number in wanted.mined.numbers.iter().take(MOST_MINED) {
                let from = |from: i64| Form::Numbered(Numbered { from, ..Numbered::plain() });
                // Up from it, or round and round below it.
                forms.push(from(number.saturating_add(1)));
                if let Ok(period) = u32::try_from(*number)
                    && period > 0
                {
                    forms.push(Form::Numbered(Numbered { from: 0, period: Some(period), ..Numbered::plain() }));
                }
                forms.push(Form::Constant(number.to_string()));
                forms.push(Form::Constant(number.saturating_sub(1).to_string()));
            }
            forms.extend(["0", "1", "-1"].map(|text| Form::Constant(text.to_owned())));
            if matches!(wanted.data_type, DataType::Decimal { .. }) {
                forms.push(Form::Constant("0.5".to_owned()));
            }
        }
        DataType::Moment(moment) => {
            forms.extend(wanted.mined.texts.iter().take(MOST_MINED).flat_map(|text| after(*moment, text)));
            // The first of a month, as reports are kept by.
            forms.push(Form::Numbered(Numbered::sql("timestamp '1900-01-01' + interval '1 month' * ", "")));
        }
        DataType::Json => {
            let texts = ["[]", "\"text\"", "1", "{}"];
            forms.extend(texts.map(|text| Form::Constant(text.to_owned())));
            forms.extend(wanted.mined.texts.first().map(|_| {
                let keys = wanted.mined.texts.iter().filter(|key| !key.contains(['"', '\\']));
                let members: Vec<String> = keys.map(|key| format!("\"{key}\": 1")).collect();
                Form::Constant(format!("{{{}}}", members.join(", ")))
            }));
        }
        DataType::Array(element) => {
            let texts = wanted.mined.texts.iter().filter(|text| !text.contains(['"', '\\', '{', '}']));
            if matches!(**element, DataType::Text { .. }) {
                forms.extend(texts.take(MOST_MINED).map(|text| Form::Constant(format!("{{\"{text}\"}}"))));
            }
            forms.push(Form::Constant("{}".to_owned()));
        }
        DataType::Unknown | DataType::Labels(_) => forms.extend(constants(&wanted.mined.texts)),
        _ => {}
    }
    if wanted.has_default {
        forms.push(Form::Default);
    }
    if wanted.nullable {
        forms.push(Form::Null);
    }
    let mut seen: Vec<Form> = Vec::new();
    for form in forms {
        if !seen.contains(&form) {
            seen.push(form);
        }
    }
    seen
}

fn of_type(data_type: &DataType, column: &str) -> Vec<Form> {
    let numbered = |it: Numbered| vec![Form::Numbered(it)];
    match data_type {
        DataType::Integer { most } => {
            let up = |from| Form::Numbered(Numbered { from, period: Some(*most - 10), ..Numbered::plain() });
            vec![up(1), up(2), up(0)]
        }
        DataType::Decimal { whole, scale } => decimals(*whole, *scale),
        DataType::Text { longest } => texts(column, *longest),
        DataType::Bits { length } => {
            let length = (*length).max(1);
            numbered(Numbered::sql("(", format!(")::bigint::bit(64)::text::varbit(64)::bit({length})")))
                .into_iter()
                .chain([Form::Constant("1".repeat(length))])
                .rev()
                .collect()
        }
        DataType::Boolean => ["true", "false"].map(|text| Form::Constant(text.to_owned())).to_vec(),
        DataType::Moment(moment) => [0, 1, -1].map(|later| moment_form(*moment, "2024-01-01", later, None)).to_vec(),
        DataType::Uuid => numbered(Numbered { digits: 12, ..Numbered::between("00000000-0000-4000-8000-", "") }),
        DataType::Json => numbered(Numbered::between("{\"number\": ", "}")),
        DataType::Bytes => numbered(Numbered { digits: 8, ..Numbered::between("\\x", "") }),
        DataType::Address => numbered(Numbered::sql("'10.0.0.0'::inet + ", "")),
        DataType::Hardware => numbered(Numbered::sql("('08002b' || lpad(to_hex(", "), 6, '0'))::macaddr")),
        DataType::Labels(labels) => labels.iter().cloned().map(Form::Constant).collect(),
        DataType::Array(element) => of_type(element, column).into_iter().filter_map(one_element).collect(),
        DataType::Range(of) => vec![Form::Numbered(match of {
            RangeOf::Numbers => Numbered::sql("format('[%1$s,%1$s]', ", ")::text"),
            RangeOf::Days => Numbered::sql("format('[%1$s,%1$s]', date '2024-01-01' + ", ")"),
            RangeOf::Moments => Numbered::sql(
                "(SELECT format('[\"%s\",\"%s\")', at, at + interval '1 hour') FROM (SELECT timestamp '2024-01-01' + \
                 interval '1 hour' * ",
                " AS at) made)",
            ),
        })],
        DataType::Composite { fields } => vec![Form::Constant(format!("({})", ",".repeat(fields.saturating_sub(1))))],
        DataType::Point => numbered(Numbered::between("(", ",1)")),
        DataType::Words => numbered(Numbered::between("word", "")),
        DataType::Xml => numbered(Numbered::between("<number>", "</number>")),
        DataType::Unknown => Vec::new(),
    }
}

fn decimals(whole: usize, scale: usize) -> Vec<Form> {
    let behind = if scale == 0 { String::new() } else { format!(".{}", "5".repeat(scale.min(2))) };
    let most = 10_u32.checked_pow(u32::try_from(whole).unwrap_or(u32::MAX));
    let up = |from: i64| {
        let period = most.map(|most| most.saturating_sub(2).max(1));
        let from = if most.is_some_and(|most| most < 10) { 0 } else { from };
        Form::Numbered(Numbered { from, period, ..Numbered::between("", behind.clone()) })
    };
    vec![up(1), up(2), up(0)]
}

fn texts(column: &str, longest: Option<usize>) -> Vec<Form> {
    let short: String = column.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '_').take(20).collect();
    let short = if short.is_empty() { "text".to_owned() } else { short.to_lowercase() };
    let email = Numbered::between("user", "@example.com");
    let url = Numbered::between("https://example.com/", "");
    let words = Numbered::between(format!("{short} "), "");
    let mut forms = match () {
        () if short.contains("mail") => vec![email, words, url],
        () if short.contains("url") || short.contains("link") => vec![url, words, email],
        () => vec![words, email, url],
    };
    forms.extend([
        Numbered::between(short.replace('_', "-") + "-", ""),
        Numbered::between(short.clone(), ""),
        Numbered::between(short.to_uppercase(), ""),
        Numbered { digits: ENOUGH_DIGITS, ..Numbered::between("+49", "") },
        Numbered { digits: ENOUGH_DIGITS, ..Numbered::plain() },
        Numbered::plain(),
        Numbered::between("{\"number\": ", "}"),
    ]);
    let fits =
        |it: &Numbered| longest.is_none_or(|longest| it.before.len() + it.after.len() + ENOUGH_DIGITS <= longest);
    let mut forms: Vec<Form> = forms.into_iter().filter(fits).map(Form::Numbered).collect();
    if let Some(longest) = longest.filter(|longest| *longest < 64) {
        forms.push(of_length(longest));
    }
    forms
}

/// A text of exactly this many characters.
fn of_length(length: usize) -> Form {
    let digits = length.min(ENOUGH_DIGITS);
    let period = 10_u32.checked_pow(u32::try_from(digits).unwrap_or(u32::MAX));
    let before = "x".repeat(length.saturating_sub(digits));
    Form::Numbered(Numbered { digits, from: 0, period, ..Numbered::between(before, "") })
}

/// A text that a pattern of `LIKE` takes.
fn like(pattern: &str) -> Option<Form> {
    let (before, after) = pattern.split_once('%')?;
    let fill = |text: &str| text.replace('%', "").replace('_', "x");
    Some(Form::Numbered(Numbered::between(fill(before), fill(after))))
}

/// From a point of time on, and just before it.
fn after(moment: Moment, from: &str) -> Vec<Form> {
    let is_time = from.chars().next().is_some_and(|first| first.is_ascii_digit())
        && from.chars().all(|it| it.is_ascii_digit() || "-:. +TZ".contains(it));
    if !is_time {
        return Vec::new();
    }
    // Inside a day, a month, a year; and without end.
    [Some(20), Some(300), None].map(|period| moment_form(moment, from, 0, period)).into_iter().collect()
}

fn moment_form(moment: Moment, from: &str, later: i64, period: Option<u32>) -> Form {
    let from_text = limosa_catalog::Literal(from);
    let (before, after) = match moment {
        Moment::Date => (format!("{from_text}::date + "), String::new()),
        Moment::Timestamp => (format!("{from_text}::timestamp + interval '1 hour' * "), String::new()),
        Moment::TimestampWithZone => (format!("{from_text}::timestamptz + interval '1 hour' * "), String::new()),
        Moment::Time => ("time '00:00' + interval '1 second' * ".to_owned(), String::new()),
        Moment::TimeWithZone => ("timetz '00:00+00' + interval '1 second' * ".to_owned(), String::new()),
        Moment::Interval => ("interval '1 minute' * ".to_owned(), String::new()),
    };
    Form::Numbered(Numbered { from: later, period, ..Numbered::sql(before, after) })
}

/// An array with one such element.
fn one_element(element: Form) -> Option<Form> {
    match element {
        Form::Constant(text) if !text.contains(['"', '\\']) => Some(Form::Constant(format!("{{\"{text}\"}}"))),
        Form::Numbered(it) if it.is_sql => Some(Form::Numbered(Numbered {
            before: format!("ARRAY[{}", it.before),
            after: format!("{}]", it.after),
            ..it
        })),
        Form::Numbered(it) if !it.before.contains('"') && !it.before.contains('\\') => {
            let (before, after) = (format!("{{\"{}", it.before), format!("{}\"}}", it.after));
            Some(Form::Numbered(Numbered { before, after, ..it }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(data_type: &DataType, expression: &str) -> Vec<String> {
        let mined = Mined::of(expression);
        let wanted = Wanted { name: "code", data_type, mined: &mined, nullable: true, has_default: false };
        candidates(&wanted).iter().map(|form| form.sql(16, &[])).collect()
    }

    #[test]
    fn texts_are_made_as_the_column_and_its_constraints_suggest() {
        let any = DataType::Text { longest: None };
        let forms = first(&any, "((code ~ '^[A-Z]{3}[0-9]{4}$'::text) OR (code ~~ 'x-%'::text))");
        for expected in ["'code 17'", "'AAA0016'", "'x-17'", "'user17@example.com'", "NULL"] {
            assert!(forms.iter().any(|form| form == expected), "{expected} is missing in {forms:?}");
        }
        assert_eq!(first(&DataType::Text { longest: Some(3) }, "")[0], "'016'");
        assert!(first(&any, "(char_length(code) = 12)").contains(&"'xxx000000016'".to_owned()));
    }

    #[test]
    fn numbers_go_round_below_what_is_compared_with() {
        let forms = first(&DataType::Integer { most: 32_767 }, "((code >= 5) AND (code <= 10))");
        assert_eq!(forms[0], "'17'");
        assert!(forms.contains(&"'6'".to_owned()) && forms.contains(&"'22'".to_owned()), "{forms:?}");
    }

    #[test]
    fn no_form_is_offered_twice() {
        for data_type in [DataType::Boolean, DataType::Text { longest: Some(5) }, DataType::Moment(Moment::Date)] {
            let forms = first(&data_type, "('2024-01-01'::date, 5, 5, 'a', 'a')");
            let unique: std::collections::BTreeSet<_> = forms.iter().collect();
            assert!(forms.len() <= unique.len() + 3, "{forms:?}");
        }
    }
}
