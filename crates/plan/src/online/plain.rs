//! Plain statements that an online change which is open stands against: they would hang something on a column that goes
//! with its contract, or call otherwise what its scripts name. Contract would find that out, when it is too late.

use std::collections::BTreeSet;
use std::sync::Arc;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{
    Catalog, ColumnName, Identifier, MemberName, Object, ObjectId, ObjectName, QualifiedName, Rename,
};
use limosa_syntax::{
    ColumnDefinition, Command, Diagnostic, Directive, Generation, IndexAction, MemberChange, ObjectAction,
    ObjectChange, ReferenceTerms, RelationKind, Script, SourceFile, TableAction, TableConstraint, TableMember,
    TableRule, TokenKind, Tokens, Words, part_spans,
};

use super::phases::OnlineChange;
use super::reliance::relies_on;

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
    /// What tables will be called that are views until then.
    pub new_names: Vec<ObjectName>,
    /// Whether its triggers may give the defaults of what it renames.
    pub gives_defaults: bool,
    /// Indexes and constraints that are built anew beside the old ones, as their ids are written.
    pub built: BTreeSet<String>,
    /// What its contract says of what stays.
    says: Vec<Touch>,
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
        let reliance = relies_on(catalog, &goes, "").into_keys();
        let own = Self::new(version, goes, renames, change.versions.is_none());
        Self { keys, ..own }.with_contract(&change.contract_script(), reliance)
    }

    /// With what its contract says, and what hung on the columns that go when it began.
    #[must_use]
    pub fn with_contract(mut self, contract: &str, reliance: impl Iterator<Item = String>) -> Self {
        let script = Script::parse(contract);
        let said = script.statements.iter().flat_map(|statement| touches(statement.span.of(contract)));
        let mut is_built = false;
        for touch in said {
            match touch {
                // Something takes the place of what goes.
                Touch::Renames(..) => is_built = true,
                Touch::Default(..)
                | Touch::Numbers(..)
                | Touch::Marks(..)
                | Touch::Index(_)
                | Touch::Constraint(..)
                | Touch::Value(..) => self.says.push(touch),
                _ => {}
            }
        }
        if is_built {
            self.built = reliance.collect();
        }
        self
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
                Rename::Object { from: ObjectId::Table(table), to } => {
                    own.new_names.push(ObjectName { schema: table.schema.clone(), name: to });
                    own.tables.push(table);
                }
                _ => {}
            }
        }
        own
    }

    /// Why a statement has to wait for its contract.
    fn against(&self, touch: &Touch, search_path: &[Identifier]) -> Option<String> {
        let is_it = |name: &ObjectName, table: &QualifiedName| is_called(name, table, search_path);
        let of = |columns: &[ColumnName], table: &QualifiedName, named: &[Identifier]| {
            let found = columns.iter().find(|it| is_it(&it.relation, table) && named.contains(&it.name));
            found.map(|column| column.name.for_people().to_string())
        };
        let version = &self.version;
        let goes = |column: String| format!("{column} goes with the contract of {version}, and this with it");
        let belongs = |column: String| format!("{column} belongs to the online change {version}, which is open");
        if self.says.iter().any(|own| own.is_about_the_same(touch)) {
            return Some(format!("the contract of {version} says something else of it"));
        }
        let built = |id: &dyn Fn(&Identifier) -> ObjectId| {
            let found = search_path.iter().map(|schema| id(schema).to_string()).find(|id| self.built.contains(id));
            found.map(|id| format!("{id} is built anew by the online change {version}, which is open"))
        };
        match touch {
            Touch::Marks(table, columns) => of(&self.goes, table, columns).map(belongs),
            Touch::Says(table) => self.new_names.iter().find(|name| is_it(name, table)).map(|name| {
                format!("{} is a view until the contract of {version}, and this goes with it", name.name.for_people())
            }),
            Touch::Index(index) => built(&|schema| {
                let schema = index.schema.as_ref().unwrap_or(schema).clone();
                ObjectId::Index(ObjectName { schema, name: index.name.clone() })
            }),
            Touch::Constraint(table, name) => built(&|schema| {
                let schema = table.schema.as_ref().unwrap_or(schema).clone();
                let relation = ObjectName { schema, name: table.name.clone() };
                ObjectId::Constraint(MemberName { relation, name: name.clone() })
            }),
            Touch::Value(..) | Touch::Renames(..) | Touch::RenamesType(..) | Touch::Numbers(..) => None,
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

/// Whether a name means this object.
fn is_called(object: &ObjectName, name: &QualifiedName, search_path: &[Identifier]) -> bool {
    let in_schema = |own: &Identifier| *own == object.schema;
    object.name == name.name && name.schema.as_ref().map_or(search_path.contains(&object.schema), in_schema)
}

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
    /// It takes a constraint of a table away, or calls it otherwise.
    Constraint(QualifiedName, Identifier),
    /// It calls a value of a type otherwise.
    Value(QualifiedName, String),
    /// It gives a type another name.
    RenamesType(QualifiedName, Identifier),
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
            (Self::Index(a), Self::Index(b)) => same(a, b),
            (Self::Value(a, own), Self::Value(b, others)) => same(a, b) && own == others,
            _ => false,
        }
    }
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
                     under `-- limosa: allow {OPEN_CHANGE}` the statement runs all the same, and contract undoes it, \
                     or is refused until it is undone"
                )),
        );
    }
    problems
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
        TableAction::DropConstraint(name) | TableAction::RenameConstraint { from: name, .. } => {
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
            new_names: vec![ObjectName { schema: name("public"), name: name("patients") }],
            ..InHand::default()
        };
        let key = MemberName { relation, name: name("patient_pkey") };
        let index = ObjectName { schema: name("public"), name: name("patient_note_idx") };
        let reliance = [ObjectId::Index(index), ObjectId::Constraint(key)];
        let open = open.with_contract(
            "ALTER TABLE patient DROP COLUMN note; ALTER TABLE patient RENAME COLUMN limosa_online_2_note TO note;
             ALTER TABLE public.patient ALTER COLUMN born DROP DEFAULT; ALTER TYPE mood RENAME VALUE 'a' TO 'z'",
            reliance.iter().map(ToString::to_string),
        );
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
            "COMMENT ON COLUMN patient.note IS 'x'",
            "REVOKE SELECT (id, note) ON public.patient FROM app",
            "ALTER TABLE patient ALTER note DROP NOT NULL",
            "ALTER TABLE patient ALTER COLUMN note SET STATISTICS 5",
            "DROP INDEX patient_note_idx",
            "ALTER TABLE patient DROP CONSTRAINT patient_pkey",
            "GRANT SELECT ON patients TO app",
            "COMMENT ON COLUMN patients.id IS 'x'",
            "ALTER TABLE patient ALTER born SET DEFAULT '1950-01-01'",
            "ALTER TYPE mood RENAME VALUE 'a' TO 'c'",
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
            "COMMENT ON COLUMN patient.age IS 'x'",
            "COMMENT ON TABLE patient IS 'x'",
            "GRANT SELECT ON patient TO app",
            "GRANT SELECT (id) ON patient TO app",
            "GRANT USAGE ON SCHEMA patients TO app",
            "ALTER TABLE patient ALTER born DROP NOT NULL",
            "ALTER TYPE mood RENAME VALUE 'b' TO 'c'",
            "DROP INDEX patient_age_idx",
            "-- limosa: allow open-change\nDROP TABLE patient",
        ] {
            assert!(!refused(statement), "{statement}");
        }
    }
}
