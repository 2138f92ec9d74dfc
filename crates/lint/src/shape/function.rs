//! Functions and procedures of scripts and catalogs, as far as their rights go.

use limosa_catalog::{Entry, Object, ObjectId, ObjectKind, QualifiedName};
use limosa_syntax::{TokenKind, Tokens};

use super::Site;
use crate::file::Role;
use crate::step::{CatalogView, Looked, Place, Script};

/// A function or procedure.
#[derive(Debug, Clone)]
pub(crate) struct Function<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) name: QualifiedName,
    /// It runs with the rights of its owner.
    pub(crate) security_definer: bool,
    /// It sets `search_path` for itself.
    pub(crate) sets_search_path: bool,
    /// Its names were looked up when it was made.
    pub(crate) is_bound: bool,
    /// Only a trigger can call it.
    pub(crate) is_trigger: bool,
}

/// The functions and procedures of a catalog, without those that the project leaves out.
pub(crate) fn functions_of_catalog<'a>(view: &CatalogView<'a>) -> Vec<Function<'a>> {
    let function = |entry: Entry<'a>| {
        let (name, security_definer, settings, body, result) = match (entry.id(), entry.object()) {
            (ObjectId::Function(name), Object::Function(of)) => {
                (name, of.security_definer, &of.settings, &of.body, &*of.result)
            }
            (ObjectId::Procedure(name), Object::Procedure(of)) => {
                (name, of.security_definer, &of.settings, &of.body, "")
            }
            _ => return None,
        };
        Some(Function {
            site: Site::Catalog(entry.id()),
            name: QualifiedName { schema: Some(name.schema.clone()), name: name.name.clone() },
            security_definer,
            sets_search_path: settings.iter().any(|setting| &*setting.name == "search_path"),
            is_bound: body.sql.is_some(),
            is_trigger: matches!(result, "trigger" | "event_trigger"),
        })
    };
    [ObjectKind::Function, ObjectKind::Procedure]
        .into_iter()
        .flat_map(|kind| view.of_kind(kind))
        .filter_map(function)
        .collect()
}

/// The functions and procedures that a script makes; none of one that takes something back.
pub(crate) fn functions_of_script(script: &Script<'_>) -> Vec<Function<'static>> {
    let mut functions: Vec<Function<'static>> = Vec::new();
    for looked in script.statements.iter().filter(|_| script.file.role != Role::Down) {
        if !is_about_routine(script, looked) {
            continue;
        }
        let tokens = Tokens::of(&looked.text);
        let all = tokens.words();
        let mut words = all;
        let says = |keywords: &[&str]| all.outermost().any(|(_, here)| here.at(keywords));
        let sets = || says(&["SET", "SEARCH_PATH"]);
        if words.take(&["ALTER"]) {
            if words.take_any(&["FUNCTION", "PROCEDURE", "ROUTINE"])
                && let Some(name) = words.qualified_name()
            {
                let altered = functions.iter_mut().filter(|function| function.name.name == name.name);
                altered.for_each(|function| function.sets_search_path |= sets());
            }
            continue;
        }
        words.take(&["CREATE"]);
        words.take(&["OR", "REPLACE"]);
        if !words.take_any(&["FUNCTION", "PROCEDURE"]) {
            continue;
        }
        let Some(name) = words.qualified_name() else { continue };
        functions.push(Function {
            site: Site::Script(place(script, looked)),
            name,
            security_definer: says(&["SECURITY", "DEFINER"]),
            sets_search_path: sets(),
            is_bound: says(&["BEGIN", "ATOMIC"]) || says(&["RETURN"]),
            is_trigger: says(&["RETURNS", "TRIGGER"]) || says(&["RETURNS", "EVENT_TRIGGER"]),
        });
    }
    functions
}

/// Whether a statement may be about a function or procedure. Of what stands inside others nobody knows before reading.
fn is_about_routine(script: &Script<'_>, looked: &Looked) -> bool {
    let tag = script.parsed.statements.get(looked.index).map_or("", |statement| &statement.class.tag);
    looked.place != Place::File || ["FUNCTION", "PROCEDURE", "ROUTINE"].iter().any(|kind| tag.ends_with(kind))
}

/// The words `SECURITY DEFINER`, where they stand; otherwise the head of the statement.
fn place(script: &Script<'_>, looked: &Looked) -> limosa_syntax::Span {
    let tokens = Tokens::of(&looked.text);
    let definer = tokens.words().outermost().find(|(_, here)| here.at(&["SECURITY", "DEFINER"]));
    let span = definer.and_then(|(first, mut here)| {
        here.next();
        let last = here.next().filter(|last| last.kind == TokenKind::Word)?;
        Some(limosa_syntax::Span::new(first.span.start, last.span.end))
    });
    span.map_or_else(|| looked.head(script.file), |span| looked.place(script.file, span))
}
