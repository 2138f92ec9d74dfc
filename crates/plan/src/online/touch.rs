//! What a statement does to columns, tables and what hangs on them, as far as its words tell.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{
    ColumnDefinition, Command, Generation, IndexAction, MemberChange, ObjectAction, ObjectChange, ReferenceTerms,
    RelationKind, TableAction, TableConstraint, TableMember, TableRule, TokenKind, Tokens, Words, part_spans,
};

/// What a statement does to columns and tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Touch {
    /// It lets something rest on columns.
    Hangs(QualifiedName, Vec<Identifier>),
    /// It refers to the primary key of a table.
    RefersToKey(QualifiedName),
    /// It gives a column another default.
    Default(QualifiedName, Identifier),
    /// It makes a column another one, or calls it otherwise.
    Changes(QualifiedName, Identifier),
    /// It takes a table away from where it is.
    Moves(QualifiedName),
    /// It gives a column of a table another name.
    Renames(QualifiedName, Identifier),
    /// It makes a column one that is numbered, or no more.
    Numbers(QualifiedName, Identifier),
    /// It says of columns what is no object by itself: whether one may be null, what is written about it, who reads it.
    Marks(QualifiedName, Vec<Identifier>),
    /// It says something of a table.
    Says(QualifiedName),
    /// It takes an index away, or calls it otherwise.
    Index(QualifiedName),
    /// It takes a constraint of a table away, calls it otherwise, or says something of it.
    Constraint(QualifiedName, Identifier),
    /// It calls a value of a type otherwise.
    Value(QualifiedName, String),
    /// It gives a type another name.
    RenamesType(QualifiedName, Identifier),
    /// It takes a type away from where it is.
    MovesType(QualifiedName),
}

impl Touch {
    /// Whether both say something of the same, so that the later one undoes the other. A name without a schema may mean
    /// any.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        let same = |a: &QualifiedName, b: &QualifiedName| {
            let either = a.schema.is_none() || b.schema.is_none();
            a.name == b.name && (either || a.schema == b.schema)
        };
        match (self, other) {
            // What is numbered has no default.
            (Self::Default(a, own) | Self::Numbers(a, own), Self::Default(b, others) | Self::Numbers(b, others))
            | (Self::Constraint(a, own), Self::Constraint(b, others)) => same(a, b) && own == others,
            (Self::Marks(a, own), Self::Marks(b, others)) => same(a, b) && own.iter().any(|it| others.contains(it)),
            (Self::Index(a), Self::Index(b))
            | (Self::RenamesType(a, _) | Self::MovesType(a), Self::RenamesType(b, _) | Self::MovesType(b)) => {
                same(a, b)
            }
            (Self::Value(a, own), Self::Value(b, others)) => same(a, b) && own == others,
            _ => false,
        }
    }
}

