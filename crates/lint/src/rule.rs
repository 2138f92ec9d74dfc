//! What a rule is.

use limosa_catalog::Usage;
use limosa_syntax::Severity;

use crate::found::Findings;
use crate::page::Page;
use crate::step::{CatalogView, Script, Set, Step};

/// How much a finding of a rule weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The rule is not asked.
    Off,
    /// Worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// It must not go out like this.
    Error,
}

impl Level {
    /// All, from the lightest.
    pub const ALL: [Self; 4] = [Self::Off, Self::Note, Self::Warning, Self::Error];

    /// As `limosa.toml` writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The level of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The severity of findings; `None` where there are none.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// What a rule watches over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Locks, full reads and rewrites of tables that are in use.
    Locks,
    /// Data that goes away.
    DataLoss,
    /// Applications that run while the schema changes under them.
    Compatibility,
    /// What belongs into one transaction and what does not.
    Transactions,
    /// Names.
    Naming,
    /// The shape of tables.
    Design,
    /// Who may see and do what.
    Security,
    /// The files as a set.
    Hygiene,
}

impl Group {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Locks,
        Self::DataLoss,
        Self::Compatibility,
        Self::Transactions,
        Self::Naming,
        Self::Design,
        Self::Security,
        Self::Hygiene,
    ];

    /// As it is written in output and in the documentation.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Locks => "locks",
            Self::DataLoss => "data-loss",
            Self::Compatibility => "compatibility",
            Self::Transactions => "transactions",
            Self::Naming => "naming",
            Self::Design => "design",
            Self::Security => "security",
            Self::Hygiene => "hygiene",
        }
    }
}

/// What a rule is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum On {
    /// Each statement that will run, those inside `DO` blocks and of functions that are called included.
    Statement(fn(&Step<'_>, &mut Findings<'_>)),
    /// Each script, when its statements are known.
    Script(fn(&Script<'_>, &mut Findings<'_>)),
    /// All files together.
    Set(fn(&Set<'_>, &mut Findings<'_>)),
    /// A catalog: of a live database, or what the migrations lead to.
    Catalog(fn(&CatalogView<'_>, &mut Findings<'_>)),
    /// The catalog of a live database, with what that has counted.
    Usage(fn(&CatalogView<'_>, &Usage, &mut Findings<'_>)),
    /// Nothing: the finding comes out of reading the files or of deciding how they run.
    Reading,
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// A string.
    Text,
    /// A whole number, not negative.
    Number,
    /// `true` or `false`.
    Flag,
    /// An array of strings.
    List,
    /// A table whose values are strings.
    Map,
    /// A pattern of names.
    Pattern,
}

/// Something about a rule that `limosa.toml` can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: ParameterKind,
    /// What holds where it is not set, as TOML; empty where nothing does.
    pub default: &'static str,
    /// What it means, as a sentence without a full stop.
    pub meaning: &'static str,
}

impl Parameter {
    /// A parameter.
    pub(crate) const fn new(
        name: &'static str,
        kind: ParameterKind,
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, kind, default, meaning }
    }
}

/// The parameter by which a project lets tables be.
pub(crate) const EXCEPT: Parameter = Parameter {
    name: "except",
    kind: ParameterKind::List,
    default: "[]",
    meaning: "tables, or other objects, that are let be: `name` or `schema.name`, with `*` for any text",
};

/// What the file of a rule declares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declaration {
    /// The level where the project says nothing.
    pub(crate) level: Level,
    /// What it is asked about.
    pub(crate) on: &'static [On],
    /// What can be set.
    pub(crate) parameters: &'static [Parameter],
}

impl Declaration {
    /// A rule with no parameters.
    pub(crate) const fn new(level: Level, on: &'static [On]) -> Self {
        Self { level, on, parameters: &[] }
    }

    /// The same, with parameters.
    pub(crate) const fn with(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }
}

/// A rule of the registry.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in kebab case, which is the name of its file.
    pub id: &'static str,
    /// What it watches over.
    pub group: Group,
    pub(crate) declaration: Declaration,
    /// The file itself, whose comment is the rule's page.
    pub(crate) file: &'static str,
}

impl Rule {
    /// The level where the project says nothing.
    #[must_use]
    pub fn level(&self) -> Level {
        self.declaration.level
    }

    /// What can be set.
    #[must_use]
    pub fn parameters(&self) -> &'static [Parameter] {
        self.declaration.parameters
    }

    /// Whether it looks at scripts; the others look at catalogs, or say what reading has found.
    #[must_use]
    pub fn reads_scripts(&self) -> bool {
        self.declaration.on.iter().any(|on| matches!(on, On::Statement(_) | On::Script(_) | On::Set(_)))
    }

    /// Whether it looks at catalogs.
    #[must_use]
    pub fn reads_catalogs(&self) -> bool {
        self.declaration.on.iter().any(|on| matches!(on, On::Catalog(_)))
    }

    /// What there is to say about it.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::of(self)
    }
}
