//! Enum types of scripts and catalogs.

use limosa_catalog::{Entry, Object, ObjectId, ObjectKind, QualifiedName};
use limosa_syntax::{TokenKind, Tokens, Words};

use super::{Site, qualified};
use crate::file::Role;
use crate::step::{CatalogView, Looked, Script};

/// An enum type, or what a script adds to one.
#[derive(Debug, Clone)]
pub(crate) struct EnumType<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) name: QualifiedName,
    /// Whether the name is the script's own, or the catalog's.
    pub(crate) is_named_here: bool,
    /// Its values, each where it stands.
    pub(crate) labels: Vec<(String, Site<'a>)>,
}

/// Asks about each enum type that scripts make or add values to, and each of catalogs.
macro_rules! of_enums {
    ($check:path) => {
        &[
            $crate::rule::On::Script(|script, found| {
                $crate::shape::enums_of_script(script).iter().for_each(|one| $check(one, found));
            }),
            $crate::rule::On::Catalog(|view, found| {
                $crate::shape::enums_of_catalog(view).iter().for_each(|one| $check(one, found));
            }),
        ]
    };
}
pub(crate) use of_enums;

/// The enum types of a catalog, without those that the project leaves out.
pub(crate) fn enums_of_catalog<'a>(view: &CatalogView<'a>) -> Vec<EnumType<'a>> {
    let of_entry = |entry: Entry<'a>| {
        let (ObjectId::Enum(name), Object::Enum(of)) = (entry.id(), entry.object()) else { return None };
        let site = Site::Catalog(entry.id());
        let labels = of.labels.iter().map(|label| (label.to_string(), site)).collect();
        Some(EnumType { site, name: qualified(name), is_named_here: true, labels })
    };
    view.of_kind(ObjectKind::Enum).filter_map(of_entry).collect()
}

/// The enum types that a script makes or adds values to; none of one that takes something back.
pub(crate) fn enums_of_script(script: &Script<'_>) -> Vec<EnumType<'static>> {
    let statements = script.statements.iter().filter(|_| script.file.role != Role::Down);
    let about_types = statements.filter(|looked| looked.begins_with("CREATE TYPE") || looked.begins_with("ALTER TYPE"));
    about_types.filter_map(|looked| read(script, looked)).collect()
}

fn read(script: &Script<'_>, looked: &Looked) -> Option<EnumType<'static>> {
    let tokens = Tokens::of(&looked.text);
    let mut words = tokens.words();
    let creates = words.take(&["CREATE"]);
    words.take_any(&["ALTER"]);
    words.take(&["TYPE"]);
    let name = words.qualified_name()?;
    let site = Site::Script(looked.head(script.file));
    let label = |mut entry: Words<'_>| {
        let token = entry.peek()?;
        Some((entry.string()?, Site::Script(looked.place(script.file, token.span))))
    };
    if creates {
        words.take(&["AS", "ENUM"]).then_some(())?;
        let labels = words.parenthesised()?.split(TokenKind::Comma).filter_map(label).collect();
        return Some(EnumType { site, name, is_named_here: true, labels });
    }
    if words.take(&["RENAME", "TO"]) {
        // Composite types and domains are renamed in the same words; nobody can tell from here.
        return None;
    }
    if words.take(&["RENAME", "VALUE"]) {
        words.string()?;
        words.take(&["TO"]);
    } else {
        words.take(&["ADD", "VALUE"]).then_some(())?;
        words.take(&["IF", "NOT", "EXISTS"]);
    }
    Some(EnumType { site, name, is_named_here: false, labels: label(words).into_iter().collect() })
}
