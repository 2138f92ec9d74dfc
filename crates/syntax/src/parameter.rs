//! Parameters of an application's queries, in the spellings that libraries have for them, as `$1`, `$2` ….

use crate::Span;
use crate::lexer::Lexer;
use crate::name;
use crate::token::{Token, TokenKind};

/// A query whose parameters are numbered as PostgreSQL wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedQuery {
    /// The query.
    pub sql: String,
    /// The names of the parameters by their numbers; those that the text numbers itself are called `$1` ….
    pub parameters: Vec<String>,
    /// Where something else stands in the query than in the text: place in the query, place in the text.
    replaced: Vec<(Span, Span)>,
}

/// A parameter that stands for several values, as pgtyped has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The name of the parameter.
    pub name: String,
    /// The names of the values of one row; empty where it is a list of plain values.
    pub fields: Vec<String>,
}

impl NumberedQuery {
    /// The byte of the text that a byte of the query comes from.
    #[must_use]
    pub fn source_byte(&self, byte: usize) -> usize {
        let mut from = (0, 0);
        for (here, there) in &self.replaced {
            if byte < here.start {
                break;
            }
            if byte < here.end {
                return there.start;
            }
            from = (here.end, there.end);
        }
        from.1 + (byte - from.0)
    }
}

/// Numbers the parameters of a query. Known are `$1`, `:name`, `@name`, `:name!`, and sqlc's `sqlc.arg(name)`,
/// `sqlc.narg(name)`, `sqlc.slice(name)` and `sqlc.embed(table)`. A name that stands there twice is one parameter. What
/// stands in strings, quoted names and comments is left alone, and so are `::casts`, `:=` and `array[1:n]`.
///
/// ```
/// use limosa_syntax::number_parameters;
/// let numbered = number_parameters("SELECT ':no'::text FROM a WHERE id = :id AND at > @since AND :id > 0", &[]);
/// assert_eq!(numbered.sql, "SELECT ':no'::text FROM a WHERE id = $1 AND at > $2 AND $1 > 0");
/// assert_eq!(numbered.parameters, ["id", "since"]);
/// ```
#[must_use]
pub fn number_parameters(text: &str, expansions: &[Expansion]) -> NumberedQuery {
    let tokens: Vec<Token> =
        Lexer::new(text, Span::new(0, text.len())).filter(|token| token.kind.is_significant()).collect();
    let mut numbering = Numbering { parameters: Vec::new(), expansions };
    let numbered = tokens.iter().filter(|token| token.kind == TokenKind::Parameter);
    for number in numbered.filter_map(|token| token.span.of(text).strip_prefix('$')?.parse::<u16>().ok()) {
        numbering.keep(number.into());
    }
    let mut query =
        NumberedQuery { sql: String::with_capacity(text.len()), parameters: Vec::new(), replaced: Vec::new() };
    let (mut at, mut copied, mut brackets) = (0, 0, 0_usize);
    while let Some(token) = tokens.get(at) {
        match token.kind {
            TokenKind::LeftBracket => brackets += 1,
            TokenKind::RightBracket => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        let rest = tokens.get(at..).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let Some(found) = mark(text, before, rest, brackets > 0) else {
            at += 1;
            continue;
        };
        let replacement = numbering.replacement(&found);
        query.sql.push_str(Span::new(copied, found.span.start).of(text));
        let start = query.sql.len();
        query.sql.push_str(&replacement);
        query.replaced.push((Span::new(start, query.sql.len()), found.span));
        copied = found.span.end;
        at += found.tokens;
    }
    query.sql.push_str(text.get(copied..).unwrap_or_default());
    query.parameters = numbering.parameters.into_iter().map(Option::unwrap_or_default).collect();
    query
}

/// What takes the place of marks.
struct Numbering<'a> {
    /// `None` for a number that nothing has yet.
    parameters: Vec<Option<String>>,
    expansions: &'a [Expansion],
}

