//! What rules look at.

mod around;

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

use limosa_catalog::{Catalog, Entry, ObjectId, ObjectKind, QualifiedName, ServerMajor};
use limosa_plan::lock::{KeptOut, LockMode, LockedRelation, RelationLock, StatementForm, StatementLocks};
use limosa_plan::{HazardKind, Mode};
use limosa_syntax::{
    Class, Command, Directive, LineIndex, ObjectChange, Severity, Span, Statement, Tokens, part_spans,
};

use crate::file::{File, Role};
use crate::found::{Draft, table_of};
use crate::settings::Settings;
use crate::shape::{Table, tables_of_catalog, tables_of_script};
use crate::sizes::Sizes;
use crate::state::State;

/// A statement that will run.
#[derive(Debug)]
pub(crate) struct Looked {
    /// Which statement of the script it is, or is part of.
    pub(crate) index: usize,
    /// Where it stands in the file.
    pub(crate) span: Span,
    /// Its own text.
    pub(crate) text: String,
    /// Its parts.
    pub(crate) command: Command,
    /// What it does to an object that is no relation.
    pub(crate) change: Option<ObjectChange>,
    /// What it locks.
    pub(crate) locks: StatementLocks,
    /// Where it runs.
    pub(crate) place: Place,
    /// The transaction that it runs in; statements of equal number share one. `None` where it has none.
    pub(crate) transaction: Option<usize>,
}

impl Looked {
    /// A span of its text, in the file. What stands inside quotes is shown as a whole.
    pub(crate) fn place(&self, file: &File, span: Span) -> Span {
        let exact = self.span.of(&file.source.text) == self.text;
        if exact { span.shifted(self.span.start) } else { self.span }
    }

    /// Whether this is its first word, given in capitals.
    pub(crate) fn begins_with(&self, word: &str) -> bool {
        self.text.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word))
    }

    /// The first words, up to the name that it is about: what to underline where all of it is meant.
    pub(crate) fn head(&self, file: &File) -> Span {
        let line = self.text.lines().next().unwrap_or_default();
        // What is in parentheses is left out, but for options behind the first word.
        let is_more = |head: &&str| head.trim_end().contains(' ');
        let head = line.split_once('(').map(|(head, _)| head).filter(is_more).unwrap_or(line);
        self.place(file, Span::new(0, head.trim_end().len()))
    }
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the file.
    File,
    /// In a `DO` block; perhaps it never runs.
    Block,
    /// In a function that is called.
    Function,
}

/// A lock on a table in use that a transaction holds from a statement on.
#[derive(Debug)]
pub(crate) struct Held {
    /// On what.
    pub(crate) relation: QualifiedName,
    /// How.
    pub(crate) mode: LockMode,
    /// The statement that took it.
    pub(crate) span: Span,
    /// Whether somebody has been told that it is held for long: once is enough.
    pub(crate) told: Cell<bool>,
    /// The transaction.
    transaction: Option<usize>,
}

impl Held {
    /// The strongest lock behind a statement, of those that keep out writers at least. Of equal ones the first, which
    /// is held longest.
    pub(crate) fn after(before: Option<Self>, looked: &Looked) -> Option<Self> {
        let before = before.filter(|held| held.transaction == looked.transaction);
        let own = looked.locks.locks.iter().find_map(|lock| match &lock.relation {
            LockedRelation::Named(relation) if lock.mode.keeps_out() >= KeptOut::Writers => Some((relation, lock.mode)),
            _ => None,
        });
        let Some((relation, mode)) = own else { return before };
        if before.as_ref().is_some_and(|held| held.mode.keeps_out() >= mode.keeps_out()) {
            return before;
        }
        let (relation, told) = (relation.clone(), Cell::new(false));
        Some(Self { relation, mode, span: looked.span, told, transaction: looked.transaction })
    }
}

/// A statement, with what is known before it.
pub(crate) struct Step<'a> {
    pub(crate) file: &'a File,
    /// The statement of the file.
    pub(crate) statement: &'a Statement,
    /// What it does.
    pub(crate) looked: &'a Looked,
    /// What runs before it, in the same file.
    pub(crate) before: &'a [Looked],
    /// The text in its statements.
    pub(crate) parsed: &'a limosa_syntax::Script,
    /// The statements of the file in their parts.
    pub(crate) commands: &'a [Command],
    /// What is locked already.
    pub(crate) held: Option<&'a Held>,
    /// Whether the file has written out the transaction that it is in.
    pub(crate) in_block: bool,
    pub(crate) state: &'a State,
    pub(crate) sizes: &'a Sizes,
    pub(crate) major: ServerMajor,
    /// See [`Step::tokens`].
    pub(crate) tokens: OnceCell<Tokens<'a>>,
}

