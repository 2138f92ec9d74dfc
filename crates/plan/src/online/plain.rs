//! Plain statements that an online change which is open stands against: they would hang something on a column that goes
//! with its contract, or call otherwise what its scripts name. Contract would find that out, when it is too late.

use std::sync::Arc;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, ColumnName, Identifier, Object, ObjectId, ObjectName, QualifiedName, Rename};
use limosa_syntax::{
    ColumnDefinition, Command, Diagnostic, Directive, Generation, MemberChange, ReferenceTerms, RelationKind, Script,
    SourceFile, TableAction, TableConstraint, TableMember, TableRule, TokenKind, Tokens, Words, part_spans,
};

use super::phases::OnlineChange;

/// What the finding is called, and what lets it be.
const OPEN_CHANGE: &str = "open-change";

/// What an online change that is open has in hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InHand {
    /// The migration's version.
    pub version: String,
    /// Columns that go with its contract.
    pub goes: Vec<ColumnName>,
    /// Those of them that are of a primary key.
    pub keys: Vec<ColumnName>,
    /// Columns that its contract calls otherwise.
    pub renamed: Vec<ColumnName>,
    /// Tables that its contract calls otherwise.
    pub tables: Vec<ObjectName>,
    /// Whether its triggers may give the defaults of what it renames.
    pub gives_defaults: bool,
}

impl InHand {
    /// That of a change which is still to begin.
    #[must_use]
    pub fn of(version: &str, change: &OnlineChange, catalog: &Catalog) -> Self {
        let goes = change.gathered(|phases| &phases.watched);
        let is_primary = |object: &Object| match object {
            Object::Constraint(constraint) => matches!(constraint.rule, ConstraintRule::PrimaryKey(_)),
            _ => false,
        };
        let is_key = |column: &&ColumnName| {
            let entry = catalog.entry(&ObjectId::Column((*column).clone()));
            entry.is_some_and(|entry| entry.dependents().any(|(other, _)| is_primary(other.object())))
        };
        let keys = goes.iter().filter(is_key).cloned().collect();
        let renames = change.gathered(|phases| &phases.renames);
        Self { keys, ..Self::new(version, goes, renames, change.versions.is_none()) }
    }

    /// That of a change of which this is known.
    #[must_use]
    pub fn new(version: &str, goes: Vec<ColumnName>, renames: Vec<Rename>, gives_defaults: bool) -> Self {
        let mut own = Self { version: version.to_owned(), goes, gives_defaults, ..Self::default() };
        for rename in renames {
            match rename {
                Rename::Column { of: ObjectId::Table(relation), from: name, .. } => {
                    own.renamed.push(ColumnName { relation, name });
                }
                Rename::Object { from: ObjectId::Table(table), .. } => own.tables.push(table),
                _ => {}
            }
        }
        own
    }

    /// Why a statement has to wait for its contract.
    fn against(&self, touch: &Touch, search_path: &[Identifier]) -> Option<String> {
        let is_it = |name: &ObjectName, table: &QualifiedName| {
            let in_schema = |own: &Identifier| *own == name.schema;
            name.name == table.name && table.schema.as_ref().map_or(search_path.contains(&name.schema), in_schema)
        };
        let of = |columns: &[ColumnName], table: &QualifiedName, named: &[Identifier]| {
            let found = columns.iter().find(|it| is_it(&it.relation, table) && named.contains(&it.name));
            found.map(|column| column.name.for_people().to_string())
        };
        let version = &self.version;
        let goes = |column: String| format!("{column} goes with the contract of {version}, and this with it");
        let belongs = |column: String| format!("{column} belongs to the online change {version}, which is open");
        match touch {
            Touch::Hangs(table, columns) => of(&self.goes, table, columns).map(goes),
            Touch::RefersToKey(table) => {
                let key = self.keys.iter().find(|column| is_it(&column.relation, table));
                key.map(|column| goes(column.name.for_people().to_string()))
            }
            Touch::Default(table, column) => {
                let column = std::slice::from_ref(column);
                let renamed = || of(&self.renamed, table, column).filter(|_| self.gives_defaults);
                of(&self.goes, table, column).or_else(renamed).map(belongs)
            }
            Touch::Changes(table, column) => {
                let column = std::slice::from_ref(column);
                of(&self.goes, table, column).or_else(|| of(&self.renamed, table, column)).map(belongs)
            }
            Touch::Moves(table) => {
                let columns = self.goes.iter().chain(&self.renamed).map(|column| &column.relation);
                let found = columns.chain(&self.tables).find(|name| is_it(name, table));
                found.map(|name| {
                    format!("the online change {version}, which is open, finds {} by this name", name.name.for_people())
                })
            }
        }
    }
}

/// What a statement does to columns and tables.
enum Touch {
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
}