impl Numbering<'_> {
    /// Keeps a number that the text itself gives.
    fn keep(&mut self, number: usize) {
        let length = self.parameters.len().max(number);
        self.parameters.resize(length, None);
        if let Some(parameter) = number.checked_sub(1).and_then(|at| self.parameters.get_mut(at)) {
            *parameter = Some(format!("${number}"));
        }
    }

    /// The number of a name, which is the first that is free.
    fn number(&mut self, name: &str) -> usize {
        let known = self.parameters.iter().position(|known| known.as_deref() == Some(name));
        let at = known.or_else(|| self.parameters.iter().position(Option::is_none)).unwrap_or(self.parameters.len());
        match self.parameters.get_mut(at) {
            Some(free) => *free = Some(name.to_owned()),
            None => self.parameters.push(Some(name.to_owned())),
        }
        at + 1
    }

    fn replacement(&mut self, mark: &Mark) -> String {
        if mark.is_embedding {
            return format!("{}.*", mark.name);
        }
        match self.expansions.iter().find(|expansion| expansion.name == mark.name) {
            None => format!("${}", self.number(&mark.name)),
            Some(Expansion { fields, .. }) if fields.is_empty() => format!("(${})", self.number(&mark.name)),
            Some(Expansion { fields, .. }) => {
                let field = |field: &String| format!("${}", self.number(&format!("{}.{field}", mark.name)));
                format!("({})", fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A parameter by its name, in a text.
struct Mark {
    name: String,
    span: Span,
    /// How many tokens it is made of.
    tokens: usize,
    /// It stands for all columns of a table.
    is_embedding: bool,
}

/// Operators that a library's `@name` may follow without a space; `<@` and others of the server's own may not.
const BEFORE_AT: &[&str] = &["@", "=@", "<>@", "!=@", "<=@", ">=@", "||@"];

fn mark(text: &str, before: Option<&Token>, rest: &[Token], in_brackets: bool) -> Option<Mark> {
    let [first, second, ..] = rest else { return None };
    let touch = first.span.end == second.span.start && second.kind == TokenKind::Word;
    let operator = first.span.of(text);
    let start = match first.kind {
        TokenKind::Colon if touch && !(in_brackets && is_slice(text, before, first)) => first.span.start,
        TokenKind::Operator if touch && BEFORE_AT.contains(&operator) => first.span.end - 1,
        TokenKind::Word if operator.eq_ignore_ascii_case("sqlc") => return sqlc(text, rest),
        _ => return None,
    };
    // What must not be NULL, pgtyped marks with an exclamation mark.
    let demanded = rest.get(2).filter(|third| {
        third.kind == TokenKind::Operator && third.span.of(text) == "!" && third.span.start == second.span.end
    });
    let end = demanded.map_or(second.span.end, |mark| mark.span.end);
    let name = second.span.of(text).to_owned();
    Some(Mark { name, span: Span::new(start, end), tokens: 2 + usize::from(demanded.is_some()), is_embedding: false })
}

/// Whether a colon in brackets parts the bounds of a slice: something stands before it that can be a bound.
fn is_slice(text: &str, before: Option<&Token>, colon: &Token) -> bool {
    let Some(before) = before else { return false };
    match before.kind {
        TokenKind::Number | TokenKind::RightParen | TokenKind::RightBracket | TokenKind::Parameter => true,
        // A keyword, such as WHEN, is parted from what follows it.
        TokenKind::Word | TokenKind::QuotedIdentifier => text.get(before.span.end..colon.span.start) == Some(""),
        _ => false,
    }
}

/// `sqlc.arg(name)` and its like.
fn sqlc(text: &str, rest: &[Token]) -> Option<Mark> {
    let [whole, dot, function, open, name, close, ..] = rest else { return None };
    let shape = [dot.kind, function.kind, open.kind, close.kind];
    if shape != [TokenKind::Dot, TokenKind::Word, TokenKind::LeftParen, TokenKind::RightParen] {
        return None;
    }
    let function = function.span.of(text).to_ascii_lowercase();
    if !["arg", "narg", "slice", "embed"].contains(&function.as_str()) {
        return None;
    }
    let spelled = name.span.of(text);
    let is_embedding = function == "embed";
    let name = match name.kind {
        TokenKind::Word | TokenKind::QuotedIdentifier => spelled.to_owned(),
        kind if kind.is_string() => name::string(kind, spelled)?,
        _ => return None,
    };
    Some(Mark { name, span: Span::new(whole.span.start, close.span.end), tokens: 6, is_embedding })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_spelling_is_numbered_and_what_only_looks_like_one_is_left() {
        for (text, sql, parameters) in [
            ("SELECT $2, $1", "SELECT $2, $1", "$1 $2"),
            ("SELECT $1, :b, :a, :b", "SELECT $1, $2, $3, $2", "$1 b a"),
            ("SELECT $1, :b, $3, :c", "SELECT $1, $2, $3, $4", "$1 b $3 c"),
            ("SELECT $3", "SELECT $3", "  $3"),
            ("SELECT a::int, ':a', \":b\", $x$:c$x$, E'\\':d'", "", ""),
            ("SELECT 1 -- :a\n/* @b */", "", ""),
            ("SELECT f(a => 1, b := 2)", "", ""),
            ("SELECT a[1:n], a[lo:hi], a[:hi]", "SELECT a[1:n], a[lo:hi], a[$1]", "hi"),
            ("SELECT ARRAY[CASE WHEN :a THEN :b END]", "SELECT ARRAY[CASE WHEN $1 THEN $2 END]", "a b"),
            ("SELECT :a::uuid, @b::text", "SELECT $1::uuid, $2::text", "a b"),
            (
                "WHERE id=@id AND n<>@n AND tags <@ array['a'] AND p @> q AND x @@ y",
                "WHERE id=$1 AND n<>$2 AND tags \
              <@ array['a'] AND p @> q AND x @@ y",
                "id n",
            ),
            ("SELECT @ -5, @ x, |/ @y", "SELECT @ -5, @ x, |/ $1", "y"),
            ("WHERE a = :a! AND b != :b AND c = :c!::int", "WHERE a = $1 AND b != $2 AND c = $3::int", "a b c"),
            ("SELECT sqlc.arg(a), sqlc.narg('b'), sqlc.slice(c)", "SELECT $1, $2, $3", "a b c"),
            ("SELECT sqlc.embed(users) FROM users", "SELECT users.* FROM users", ""),
            ("SELECT sqlc.other(users)", "", ""),
            ("SELECT :", "", ""),
        ] {
            let numbered = number_parameters(text, &[]);
            assert_eq!(numbered.sql, if sql.is_empty() { text } else { sql }, "for {text}");
            assert_eq!(numbered.parameters.join(" "), parameters, "for {text}");
        }
    }

    #[test]
    fn a_parameter_can_stand_for_several_values() {
        let expansions = [
            Expansion { name: "ids".into(), fields: vec![] },
            Expansion { name: "users".into(), fields: vec!["name".into(), "age".into()] },
        ];
        let numbered = number_parameters("INSERT INTO a VALUES :users RETURNING id IN :ids, :x", &expansions);
        assert_eq!(numbered.sql, "INSERT INTO a VALUES ($1, $2) RETURNING id IN ($3), $4");
        assert_eq!(numbered.parameters, ["users.name", "users.age", "ids", "x"]);
    }

    #[test]
    fn places_lead_back_to_the_text() {
        let text = "SELECT :first_name, nope, :x FROM ä WHERE nope";
        let numbered = number_parameters(text, &[]);
        let back = |what: &str| numbered.source_byte(numbered.sql.rfind(what).unwrap());
        assert_eq!(back("nope"), text.rfind("nope").unwrap());
        assert_eq!(back(", nope"), text.find(", nope").unwrap());
        assert_eq!(back("$1"), text.find(":first").unwrap());
        assert_eq!(numbered.source_byte(numbered.sql.len()), text.len());
    }

    proptest! {
        #[test]
        fn any_text_is_taken_and_nothing_but_marks_is_changed(text in "\\PC{0,60}|[:@$a-c1 \\[\\]'\"!(),.=]{0,40}") {
            let numbered = number_parameters(&text, &[]);
            let mut rebuilt = String::new();
            let mut from = 0;
            for (here, there) in &numbered.replaced {
                rebuilt.push_str(&numbered.sql[from..here.start]);
                rebuilt.push_str(there.of(&text));
                from = here.end;
            }
            rebuilt.push_str(&numbered.sql[from..]);
            prop_assert_eq!(rebuilt, text);
        }
    }
}
