//! Routines with a body in standard SQL that read a column which gets other ids: an argument that is compared with such
//! a column, and a result that is one, get its type along with it.

use std::collections::BTreeSet;

use limosa_catalog::{Entry, Identifier, Object, ObjectId, RoutineName, TypeName};
use limosa_syntax::{Token, TokenKind, Tokens, Words};

/// A column whose type is another one behind the statements.
pub(super) struct Column {
    pub(super) name: Identifier,
    /// The type that the catalog knows.
    pub(super) now: String,
    /// The other one.
    pub(super) other: String,
}

/// A routine that takes or gives ids.
pub(super) struct Routine {
    name: RoutineName,
    /// Its arguments and its result as they are printed, and as they are to be.
    arguments: [String; 2],
    result: Option<[String; 2]>,
    /// Its name with the arguments that it is to have.
    other_name: RoutineName,
    /// What has a column's type, without being seen to hold what the column holds.
    pub(super) unclear: Vec<String>,
}

impl Routine {
    /// Reads a routine; `None` where it takes and gives no id.
    pub(super) fn of(entry: Entry<'_>, columns: &[Column]) -> Option<Self> {
        let (name, arguments, result, body) = match (entry.id(), entry.object()) {
            (ObjectId::Function(name), Object::Function(it)) => (name, &it.arguments, Some(&it.result), &it.body),
            (ObjectId::Procedure(name), Object::Procedure(it)) => (name, &it.arguments, None, &it.body),
            _ => return None,
        };
        let body = Body::of(body.sql.as_ref()?.as_str(), name);
        let mut unclear = Vec::new();
        let mut types = name.arguments.to_vec();
        let mut retyped = |text: &str, at: Option<usize>, holds: &dyn Fn(&Column) -> bool| {
            let of_type = |column: &&Column| with_type(text, &column.now, &column.now).is_some();
            let typed: Vec<&Column> = columns.iter().filter(of_type).collect();
            let Some(column) = typed.iter().find(|column| holds(column)) else {
                unclear.extend((!typed.is_empty()).then(|| text.to_owned()));
                return text.to_owned();
            };
            let other = without_length(&column.other);
            if let Some(own) = at.and_then(|at| types.get_mut(at)) {
                *own = TypeName::from(with_type(own.as_str(), &column.now, other).unwrap_or_default().as_str());
            }
            with_type(text, &column.now, other).unwrap_or_default()
        };
        let parts = parts(arguments);
        let taken: Vec<String> = parts
            .iter()
            .enumerate()
            .map(|(at, text)| retyped(text, Some(at), &|column| body.compares(at, argument_name(text), &column.name)))
            .collect();
        let given = result.map(|result| match result.strip_prefix("TABLE(").and_then(|it| it.strip_suffix(')')) {
            Some(fields) => {
                let fields = self::parts(fields).into_iter().enumerate();
                let fields: Vec<String> =
                    fields.map(|(at, text)| retyped(text, None, &|column| body.gives(at, &column.name))).collect();
                format!("TABLE({})", fields.join(", "))
            }
            None => retyped(result, None, &|column| body.gives(0, &column.name)),
        });
        let other = [arguments.to_string(), taken.join(", ")];
        let result = result.zip(given).map(|(result, given)| [result.to_string(), given]);
        let changes = other[0] != other[1] || result.as_ref().is_some_and(|[now, other]| now != other);
        let other_name = RoutineName { arguments: types.into(), ..name.clone() };
        (changes || !unclear.is_empty()).then(|| Self {
            name: name.clone(),
            arguments: other,
            result,
            other_name,
            unclear,
        })
    }

    /// A statement that makes it, or says something of it, with what it is to take and to give.
    pub(super) fn made(&self, sql: &str) -> String {
        let head = format!("{}.{}(", self.name.schema.for_people(), self.name.name.for_people());
        let is_made = ["FUNCTION", "PROCEDURE"].iter().any(|kind| sql.starts_with(&format!("CREATE {kind} {head}")));
        if !is_made {
            return sql.replace(&self.name.to_string(), &self.other_name.to_string());
        }
        let [now, other] = &self.arguments;
        let mut text = sql.replacen(&format!("({now})"), &format!("({other})"), 1);
        if let Some([now, other]) = &self.result {
            text = text.replacen(&format!("\n RETURNS {now}\n"), &format!("\n RETURNS {other}\n"), 1);
        }
        let unclear = self.unclear.iter().map(|it| {
            format!("-- Look at this: whether {it} is one of the ids that change, its text does not tell.\n")
        });
        unclear.collect::<String>() + &text
    }

    /// A statement that drops it, as the statements before have left it.
    pub(super) fn dropped(&self, sql: &str) -> String {
        sql.replace(&self.name.to_string(), &self.other_name.to_string())
    }
}