/// What a statement does, as far as its words tell.
pub(super) fn touches(text: &str) -> Vec<Touch> {
    let tokens = Tokens::of(text);
    let words = tokens.words();
    match Command::of(text) {
        Command::CreateIndex { table, predicate, .. } => {
            let mut columns = columns_within(words);
            columns.extend(predicate.iter().flat_map(|text| columns_in(Tokens::of(text).words())));
            vec![Touch::Hangs(table, columns)]
        }
        Command::AlterTable { table, view: false, actions, .. } => {
            let parts = part_spans(text);
            let texts = if parts.len() == actions.len() { parts } else { Vec::new() };
            let text_of = |at: usize| texts.get(at).map_or(text, |part| part.of(text));
            actions.iter().enumerate().flat_map(|(at, action)| of_action(&table, action, text_of(at))).collect()
        }
        Command::CreateTable(new) => {
            let columns = new.columns.iter().flat_map(referred_by);
            let constraints = new.constraints.iter().flat_map(|constraint| match &constraint.rule {
                TableRule::ForeignKey { references, terms, .. } => vec![referred(references, terms)],
                _ => Vec::new(),
            });
            columns.chain(constraints).collect()
        }
        Command::CreateStatistics { tables, .. } => match <[QualifiedName; 1]>::try_from(tables) {
            Ok([table]) => vec![Touch::Hangs(table, columns_in(behind(words, "ON").until_any(&["FROM"])))],
            Err(_) => Vec::new(),
        },
        Command::Publish { tables } => match <[QualifiedName; 1]>::try_from(tables) {
            Ok([table]) => vec![Touch::Hangs(table, columns_within(words))],
            Err(_) => Vec::new(),
        },
        Command::DropRelations { kind: RelationKind::Table, names, .. } => {
            names.into_iter().map(Touch::Moves).collect()
        }
        Command::Comment { relation, .. } => match commented_column(words) {
            Some((table, column)) => vec![Touch::Says(table.clone()), Touch::Marks(table, vec![column])],
            None => vec![Touch::Says(relation)],
        },
        Command::Grant { tables } => {
            let columns = columns_within(words.until_any(&["ON"]));
            tables
                .into_iter()
                .flat_map(|table| [Touch::Says(table.clone()), Touch::Marks(table, columns.clone())])
                .collect()
        }
        Command::DropIndex { names, .. } => names.into_iter().map(Touch::Index).collect(),
        Command::AlterIndex { index, action: IndexAction::Rename(_) } => vec![Touch::Index(index)],
        Command::InTable { member, change: MemberChange::Create | MemberChange::Alter, table } => {
            let columns = match member {
                // What a query in it names may be of another table.
                TableMember::Policy if !says(words, "SELECT") => columns_within(words),
                TableMember::Trigger => {
                    let of = columns_in(behind(words, "OF").until_any(&["ON", "OR"]));
                    let when = behind(words, "WHEN").parenthesised().map(columns_in);
                    of.into_iter().chain(when.unwrap_or_default()).collect()
                }
                _ => Vec::new(),
            };
            vec![Touch::Hangs(table, columns)]
        }
        _ => match ObjectChange::of(text) {
            Some(ObjectChange { action: ObjectAction::RenameValue { from, .. }, names, .. }) => {
                names.into_iter().map(|name| Touch::Value(name, from.clone())).collect()
            }
            Some(ObjectChange { action: ObjectAction::Rename(to), kind: "TYPE" | "DOMAIN", names }) => {
                names.into_iter().map(|name| Touch::RenamesType(name, to.clone())).collect()
            }
            Some(ObjectChange {
                action: ObjectAction::SetSchema(_) | ObjectAction::Drop { .. },
                kind: "TYPE" | "DOMAIN",
                names,
            }) => names.into_iter().map(Touch::MovesType).collect(),
            _ => Vec::new(),
        },
    }
}

/// The column of `COMMENT ON COLUMN`.
fn commented_column(mut words: Words<'_>) -> Option<(QualifiedName, Identifier)> {
    words.take(&["COMMENT", "ON", "COLUMN"]).then(|| words.column_of()).flatten()
}

fn of_action(table: &QualifiedName, action: &TableAction, text: &str) -> Vec<Touch> {
    let tokens = Tokens::of(text);
    let hangs = |columns: Vec<Identifier>| Touch::Hangs(table.clone(), columns);
    match action {
        TableAction::AddColumn(column) => {
            let is_computed = matches!(column.generation, Some(Generation::Stored | Generation::Virtual));
            let names = (is_computed || column.check.is_some()).then(|| columns_within(tokens.words()));
            names.map(hangs).into_iter().chain(referred_by(column)).collect()
        }
        TableAction::AddConstraint(TableConstraint { rule, .. }) => match rule {
            TableRule::Key { .. } | TableRule::Check(_) | TableRule::Exclusion => {
                vec![hangs(columns_within(tokens.words()))]
            }
            TableRule::ForeignKey { columns, references, terms } => {
                vec![hangs(columns.clone()), referred(references, terms)]
            }
            TableRule::NotNull(column) => vec![hangs(vec![column.clone()])],
            TableRule::KeyUsingIndex { .. } => Vec::new(),
        },
        TableAction::SetNotNull(column) => {
            vec![hangs(vec![column.clone()]), Touch::Marks(table.clone(), vec![column.clone()])]
        }
        TableAction::DropNotNull(column) => vec![Touch::Marks(table.clone(), vec![column.clone()])],
        TableAction::Identity(column) => {
            vec![Touch::Marks(table.clone(), vec![column.clone()]), Touch::Numbers(table.clone(), column.clone())]
        }
        TableAction::SetStatistics
        | TableAction::SetStorage
        | TableAction::SetCompression
        | TableAction::SetColumnOptions => {
            altered_column(tokens.words()).map(|column| Touch::Marks(table.clone(), vec![column])).into_iter().collect()
        }
        TableAction::DropConstraint(name)
        | TableAction::ValidateConstraint(name)
        | TableAction::AlterConstraint(name)
        | TableAction::RenameConstraint { from: name, .. } => {
            vec![Touch::Constraint(table.clone(), name.clone())]
        }
        TableAction::SetDefault(column) | TableAction::DropDefault(column) => {
            vec![Touch::Default(table.clone(), column.clone())]
        }
        TableAction::RenameColumn { from, to } => {
            vec![Touch::Changes(table.clone(), from.clone()), Touch::Renames(table.clone(), to.clone())]
        }
        TableAction::DropColumn(column) | TableAction::SetType { column, .. } => {
            vec![Touch::Changes(table.clone(), column.clone())]
        }
        TableAction::Rename(_) | TableAction::SetSchema(_) => vec![Touch::Moves(table.clone())],
        _ => Vec::new(),
    }
}

