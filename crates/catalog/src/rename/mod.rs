//! Renames: what a catalog is after `ALTER … RENAME`, computed without a server.
//!
//! Identities are structured, so they are renamed exactly. The fields of an object may name others in many places, most
//! of them inside expressions that the server printed; there, names are replaced token by token, and only in objects
//! that hang on what is renamed ([`rewrite`]).

mod names;
mod rewrite;
mod scope;
mod tokens;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::identifier::Identifier;
use crate::kind::column::Inheritance;
use crate::kind::constraint::ConstraintRule;
use crate::kind::{Object, ObjectId};
use crate::object_name::{ColumnName, MemberName, ObjectName};

use names::{Names, relation_of};

/// One object with another name in the same place. All names are those before any rename.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rename {
    /// An object of a kind that [`ObjectId::own_name`] knows a name of.
    Object {
        /// Which.
        from: ObjectId,
        /// Its new name.
        to: Identifier,
    },
    /// A column of a table, foreign table, view or materialized view, or an attribute of a composite type.
    Column {
        /// The relation or type.
        of: ObjectId,
        /// The old name.
        from: Identifier,
        /// The new name.
        to: Identifier,
    },
    /// A value of an enumerated type.
    Label {
        /// The type.
        of: ObjectName,
        /// The old value.
        from: Arc<str>,
        /// The new value.
        to: Arc<str>,
    },
}

impl Rename {
    /// What it is, as people say it: `column`, `enum value`, `table`.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Object { from, .. } => from.kind().words(),
            Self::Column { of: ObjectId::CompositeType(_), .. } => "attribute",
            Self::Column { .. } => "column",
            Self::Label { .. } => "enum value",
        }
    }

    /// The parts of the old name from the outermost to the innermost, without the types of arguments.
    #[must_use]
    pub fn path(&self) -> Vec<String> {
        let path = |id: &ObjectId| match id {
            ObjectId::Function(name) | ObjectId::Procedure(name) | ObjectId::Aggregate(name) => {
                vec![name.schema.as_str().to_owned(), name.name.as_str().to_owned()]
            }
            ObjectId::OperatorClass(name) | ObjectId::OperatorFamily(name) => {
                vec![name.schema.as_str().to_owned(), name.name.as_str().to_owned()]
            }
            _ => id.path().into_iter().map(|part| part.into_owned()).collect(),
        };
        match self {
            Self::Object { from, .. } => path(from),
            Self::Column { of, from, .. } => path(of).into_iter().chain([from.as_str().to_owned()]).collect(),
            Self::Label { of, from, .. } => {
                vec![of.schema.as_str().to_owned(), of.name.as_str().to_owned(), from.to_string()]
            }
        }
    }

    /// The new name.
    #[must_use]
    pub fn to(&self) -> &str {
        match self {
            Self::Object { to, .. } | Self::Column { to, .. } => to.as_str(),
            Self::Label { to, .. } => to,
        }
    }

    /// The old name alone.
    #[must_use]
    pub fn old(&self) -> &str {
        match self {
            Self::Object { from, .. } => from.own_name().map_or("", Identifier::as_str),
            Self::Column { from, .. } => from.as_str(),
            Self::Label { from, .. } => from,
        }
    }

    /// The object that has the old name, or that holds it.
    #[must_use]
    pub fn holder(&self) -> ObjectId {
        match self {
            Self::Object { from, .. } => from.clone(),
            Self::Column { of, from, .. } => match of {
                ObjectId::Table(relation) | ObjectId::ForeignTable(relation) => {
                    ObjectId::Column(ColumnName { relation: relation.clone(), name: from.clone() })
                }
                _ => of.clone(),
            },
            Self::Label { of, .. } => ObjectId::Enum(of.clone()),
        }
    }
}

/// `column public.patient.full_name to name`.
impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to {}", self.words(), option_path(&self.path()), option_part(self.to()))
    }
}

/// A name as `--accept-rename` takes it: parts in quotes where they hold anything unusual, with dots between.
fn option_path(parts: &[String]) -> String {
    parts.iter().map(|part| option_part(part)).collect::<Vec<_>>().join(".")
}

fn option_part(part: &str) -> String {
    match Identifier::new(part) {
        Ok(name) => name.for_people().to_string(),
        Err(_) => format!("\"{}\"", part.replace('"', "\"\"")),
    }
}

impl Rename {
    /// As `--accept-rename` takes it: `public.patient.full_name=public.patient.name`.
    #[must_use]
    pub fn as_option(&self) -> String {
        let mut path = self.path();
        let from = option_path(&path);
        path.pop();
        path.push(self.to().to_owned());
        format!("{from}={}", option_path(&path))
    }
}

/// Renames that happen together, as they were said, and those that PostgreSQL makes along with them: a column of a
/// parent table is renamed in its children too.
#[derive(Debug, Clone, Default)]
pub struct Renames {
    said: Vec<Rename>,
    names: Names,
    /// What has another name afterwards, followers included.
    all: Vec<Rename>,
}

impl Renames {
    /// Puts renames of objects of this catalog together.
    #[must_use]
    pub fn of(catalog: &Catalog, said: Vec<Rename>) -> Self {
        let mut all = said.clone();
        for rename in &said {
            follow(catalog, rename, &mut all);
        }
        let mut seen = BTreeSet::new();
        all.retain(|rename| seen.insert(rename.clone()));
        let names = Names::of(&all);
        Self { said, names, all }
    }