impl std::fmt::Display for Routine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (schema, name) = (self.name.schema.for_people(), self.name.name.for_people());
        write!(f, "{schema}.{name}: {}", self.unclear.join(", "))
    }
}

/// The parts of a list, as they are printed.
fn parts(list: &str) -> Vec<&str> {
    let tokens = Tokens::of(list);
    tokens.words().split(TokenKind::Comma).filter_map(|part| part.span()).map(|span| span.of(list)).collect()
}

/// The name of an argument, where it has one.
fn argument_name(argument: &str) -> Option<Identifier> {
    let tokens = Tokens::of(argument);
    let mut words = tokens.words();
    words.take(&["IN"]);
    let name = words.identifier()?;
    words.peek().filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)).map(|_| name)
}

/// An argument, or a type, with another type in the place of its own, in its default, too; `None` where it is of
/// another one.
fn with_type(text: &str, now: &str, other: &str) -> Option<String> {
    let (head, default) = text.split_once(" DEFAULT ").map_or((text, None), |(head, it)| (head, Some(it)));
    let (element, array) = head.strip_suffix("[]").map_or((head, ""), |element| (element, "[]"));
    // The length of a type is no part of what a routine takes.
    let now = without_length(now);
    let before = element.strip_suffix(now).filter(|before| before.is_empty() || before.ends_with(' '))?;
    if before.starts_with("OUT ") || before.starts_with("INOUT ") || before.starts_with("VARIADIC ") {
        return None;
    }
    let default = default.map(|it| format!(" DEFAULT {}", it.replace(&format!("::{now}"), &format!("::{other}"))));
    Some(format!("{before}{other}{array}{}", default.unwrap_or_default()))
}

fn without_length(data_type: &str) -> &str {
    data_type.split('(').next().unwrap_or(data_type).trim_end()
}