impl<'a> Step<'a> {
    /// The statement in its parts.
    pub(crate) fn command(&self) -> &'a Command {
        &self.looked.command
    }

    /// What it does to an object that is no relation.
    pub(crate) fn object_change(&self) -> Option<&'a ObjectChange> {
        self.looked.change.as_ref()
    }

    /// What the statement is, as far as its first words say; of what stands inside another statement, that of the
    /// outer.
    pub(crate) fn class(&self) -> &'a Class {
        &self.statement.class
    }

    /// Its tokens. The spans count in its own text: [`Step::place`] finds them in the file.
    pub(crate) fn tokens(&self) -> &Tokens<'a> {
        self.tokens.get_or_init(|| Tokens::of(&self.looked.text))
    }

    /// A span of the statement's text, in the file. What stands inside quotes is shown as a whole.
    pub(crate) fn place(&self, span: Span) -> Span {
        self.looked.place(self.file, span)
    }

    /// The whole statement.
    pub(crate) fn span(&self) -> Span {
        self.looked.span
    }

    /// The first words of the statement, up to the name that it is about: what to underline where all of it is meant.
    pub(crate) fn head(&self) -> Span {
        self.looked.head(self.file)
    }

    /// An action of an `ALTER TABLE`, or a column or constraint of a `CREATE TABLE`, by its number.
    pub(crate) fn part(&self, number: usize) -> Span {
        part_spans(&self.looked.text).get(number).map_or_else(|| self.head(), |span| self.place(*span))
    }

    /// A word of such a part, given in capitals.
    pub(crate) fn word_of_part(&self, number: usize, word: &str) -> Option<Span> {
        let part = part_spans(&self.looked.text).get(number).copied()?;
        let tokens = Tokens::of(part.of(&self.looked.text));
        let (token, _) = tokens.words().each().find(|(_, here)| here.at(&[word]))?;
        Some(self.place(token.span.shifted(part.start)))
    }

    /// Whether it was recognised as this form.
    pub(crate) fn is(&self, form: StatementForm) -> bool {
        self.looked.locks.forms.contains(&form)
    }

    /// The name with its schema, as far as that is known.
    pub(crate) fn resolve(&self, name: &QualifiedName) -> QualifiedName {
        self.state.known.resolve(name)
    }

    /// Whether somebody may be using a table: it was there before this rollout. A table that this rollout has made and
    /// filled is nobody's yet, but large.
    pub(crate) fn is_in_use(&self, table: &QualifiedName) -> bool {
        !self.state.known.is_new(&self.resolve(table))
    }

    /// Whether a table may hold many rows: it was there before this rollout, or was filled by it.
    pub(crate) fn may_be_large(&self, table: &QualifiedName) -> bool {
        let table = self.resolve(table);
        !self.state.known.is_new(&table) || self.state.is_filled(&table)
    }

    /// How much it weighs that a whole table is read, written or locked for as long as that takes: less where the table
    /// is known to be small, or nobody uses it yet.
    pub(crate) fn weight(&self, table: &QualifiedName) -> Severity {
        let table = self.resolve(table);
        let weight = self.sizes.severity(&table);
        if self.state.known.is_new(&table) { weight.min(Severity::Warning) } else { weight }
    }

    /// Weighs a finding about a table that is locked while all of it is worked through, and adds the lock to it.
    pub(crate) fn weigh<'d>(&self, finding: &'d mut Draft, table: &QualifiedName) -> &'d mut Draft {
        finding.at_most(self.weight(table));
        match self.lock_note(table) {
            Some(note) => finding.note(note),
            None => finding,
        }
    }

    /// The strongest lock on a relation that it takes.
    pub(crate) fn lock_on(&self, table: &QualifiedName) -> Option<&'a RelationLock> {
        let table = LockedRelation::Named(self.resolve(table));
        self.looked.locks.locks.iter().find(|lock| lock.relation == table)
    }

    /// A sentence on what a table's lock means to others, for notes: which, and whom it keeps out.
    pub(crate) fn lock_note(&self, table: &QualifiedName) -> Option<String> {
        let lock = self.lock_on(table).filter(|lock| lock.mode.keeps_out() > KeptOut::Nobody)?;
        let rows = self.sizes.rows(&self.resolve(table)).map(|rows| format!("; it has about {rows} rows"));
        let until = if self.shares_transaction() { "until the transaction ends" } else { "while it runs" };
        Some(format!(
            "it holds {} on {}, which keeps out {}, {until}{}",
            lock.mode,
            crate::found::shown(table),
            lock.mode.keeps_out().words(),
            rows.unwrap_or_default()
        ))
    }

    /// Whether it could be changed into a statement that has to be outside of transactions.
    pub(crate) fn can_stand_alone(&self) -> bool {
        self.looked.place == Place::File && !self.in_block && self.file.mode != Mode::Whole
    }

    /// Whether other statements share its transaction.
    pub(crate) fn shares_transaction(&self) -> bool {
        self.looked.transaction.is_some()
    }

    /// Whether it is run in batches: `-- limosa: backfill` stands at it.
    pub(crate) fn is_batched(&self) -> bool {
        let mut directives = self.parsed.statement_directives(self.looked.index);
        self.looked.place == Place::File && directives.any(|directive| matches!(directive, Directive::Backfill(_)))
    }

    /// Whether a hazard is allowed by name, at the statement or for the file.
    pub(crate) fn is_allowed(&self, hazard: HazardKind) -> bool {
        self.directives().any(|directive| matches!(directive, Directive::Allow(name) if name == hazard.name()))
    }

    /// Whether what it drops may be lost, or is set aside and is not.
    pub(crate) fn may_drop(&self) -> bool {
        self.is_allowed(HazardKind::DeletesData)
            || self.directives().any(|directive| matches!(directive, Directive::SetAside(_)))
    }

    /// What is said at the statement or for the file.
    fn directives(&self) -> impl Iterator<Item = &Directive> {
        let of_file = self.parsed.file_directives();
        self.parsed.statement_directives(self.looked.index).chain(of_file)
    }

    /// The strongest lock on a table in use that its transaction holds already, if that keeps out writers at least.
    pub(crate) fn held(&self) -> Option<&'a Held> {
        let transaction = self.looked.transaction;
        self.held.filter(|held| transaction.is_some() && held.transaction == transaction)
    }

    /// The line of the file on which something stands.
    pub(crate) fn line(&self, span: Span) -> usize {
        let text = &self.file.source.text;
        LineIndex::new(text).locate(text, span.start).line
    }

    /// The forms of one action of an `ALTER TABLE`, by its number.
    pub(crate) fn forms_of(&self, number: usize) -> Vec<StatementForm> {
        let Command::AlterTable { table, view, only, actions } = self.command() else { return Vec::new() };
        if let [_] = actions.as_slice() {
            return self.looked.locks.forms.clone();
        }
        let actions = actions.get(number).cloned().into_iter().collect();
        let alone = Command::AlterTable { table: table.clone(), view: *view, only: *only, actions };
        StatementLocks::of(&alone, &self.state.known, self.major).forms
    }

    /// The statements before it in the same transaction, the last one first.
    pub(crate) fn before_in_transaction(&self) -> impl Iterator<Item = &'a Looked> {
        let transaction = self.looked.transaction;
        self.before.iter().rev().take_while(move |looked| transaction.is_some() && looked.transaction == transaction)
    }
}