/// The statements of a script that is not run online, and that open changes stand against.
#[must_use]
pub fn held_up_by_open(
    source: &Arc<SourceFile>,
    script: &Script,
    open: &[InHand],
    search_path: &[Identifier],
) -> Vec<Diagnostic> {
    let allows = |directive: &Directive| matches!(directive, Directive::Allow(hazard) if hazard == OPEN_CHANGE);
    if open.is_empty() || script.file_directives().any(allows) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (index, statement) in script.statements.iter().enumerate() {
        if script.statement_directives(index).any(allows) {
            continue;
        }
        let touches = touches(statement.span.of(&source.text));
        let against =
            |touch: &Touch| open.iter().find_map(|it| Some((it.against(touch, search_path)?, it.version.as_str())));
        let Some((why, version)) = touches.iter().find_map(against) else { continue };
        problems.push(
            Diagnostic::error(OPEN_CHANGE, "an online change that is open stands against this")
                .at(source, statement.span)
                .with_label(why)
                .with_help(format!(
                    "contract that one first: `limosa contract {version}`, or take it back: `limosa abort {version}`; \
                     under `-- limosa: allow {OPEN_CHANGE}` the statement runs all the same, and contract is refused \
                     until that is undone"
                )),
        );
    }
    problems
}

fn touches(text: &str) -> Vec<Touch> {
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
        _ => Vec::new(),
    }
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
        TableAction::SetNotNull(column) => vec![hangs(vec![column.clone()])],
        TableAction::SetDefault(column) | TableAction::DropDefault(column) => {
            vec![Touch::Default(table.clone(), column.clone())]
        }
        TableAction::RenameColumn { from: column, .. }
        | TableAction::DropColumn(column)
        | TableAction::SetType { column, .. } => vec![Touch::Changes(table.clone(), column.clone())],
        TableAction::Rename(_) | TableAction::SetSchema(_) => vec![Touch::Moves(table.clone())],
        _ => Vec::new(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(statement: &str) -> bool {
        let name = |name: &str| Identifier::new(name).unwrap();
        let relation = ObjectName { schema: name("public"), name: name("patient") };
        let column = |own: &str| ColumnName { relation: relation.clone(), name: name(own) };
        let open = InHand {
            version: "002".to_owned(),
            goes: vec![column("note"), column("date")],
            keys: vec![column("note")],
            renamed: vec![column("age")],
            ..InHand::default()
        };
        let source = Arc::new(SourceFile { path: "003.sql".to_owned(), text: statement.into() });
        let script = Script::parse(statement);
        !held_up_by_open(&source, &script, &[open], &[name("public")]).is_empty()
    }

    #[test]
    fn what_hangs_on_a_column_that_goes_is_seen_and_nothing_else() {
        for statement in [
            "CREATE INDEX ON patient (note)",
            "CREATE INDEX ON public.patient USING btree (id, lower(note) DESC)",
            "CREATE INDEX ON patient (id) INCLUDE (note)",
            "CREATE INDEX ON patient (id) WHERE note IS NULL",
            "CREATE STATISTICS s ON id, note FROM patient",
            "CREATE POLICY p ON patient USING (note IS NULL)",
            "CREATE TRIGGER t BEFORE UPDATE OF id, note ON patient FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE TRIGGER t BEFORE UPDATE ON patient FOR EACH ROW WHEN (NEW.note = '') EXECUTE FUNCTION f()",
            "CREATE TABLE visit (patient text REFERENCES patient)",
            "CREATE TABLE visit (patient text, FOREIGN KEY (patient) REFERENCES patient (note))",
            "CREATE PUBLICATION p FOR TABLE patient (id, note)",
            "ALTER TABLE patient ADD CHECK (note <> '')",
            "ALTER TABLE patient ADD COLUMN x int, ADD UNIQUE (id, note)",
            "ALTER TABLE patient ADD COLUMN x text GENERATED ALWAYS AS (upper(note)) STORED",
            "ALTER TABLE patient ADD COLUMN x text CHECK (x <> note)",
            "ALTER TABLE patient ALTER note SET NOT NULL",
            "ALTER TABLE patient ALTER note SET DEFAULT ''",
            "ALTER TABLE patient DROP COLUMN note",
            "ALTER TABLE patient RENAME COLUMN age TO years",
            "ALTER TABLE patient ALTER COLUMN age TYPE int",
            "ALTER TABLE patient RENAME TO person",
            "ALTER TABLE patient SET SCHEMA other",
            "DROP TABLE patient",
        ] {
            assert!(refused(statement), "{statement}");
        }
        for statement in [
            "CREATE INDEX note ON patient (id)",
            "CREATE INDEX ON visit (note)",
            "CREATE INDEX ON other.patient (note)",
            "CREATE INDEX ON patient (note(id), (age::date), (date '2026-11-22' - id))",
            "CREATE INDEX ON patient (age)",
            "CREATE STATISTICS note ON id, age FROM patient",
            "CREATE POLICY note ON patient TO note USING (id = 1)",
            "CREATE POLICY p ON patient USING (EXISTS (SELECT FROM visit WHERE note = ''))",
            "CREATE TRIGGER note BEFORE UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION f(note)",
            "CREATE TABLE visit (note text REFERENCES patient (id))",
            "ALTER TABLE patient ADD CHECK (age > 0)",
            "ALTER TABLE patient ADD COLUMN x int",
            "ALTER TABLE patient ALTER age SET DEFAULT 1",
            "ALTER TABLE patient ALTER age SET NOT NULL",
            "ALTER TABLE visit RENAME TO patient",
            "-- limosa: allow open-change\nDROP TABLE patient",
        ] {
            assert!(!refused(statement), "{statement}");
        }
    }
}
