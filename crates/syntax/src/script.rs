//! A text of SQL as statements, directives and problems.

use crate::splitter::Splitter;
use crate::{Class, Directive, PlacedDirective, Problem, Span};

/// What one SQL file, or one section of it, holds.
///
/// ```
/// use limosa_syntax::Script;
/// let text = "CREATE TABLE a (x int); -- done\nINSERT INTO a VALUES (';')";
/// let script = Script::parse(text);
/// let texts: Vec<&str> = script.statements.iter().map(|statement| statement.span.of(text)).collect();
/// assert_eq!(texts, ["CREATE TABLE a (x int)", "INSERT INTO a VALUES (';')"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// The statements in their order; their spans are disjoint and on character boundaries.
    pub statements: Vec<Statement>,
    /// The `-- limosa:` comments in their order.
    pub directives: Vec<PlacedDirective>,
    /// What is wrong with the text, in the order of the text.
    pub problems: Vec<Problem>,
}

impl Script {
    /// Splits and classifies a whole text, in time linear in its length. Any text is taken; what cannot be run is among
    /// the problems.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::parse_section(text, Span::new(0, text.len()))
    }

    /// Splits and classifies one section of a text, such as the part after `-- limosa:down`; spans count in the whole
    /// text. A section that does not fit the text, or cuts a character, is narrowed until it does not.
    #[must_use]
    pub fn parse_section(text: &str, section: Span) -> Self {
        let end = text.floor_char_boundary(section.end);
        let start = text.ceil_char_boundary(section.start).min(end);
        Splitter::new(text, Span::new(start, end)).split()
    }

    /// Whether any problem keeps the script from running.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }

    /// The directives that hold for the file as a whole.
    pub fn file_directives(&self) -> impl Iterator<Item = &Directive> {
        self.directives.iter().filter(|placed| placed.statement.is_none()).map(|placed| &placed.directive)
    }

    /// The directives that hold for one statement alone.
    pub fn statement_directives(&self, statement: usize) -> impl Iterator<Item = &Directive> {
        self.directives.iter().filter(move |placed| placed.statement == Some(statement)).map(|placed| &placed.directive)
    }
}

/// One SQL statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// From its first token to its last; the `;` and comments around it are excluded.
    pub span: Span,
    /// What it is and how it must be run.
    pub class: Class,
    /// For `COPY … FROM stdin`, the data that follows in the text, without the line `\.` that ends it; empty where the
    /// text holds none.
    pub copy_data: Option<Span>,
}