/// What a body does with arguments, as far as it can be told.
struct Body {
    /// Pairs of a parameter and a column's name that are compared, or of which one is written to the other.
    compared: BTreeSet<(Parameter, Identifier)>,
    /// The names of the columns that are the fields of the last query's rows.
    given: Vec<Option<Identifier>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Parameter {
    Named(Identifier),
    Numbered(usize),
}

/// An operand on one side of an operator.
enum Operand {
    Parameter(Parameter),
    Column(Identifier),
}

impl Body {
    fn of(text: &str, routine: &RoutineName) -> Self {
        let tokens = Tokens::of(text);
        let all: Vec<(Token, Words<'_>)> = tokens.words().each().collect();
        let mut compared = BTreeSet::new();
        for (at, (token, here)) in all.iter().enumerate() {
            let is_comparison = token.kind == TokenKind::Operator
                && matches!(here.text_of(*token), "=" | "<>" | "<" | ">" | "<=" | ">=");
            if !is_comparison {
                continue;
            }
            let mut behind = *here;
            behind.next();
            if behind.take_any(&["ANY", "ALL"]) {
                behind.take_kind(TokenKind::LeftParen);
            }
            let mut start = at;
            while start > 0 && all.get(start - 1).is_some_and(|(token, here)| is_part_of_name(*token, *here)) {
                start -= 1;
            }
            let before = all.get(start).filter(|_| start < at).and_then(|(_, here)| operand(*here, routine));
            match (before, operand(behind, routine)) {
                (Some(Operand::Parameter(parameter)), Some(Operand::Column(column)))
                | (Some(Operand::Column(column)), Some(Operand::Parameter(parameter))) => {
                    compared.insert((parameter, column));
                }
                _ => {}
            }
        }
        compared.extend(inserted(&all, routine));
        Self { compared, given: given(&all, routine) }
    }

    fn compares(&self, at: usize, name: Option<Identifier>, column: &Identifier) -> bool {
        let numbered = (Parameter::Numbered(at + 1), column.clone());
        let named = name.map(|name| (Parameter::Named(name), column.clone()));
        self.compared.contains(&numbered) || named.is_some_and(|named| self.compared.contains(&named))
    }

    fn gives(&self, at: usize, column: &Identifier) -> bool {
        self.given.get(at).is_some_and(|given| given.as_ref() == Some(column))
    }
}

fn is_part_of_name(token: Token, here: Words<'_>) -> bool {
    let is_word = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    let is_grammar = here.at_any(&["WHERE", "AND", "OR", "ON", "NOT", "SET", "SELECT", "HAVING", "WHEN"]);
    token.kind == TokenKind::Dot || token.kind == TokenKind::Parameter || (is_word && !is_grammar)
}

/// What begins here: `$1`, `routine.argument`, `table.column`, `column`.
fn operand(mut here: Words<'_>, routine: &RoutineName) -> Option<Operand> {
    let first = here.peek()?;
    if first.kind == TokenKind::Parameter {
        let number = here.text_of(first).strip_prefix('$')?.parse().ok()?;
        return Some(Operand::Parameter(Parameter::Numbered(number)));
    }
    let mut path = vec![here.identifier()?];
    while here.take_kind(TokenKind::Dot) {
        path.push(here.identifier()?);
    }
    let name = path.pop()?;
    // A call, or a value that is of another type.
    if here.at_kind(TokenKind::LeftParen) || here.peek().is_some_and(|next| here.text_of(next) == "::") {
        return None;
    }
    Some(match path.as_slice() {
        [owner] if *owner == routine.name => Operand::Parameter(Parameter::Named(name)),
        _ => Operand::Column(name),
    })
}

/// Parameters that are written to columns: `INSERT INTO t (a, b) VALUES (f.x, f.y)`.
fn inserted(all: &[(Token, Words<'_>)], routine: &RoutineName) -> BTreeSet<(Parameter, Identifier)> {
    let mut found = BTreeSet::new();
    for (_, here) in all {
        let mut words = *here;
        if !words.take(&["INSERT", "INTO"]) || words.qualified_name().is_none() {
            continue;
        }
        let columns = words.parenthesised();
        let values = if words.take(&["VALUES"]) { words.parenthesised() } else { None };
        let (Some(columns), Some(values)) = (columns, values) else { continue };
        for (mut column, value) in columns.split(TokenKind::Comma).zip(values.split(TokenKind::Comma)) {
            if let (Some(column), Some(Operand::Parameter(parameter))) = (column.identifier(), operand(value, routine))
            {
                found.insert((parameter, column));
            }
        }
    }
    found
}

/// The fields of the rows that the last statement gives.
fn given(all: &[(Token, Words<'_>)], routine: &RoutineName) -> Vec<Option<Identifier>> {
    let begins = |(at, (_, here)): &(usize, &(Token, Words<'_>))| {
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        let is_first = before.is_none_or(|(token, before)| {
            // `RETURN (SELECT`
            token.kind == TokenKind::Semicolon || before.at(&["ATOMIC"]) || *at == 2
        });
        here.at(&["RETURNING"]) || is_first && here.at(&["SELECT"])
    };
    let Some((_, (_, here))) = all.iter().enumerate().rfind(begins) else { return Vec::new() };
    let mut words = *here;
    words.next();
    words.take(&["DISTINCT"]);
    let fields = words.until_any(&["FROM", "INTO", "WHERE", "UNION", "ORDER", "LIMIT"]).until(TokenKind::Semicolon);
    let field = |part: Words<'_>| match operand(part, routine) {
        Some(Operand::Column(column)) => {
            let ends = |kind: TokenKind| matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::Dot);
            part.each().all(|(token, _)| ends(token.kind)).then_some(column)
        }
        _ => None,
    };
    fields.split(TokenKind::Comma).map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routine() -> RoutineName {
        let name = |name: &str| Identifier::new(name).unwrap();
        RoutineName { schema: name("public"), name: name("f"), arguments: Vec::new().into() }
    }

    #[test]
    fn what_is_compared_with_a_column_or_given_from_one_is_told() {
        let id = Identifier::new("id").unwrap();
        let who = || Identifier::new("who").ok();
        for (body, compared, given) in [
            ("BEGIN ATOMIC\n SELECT client.name\n FROM client\n WHERE (client.id = f.who);\nEND", true, false),
            ("RETURN (SELECT c.name FROM client c WHERE ($1 <> c.id))", true, false),
            ("RETURN (SELECT c.id FROM client c WHERE (c.id = ANY ($1)))", true, true),
            (
                "BEGIN ATOMIC\n INSERT INTO client (name, id)\n VALUES ('x'::text, f.who)\n RETURNING client.id;\nEND",
                true,
                true,
            ),
            ("BEGIN ATOMIC\n UPDATE client SET id = f.who\n WHERE true;\nEND", true, false),
            ("BEGIN ATOMIC\n SELECT v.id AS which,\n v.n FROM v WHERE ((f.who)::text = v.id);\nEND", false, true),
            ("BEGIN ATOMIC\n SELECT max(v.id) FROM v WHERE (g(f.who) = v.id);\nEND", false, false),
        ] {
            let read = Body::of(body, &routine());
            assert_eq!(read.compares(0, who(), &id), compared, "{body}");
            assert_eq!(read.gives(0, &id), given, "{body}");
        }
    }

    #[test]
    fn an_argument_gets_another_type_with_its_default() {
        for (text, expected) in [
            ("who uuid", Some("who varchar")),
            ("uuid", Some("varchar")),
            ("uuid uuid", Some("uuid varchar")),
            ("IN ids uuid[]", Some("IN ids varchar[]")),
            ("who uuid DEFAULT NULL::uuid", Some("who varchar DEFAULT NULL::varchar")),
            ("SETOF uuid", Some("SETOF varchar")),
            ("who myuuid", None),
            ("OUT who uuid", None),
        ] {
            assert_eq!(with_type(text, "uuid", "varchar").as_deref(), expected, "{text}");
        }
    }
}