/// The column of `ALTER [COLUMN] name …`.
fn altered_column(mut words: Words<'_>) -> Option<Identifier> {
    words.skip_until_any(&["ALTER"]);
    words.take(&["ALTER"]);
    words.take(&["COLUMN"]);
    words.identifier()
}

fn referred_by(column: &ColumnDefinition) -> Option<Touch> {
    column.references.as_ref().map(|references| referred(references, &column.reference_terms))
}

fn referred(references: &QualifiedName, terms: &ReferenceTerms) -> Touch {
    match terms.columns.as_slice() {
        [] => Touch::RefersToKey(references.clone()),
        columns => Touch::Hangs(references.clone(), columns.to_vec()),
    }
}

fn says(words: Words<'_>, word: &str) -> bool {
    words.each().any(|(_, here)| here.at(&[word]))
}

/// What follows a word that stands outside of parentheses; nothing where it does not.
fn behind<'w>(mut words: Words<'w>, word: &str) -> Words<'w> {
    words.skip_until_any(&[word]);
    words.take(&[word]);
    words
}

/// The names of columns in parentheses.
fn columns_within(mut words: Words<'_>) -> Vec<Identifier> {
    let mut found = Vec::new();
    while words.peek().is_some() {
        match words.at_kind(TokenKind::LeftParen).then(|| words.parenthesised()).flatten() {
            Some(within) => found.extend(columns_in(within)),
            None => drop(words.next()),
        }
    }
    found
}

/// The names of columns: those that are no function's, no type's and no word of the grammar.
fn columns_in(words: Words<'_>) -> Vec<Identifier> {
    let mut found = Vec::new();
    let mut is_type = false;
    for (token, here) in words.each() {
        let mut next = here;
        let name = next.identifier().filter(|_| !is_type);
        // `lower(note)`, `date '2026-11-22'`, `extract(year FROM at)`
        let is_other =
            next.at(&["FROM"]) || [TokenKind::LeftParen, TokenKind::String].iter().any(|kind| next.at_kind(*kind));
        is_type = here.text_of(token) == "::" || here.at_any(&["AS", "COLLATE"]);
        found.extend(name.filter(|_| !is_other));
    }
    found
}

/// Whether a statement names one of these, whatever it means by that.
pub(super) fn names_one_of(text: &str, names: &[Identifier]) -> bool {
    let tokens = Tokens::of(text);
    tokens.words().each().any(|(_, mut here)| here.identifier().is_some_and(|name| names.contains(&name)))
}

/// Whether a statement may make something of a type. One about rows leaves nothing of it.
pub(super) fn uses_type(text: &str, name: &Identifier) -> bool {
    let leaves_nothing = matches!(
        Command::of(text),
        Command::Query { .. } | Command::Insert { .. } | Command::Change { .. } | Command::Comment { .. }
    );
    !leaves_nothing && names_one_of(text, std::slice::from_ref(name))
}