/// A script whose statements are known.
pub(crate) struct Script<'a> {
    pub(crate) file: &'a File,
    /// The text in its statements.
    pub(crate) parsed: &'a limosa_syntax::Script,
    /// What will run, in order; statements inside others stand behind these.
    pub(crate) statements: &'a [Looked],
    /// What is known behind the last.
    pub(crate) after: &'a State,
    /// See [`Script::tables`].
    pub(crate) shape: OnceCell<Vec<Table<'static>>>,
}

impl Script<'_> {
    /// The tables that it makes or changes, with what it says of them. None of a script that takes something back: what
    /// that makes was there before.
    pub(crate) fn tables(&self) -> &[Table<'static>] {
        self.shape.get_or_init(|| match self.file.role {
            Role::Down => Vec::new(),
            _ => tables_of_script(self.file, self.statements, &self.after.known),
        })
    }
}

/// All scripts.
pub(crate) struct Set<'a> {
    pub(crate) files: &'a [Read],
}

/// A script that has been read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) file: File,
    pub(crate) parsed: limosa_syntax::Script,
    /// Its statements in their parts; not those inside others.
    pub(crate) commands: Vec<Command>,
}

/// A catalog.
pub(crate) struct CatalogView<'a> {
    pub(crate) catalog: &'a Catalog,
    /// What the project leaves out.
    pub(crate) settings: &'a Settings,
    /// See [`CatalogView::tables`].
    shape: OnceCell<Vec<Table<'a>>>,
    /// See [`CatalogView::table`].
    places: OnceCell<HashMap<QualifiedName, usize>>,
}

impl<'a> CatalogView<'a> {
    pub(crate) fn new(catalog: &'a Catalog, settings: &'a Settings) -> Self {
        Self { catalog, settings, shape: OnceCell::new(), places: OnceCell::new() }
    }

    /// Its tables, without those that the project leaves out.
    pub(crate) fn tables(&self) -> &[Table<'a>] {
        self.shape.get_or_init(|| {
            let mut tables = tables_of_catalog(self.catalog);
            tables.retain(|table| !self.settings.leaves_out(&table.name));
            tables
        })
    }

    /// The table of a name.
    pub(crate) fn table(&self, name: &QualifiedName) -> Option<&Table<'a>> {
        let places = self
            .places
            .get_or_init(|| self.tables().iter().enumerate().map(|(at, table)| (table.name.clone(), at)).collect());
        self.tables().get(*places.get(name)?)
    }

    /// The objects of a kind, without those that the project leaves out.
    pub(crate) fn of_kind(&self, kind: ObjectKind) -> impl Iterator<Item = Entry<'a>> {
        self.catalog.of_kind(kind).filter(|entry| !self.leaves_out(entry.id()))
    }

    /// Whether the project leaves out an object, or what it is part of.
    pub(crate) fn leaves_out(&self, id: &ObjectId) -> bool {
        table_of(id).is_some_and(|name| self.settings.leaves_out(&name))
    }
}