    /// Renames alone, without a look at what comes with them.
    #[must_use]
    pub fn together(said: Vec<Rename>) -> Self {
        Self { names: Names::of(&said), all: said.clone(), said }
    }

    /// The renames that were said.
    pub fn iter(&self) -> impl Iterator<Item = &Rename> {
        self.said.iter()
    }

    /// The renames that were said, and those that PostgreSQL makes along with them.
    pub fn all(&self) -> impl Iterator<Item = &Rename> {
        self.all.iter()
    }

    /// Whether nothing is renamed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    /// The identity that an object has afterwards.
    #[must_use]
    pub fn id(&self, id: &ObjectId) -> ObjectId {
        self.names.id(id)
    }

    /// Another rename as it reads when these are done.
    #[must_use]
    pub fn moved(&self, rename: &Rename) -> Rename {
        match rename.clone() {
            // Its own old name stays, unless it is among these.
            Rename::Object { from, to } => Rename::Object { from: self.id(&from), to },
            Rename::Column { of, from, to } => {
                let from = relation_of(&of).map(|it| self.names.column_name(it, &from)).unwrap_or(from);
                Rename::Column { of: self.id(&of), from, to }
            }
            Rename::Label { of, from, to } => Rename::Label { of: self.names.data_type(&of), from, to },
        }
    }

    /// The renames that take it all back.
    #[must_use]
    pub fn inverse(&self) -> Vec<Rename> {
        let back = |rename: &Rename| match rename {
            Rename::Object { from, .. } => {
                from.own_name().map(|name| Rename::Object { from: self.id(from), to: name.clone() })
            }
            Rename::Column { of, from, to } => {
                Some(Rename::Column { of: self.id(of), from: to.clone(), to: from.clone() })
            }
            Rename::Label { of, from, to } => {
                Some(Rename::Label { of: self.names.data_type(of), from: to.clone(), to: from.clone() })
            }
        };
        self.said.iter().filter_map(back).collect()
    }
}

/// The renames that come with one in the tables below.
fn follow(catalog: &Catalog, rename: &Rename, all: &mut Vec<Rename>) {
    let mut waiting = match rename {
        Rename::Column { of: ObjectId::Table(of), .. } => vec![of.clone()],
        Rename::Object { from: ObjectId::Constraint(name) | ObjectId::Trigger(name), .. } => {
            vec![name.relation.clone()]
        }
        _ => return,
    };
    while let Some(parent) = waiting.pop() {
        for child in children(catalog, &parent) {
            if let Some(follower) = follower(catalog, rename, &child)
                && !all.contains(&follower)
            {
                all.push(follower);
                waiting.push(child);
            }
        }
    }
}

/// The same rename in a child table, if the child has the column, constraint or trigger from its parent.
fn follower(catalog: &Catalog, rename: &Rename, child: &ObjectName) -> Option<Rename> {
    match rename {
        Rename::Column { from, to, .. } => {
            let id = ObjectId::Column(ColumnName { relation: child.clone(), name: from.clone() });
            let entry = catalog.entry(&id)?;
            let of = entry.parent()?.id().clone();
            let Object::Column(column) = entry.object() else { return None };
            let follower = Rename::Column { of, from: from.clone(), to: to.clone() };
            (column.inheritance != Inheritance::Own).then_some(follower)
        }
        Rename::Object { from: ObjectId::Constraint(name), to } => {
            let id = ObjectId::Constraint(MemberName { relation: child.clone(), name: name.name.clone() });
            let Object::Constraint(constraint) = catalog.get(&id)? else { return None };
            let is_inherited =
                constraint.inheritance != Inheritance::Own && matches!(constraint.rule, ConstraintRule::Check(_));
            is_inherited.then(|| Rename::Object { from: id, to: to.clone() })
        }
        Rename::Object { from: ObjectId::Trigger(name), to } => {
            let id = ObjectId::Trigger(MemberName { relation: child.clone(), name: name.name.clone() });
            let Object::Trigger(trigger) = catalog.get(&id)? else { return None };
            trigger.inherited.then(|| Rename::Object { from: id, to: to.clone() })
        }
        _ => None,
    }
}

/// The tables that inherit from a table, its partitions among them.
fn children(catalog: &Catalog, parent: &ObjectName) -> Vec<ObjectName> {
    let is_child = |object: &Object| match object {
        Object::Table(table) => {
            table.inherits.contains(parent) || table.partition_of.as_ref().is_some_and(|it| it.parent == *parent)
        }
        Object::ForeignTable(table) => {
            table.inherits.contains(parent) || table.partition_of.as_ref().is_some_and(|it| it.parent == *parent)
        }
        _ => false,
    };
    let name = |id: &ObjectId| match id {
        ObjectId::Table(name) | ObjectId::ForeignTable(name) => Some(name.clone()),
        _ => None,
    };
    let tables = catalog.of_kind(crate::ObjectKind::Table).chain(catalog.of_kind(crate::ObjectKind::ForeignTable));
    tables.filter(|entry| is_child(entry.object())).filter_map(|entry| name(entry.id())).collect()
}
