//! What rules find.

use std::sync::Arc;

use limosa_catalog::{Identifier, ObjectId, QualifiedName};
use limosa_syntax::{Code, Diagnostic, Fix, Severity, SourceFile, Span};

use crate::file::File;
use crate::name_list::NameList;
use crate::rule::{EXCEPT, Level, Rule};
use crate::settings::Parameters;
use crate::shape::Site;

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// The words, and the place.
    pub diagnostic: Diagnostic,
    /// The object it is about, where it is found in a catalog.
    pub object: Option<ObjectId>,
    /// The table, or other object of a schema, that it is about, where that is known.
    pub table: Option<QualifiedName>,
    /// The statement of the file that it is about.
    pub statement: Option<usize>,
}

/// A finding that is being put into words.
#[derive(Debug)]
pub(crate) struct Draft {
    source: Option<Arc<SourceFile>>,
    span: Option<Span>,
    message: String,
    label: Option<String>,
    notes: Vec<String>,
    help: Option<String>,
    fix: Option<Fix>,
    at_most: Severity,
    object: Option<ObjectId>,
    table: Option<QualifiedName>,
}

impl Draft {
    /// Puts words beside the underlined text.
    pub(crate) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    /// Says in which file it is, where the rule looks at all of them.
    pub(crate) fn in_file(&mut self, file: &File) -> &mut Self {
        self.source = Some(Arc::clone(&file.source));
        self
    }

    /// Adds a fact, as a sentence without a full stop.
    pub(crate) fn note(&mut self, note: impl Into<String>) -> &mut Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do instead.
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Weighs it less than the rule's level, if that is heavier.
    pub(crate) fn at_most(&mut self, severity: Severity) -> &mut Self {
        self.at_most = self.at_most.min(severity);
        self
    }

    /// An edit that clears it and means the same otherwise.
    pub(crate) fn safe_fix(&mut self, title: &str, span: Span, replacement: impl Into<String>) -> &mut Self {
        self.fix = Some(Fix { safe: true, title: title.to_owned(), span, replacement: replacement.into() });
        self
    }

    /// An edit that clears it and that somebody should look at.
    pub(crate) fn fix(&mut self, title: &str, span: Span, replacement: impl Into<String>) -> &mut Self {
        self.fix = Some(Fix { safe: false, title: title.to_owned(), span, replacement: replacement.into() });
        self
    }

    /// The object of the catalog that it is about.
    pub(crate) fn object(&mut self, object: &ObjectId) -> &mut Self {
        self.object = Some(object.clone());
        self.table = self.table.take().or_else(|| table_of(object));
        self
    }

    /// The table that it is about; the rule's `except` may let that be.
    pub(crate) fn of_table(&mut self, table: &QualifiedName) -> &mut Self {
        self.table = Some(table.clone());
        self
    }
}

/// Takes the findings of one rule about one thing.
pub(crate) struct Findings<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) level: Level,
    pub(crate) parameters: Parameters<'a>,
    drafts: Vec<Draft>,
}

impl<'a> Findings<'a> {
    pub(crate) fn of(rule: &'a Rule, level: Level, parameters: Parameters<'a>) -> Self {
        Self { rule, level, parameters, drafts: Vec::new() }
    }

    /// Something is wrong at a place of the file: one sentence without a full stop, names in backticks.
    pub(crate) fn at(&mut self, span: Span, message: impl Into<String>) -> &mut Draft {
        self.push(Some(span), message.into())
    }

    /// Something is wrong with the file, or the catalog, as a whole.
    pub(crate) fn whole(&mut self, message: impl Into<String>) -> &mut Draft {
        self.push(None, message.into())
    }

    /// Something is wrong with something that scripts and catalogs hold.
    pub(crate) fn site(&mut self, site: Site<'_>, message: impl Into<String>) -> &mut Draft {
        match site {
            Site::Script(span) => self.at(span, message),
            Site::Catalog(object) => self.whole(message).object(object),
        }
    }

    fn push(&mut self, span: Option<Span>, message: String) -> &mut Draft {
        let at = self.drafts.len();
        self.drafts.push(Draft {
            source: None,
            span,
            message,
            label: None,
            notes: Vec::new(),
            help: None,
            fix: None,
            at_most: Severity::Error,
            object: None,
            table: None,
        });
        &mut self.drafts[at]
    }

    /// The findings, in the file that they are about.
    pub(crate) fn finish(self, source: Option<&Arc<SourceFile>>, statement: Option<usize>) -> Vec<Finding> {
        let Some(severity) = self.level.severity().filter(|_| !self.drafts.is_empty()) else { return Vec::new() };
        let rule = self.rule.id;
        let excepts = self.rule.parameters().iter().any(|parameter| parameter.name == EXCEPT.name);
        let except = if excepts { NameList::of(self.parameters.list(EXCEPT.name)) } else { NameList::default() };
        let is_excepted = |draft: &Draft| draft.table.as_ref().is_some_and(|table| except.holds(table));
        let finding = |draft: Draft| {
            let severity = severity.min(draft.at_most);
            let mut diagnostic = Diagnostic::new(Code::from(rule), severity, draft.message);
            diagnostic.source = draft.source.or_else(|| source.cloned());
            diagnostic.span = draft.span;
            diagnostic.label = draft.label;
            diagnostic.notes = draft.notes;
            diagnostic.help = draft.help;
            diagnostic.fix = draft.fix;
            Finding { rule, diagnostic, object: draft.object, table: draft.table, statement }
        };
        self.drafts.into_iter().filter(|draft| !is_excepted(draft)).map(finding).collect()
    }
}

/// The relation that an object is, or is part of; for others their own name, without arguments.
pub(crate) fn table_of(object: &ObjectId) -> Option<QualifiedName> {
    let name =
        |schema: &Identifier, name: &Identifier| QualifiedName { schema: Some(schema.clone()), name: name.clone() };
    match object {
        ObjectId::Table(of)
        | ObjectId::ForeignTable(of)
        | ObjectId::View(of)
        | ObjectId::MaterializedView(of)
        | ObjectId::Sequence(of)
        | ObjectId::Enum(of)
        | ObjectId::Domain(of)
        | ObjectId::CompositeType(of)
        | ObjectId::Index(of) => Some(name(&of.schema, &of.name)),
        ObjectId::Function(of) | ObjectId::Procedure(of) | ObjectId::Aggregate(of) => Some(name(&of.schema, &of.name)),
        ObjectId::Grant(of) => table_of(&of.on),
        ObjectId::Owner(of) | ObjectId::Comment(of) => table_of(of),
        other => other.relation().map(|of| name(&of.schema, &of.name)),
    }
}

/// A name as people write it, in backticks.
pub(crate) fn shown(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) if schema.as_str() != "public" => format!("`{}.{}`", schema.for_people(), name.name.for_people()),
        _ => format!("`{}`", name.name.for_people()),
    }
}

/// Names as people write them, in backticks, with commas between them.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a QualifiedName>) -> String {
    names.into_iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// Columns as people write them, in backticks, with commas between them.
pub(crate) fn listed_columns<'a>(columns: impl IntoIterator<Item = &'a Identifier>) -> String {
    columns.into_iter().map(|column| format!("`{}`", column.for_people())).collect::<Vec<_>>().join(", ")
}
