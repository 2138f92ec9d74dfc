//! The facts of a catalog under their new names.
//!
//! Fields are rewritten in their canonical form. In the objects that hang on something renamed, each text of SQL gets
//! the new names by tokens. What a token means is not known from the text alone (`full_name` may be a column of either
//! of two tables), and PostgreSQL prints some things otherwise after a rename (`name AS full_name`), so the wanted
//! catalog is asked: where an object depends, under the new names, on precisely what its wanted form depends on, and
//! their texts differ by nothing but renames, they are the same. Where that cannot be known, the texts stay different,
//! and the difference is planned as one: too much may be done, never too little.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

use super::names::relation_of;
use super::scope::{Scope, is_output, names_other};
use super::tokens::{Spaced, Token, printed_word, tokens};
use super::{Rename, Renames};
use crate::catalog::{Catalog, Entry};
use crate::fact::Writer;
use crate::identifier::Identifier;
use crate::kind::column::{Inheritance, made_up_name};
use crate::kind::constraint::ConstraintRule;
use crate::kind::{Object, ObjectId, ObjectKind};

/// Fields that hold no SQL, or SQL that the server does not look into.
const OPAQUE: &[&str] = &["source", "library", "options", "foreign_options", "settings", "tablespace"];

impl Catalog {
    /// The catalog as it is after the renames. `wanted` is where the way leads; it settles what names in expressions
    /// mean.
    #[must_use]
    pub fn renamed(&self, renames: &Renames, wanted: &Self) -> Self {
        let mut hanging: HashMap<&ObjectId, Vec<usize>> = HashMap::new();
        for (index, rename) in renames.all.iter().enumerate() {
            for id in hangs_on(self, rename) {
                hanging.entry(id).or_default().push(index);
            }
        }
        let rewritten = |entry: Entry<'_>| {
            let id = renames.id(entry.id());
            let object = match hanging.get(entry.id()) {
                Some(found) => {
                    let found: Vec<&Rename> = found.iter().filter_map(|index| renames.all.get(*index)).collect();
                    Rewriting::of(entry, &id, &found, renames, wanted).object()
                }
                None => entry.object().clone(),
            };
            (id.clone(), keep_not_null_name(entry, &id, object))
        };
        self.mapped(rewritten)
    }

    /// One object as it is after the renames, without a look at the rest.
    #[must_use]
    pub fn renamed_object(&self, id: &ObjectId, renames: &Renames, wanted: &Self) -> Option<Object> {
        let entry = self.entry(id)?;
        let found: Vec<&Rename> = renames.all.iter().collect();
        Some(Rewriting::of(entry, &renames.id(id), &found, renames, wanted).object())
    }
}

/// Everything that may name what is renamed: what depends on it or on something that does, and all parts of those.
fn hangs_on<'a>(catalog: &'a Catalog, rename: &Rename) -> BTreeSet<&'a ObjectId> {
    let holder = rename.holder();
    let mut found = BTreeSet::new();
    let Some(holder) = catalog.entry(&holder) else { return found };
    let mut waiting = vec![holder];
    // The key of a table's partitions, its replica identity, and the columns of its other parts.
    if holder.id().relation().is_some() {
        waiting.extend(holder.parent());
    }
    if let ObjectId::Index(_) = holder.id() {
        waiting.extend(holder.parent());
    }
    while let Some(entry) = waiting.pop() {
        if !found.insert(entry.id()) {
            continue;
        }
        waiting.extend(entry.children());
        waiting.extend(entry.dependents().map(|(other, _)| other));
    }
    // What a child table has of its parent depends on the parent's table, and what refers to a table on its columns.
    if let ObjectId::Schema(schema) = holder.id() {
        let inside = |entry: &Entry<'a>| entry.id().schema() == Some(schema);
        let inside: Vec<Entry<'a>> = catalog.iter().filter(inside).collect();
        for entry in inside {
            found.insert(entry.id());
            found.extend(entry.dependents().map(|(other, _)| other.id()));
        }
    }
    found
}

/// One object on the way to its new names.
struct Rewriting<'a> {
    entry: Entry<'a>,
    wanted: Option<Entry<'a>>,
    /// Old and new names that may stand in it.
    pairs: Vec<Pair<'a>>,
    /// Old and new enum values.
    labels: Vec<(&'a str, &'a str)>,
    /// Whether it depends on what its wanted form depends on.
    same_needs: bool,
    /// Whether it depends on something else by an old name.
    ambiguous: bool,
}

/// An old name, and the new one.
struct Pair<'a> {
    old: &'a str,
    new: &'a str,
    /// The relation whose column it names, where it is a column's.
    relation: Option<&'a ObjectId>,
}

impl Pair<'_> {
    /// Whether it may be meant in a field that holds bare names.
    fn is_meant(&self, entry: Entry<'_>, field: Option<&str>) -> bool {
        let Some(field) = field.filter(|field| !TAKES_ANY.contains(field)) else { return true };
        let foreign_key = match entry.object() {
            Object::Constraint(constraint) => match &constraint.rule {
                ConstraintRule::ForeignKey(key) => Some(key),
                _ => None,
            },
            _ => None,
        };
        match (COLUMNS.contains(&field), self.relation) {
            (true, Some(relation)) => match (foreign_key, field) {
                (Some(key), "referenced_columns") => relation_of(relation) == Some(&key.references),
                (Some(_), _) => relation_of(relation) == entry.id().relation(),
                (None, _) => true,
            },
            (is_column, relation) => is_column == relation.is_some(),
        }
    }
}

impl<'a> Rewriting<'a> {
    fn of(entry: Entry<'a>, id: &ObjectId, found: &[&'a Rename], renames: &Renames, wanted: &'a Catalog) -> Self {
        let mut pairs: Vec<_> = Vec::new();
        let mut labels: Vec<_> = Vec::new();
        for rename in found {
            let (old, new) = (rename.old(), rename.to());
            match rename {
                Rename::Label { .. } => labels.push((old, new)),
                Rename::Column { of, .. } => pairs.push(Pair { old, new, relation: Some(of) }),
                Rename::Object { .. } => pairs.push(Pair { old, new, relation: None }),
            }
        }
        let wanted = wanted.entry(id);
        let needs: BTreeSet<ObjectId> = entry.depends_on().map(|(needed, _)| renames.id(needed.id())).collect();
        let same_needs = wanted.is_some_and(|wanted| {
            wanted.depends_on().map(|(needed, _)| needed.id()).collect::<BTreeSet<_>>() == needs.iter().collect()
        });
        let renamed: BTreeSet<ObjectId> = found.iter().map(|rename| rename.holder()).collect();
        let is_other = |needed: &ObjectId| {
            let name = needed.own_name().map(Identifier::as_str);
            !renamed.contains(needed) && pairs.iter().any(|pair| Some(pair.old) == name)
        };
        let ambiguous = entry.depends_on().any(|(needed, _)| is_other(needed.id()));
        Self { entry, wanted, pairs, labels, same_needs, ambiguous }
    }

    fn object(&self) -> Object {
        let kind = self.entry.id().kind();
        if matches!(kind, ObjectKind::Comment | ObjectKind::SecurityLabel | ObjectKind::Grant | ObjectKind::Owner) {
            return self.entry.object().clone();
        }
        let (Some(old), wanted) = (json(self.entry.object()), self.wanted.and_then(|wanted| json(wanted.object())))
        else {
            return self.entry.object().clone();
        };
        let new = self.value(&old, wanted.as_ref(), None);
        Object::read_canonical(kind, &new).unwrap_or_else(|_| self.entry.object().clone())
    }

    fn value(&self, old: &Json, wanted: Option<&Json>, field: Option<&str>) -> Json {
        if field.is_some_and(|field| OPAQUE.contains(&field)) {
            return old.clone();
        }
        match old {
            Json::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| {
                    let wanted = wanted.and_then(|wanted| wanted.get(name));
                    (name.clone(), self.value(value, wanted, Some(name)))
                });
                Json::Object(fields.collect())
            }
            Json::Array(items) => {
                let wanted = wanted.and_then(Json::as_array);
                let is_as_long = wanted.is_some_and(|wanted| wanted.len() == items.len());
                let item = |(index, item)| {
                    self.value(item, wanted.filter(|_| is_as_long).and_then(|wanted| wanted.get(index)), field)
                };
                let renamed: Vec<Json> = items.iter().enumerate().map(item).collect();
                match wanted {
                    // Sorted by name.
                    Some(wanted)
                        if self.entry.id().kind() == ObjectKind::PublicationTable && field == Some("columns") =>
                    {
                        let plain = |item: &Json| self.value(item, None, field);
                        let plain: Vec<Json> = items.iter().map(plain).collect();
                        let is_same = plain.len() == wanted.len() && plain.iter().all(|item| wanted.contains(item));
                        Json::Array(if is_same { wanted.clone() } else { plain })
                    }
                    _ => Json::Array(renamed),
                }
            }
            Json::String(text) => Json::String(self.text(text, wanted.and_then(Json::as_str), field)),
            other => other.clone(),
        }
    }

    fn text(&self, old: &str, wanted: Option<&str>, field: Option<&str>) -> String {
        if field == Some("labels") {
            let label = self.labels.iter().find(|(from, _)| *from == old);
            return label.map_or(old, |(_, to)| to).to_owned();
        }
        // A name stands alone and without quotes, whatever is in it.
        let is_name = is_bare_name(self.entry.id().kind(), field);
        let new = if is_name { self.name(old, field).unwrap_or(old).to_owned() } else { self.sql(old) };
        if new == old {
            return new;
        }
        let Some(wanted) = wanted else { return new };
        let explains = || {
            if is_name { wanted == old || wanted == new } else { self.aligns(&tokens(old), &tokens(wanted)) }
        };
        if self.same_needs && explains() {
            return wanted.to_owned();
        }
        // The names may be those of something else; then the texts must not come out the same.
        if !self.same_needs && self.ambiguous && new == wanted { old.to_owned() } else { new }
    }

    /// The new name for one that stands alone in a field.
    fn name(&self, name: &str, field: Option<&str>) -> Option<&'a str> {
        let is_it = |pair: &&Pair<'_>| pair.old == name && pair.is_meant(self.entry, field);
        self.pairs.iter().find(is_it).map(|pair| pair.new)
    }

    /// A text with new names for old ones.
    fn sql(&self, text: &str) -> String {
        let parts = tokens(text);
        let needed = self.entry.depends_on().map(|(needed, _)| needed.id());
        let relations = needed.filter_map(|id| relation_of(id).or_else(|| id.relation())).collect();
        let scope = Scope::of(&parts, &relations);
        let is_view = matches!(self.entry.id().kind(), ObjectKind::View | ObjectKind::MaterializedView);
        let is_meant = |pair: &Pair<'_>, at: usize| {
            let relation = pair.relation.and_then(relation_of);
            relation.is_none_or(|relation| scope.may_be_of(relation, &parts, at) && !names_other(&parts, at))
        };
        let word = |word: &str, at: usize| {
            let pair = self.pairs.iter().find(|pair| pair.old == word && is_meant(pair, at))?;
            let new = printed_word(pair.new);
            let keeps_name = is_view && pair.relation.is_some() && is_output(&parts, at);
            Some(if keeps_name { format!("{new} AS {}", printed_word(pair.old)) } else { new })
        };
        let mut new = String::with_capacity(text.len());
        for (at, part) in parts.iter().enumerate() {
            new.push_str(part.space);
            let replaced = match &part.token {
                Token::Word(name) => word(name, at),
                Token::Literal(literal) => self.literal(literal, parts.get(at + 1..).unwrap_or_default()),
                Token::Other(_) => None,
            };
            match replaced {
                Some(replaced) => new.push_str(&replaced),
                None => new.push_str(part.text),
            }
        }
        new.push_str(&text[text.trim_end().len()..]);
        new
    }

    /// `'public.patient_id_seq'::regclass` names an object; `'sad'::public.mood` is a value of a type.
    fn literal(&self, literal: &str, after: &[Spaced<'_>]) -> Option<String> {
        let [Spaced { token: Token::Other(":"), .. }, Spaced { token: Token::Other(":"), .. }, cast, ..] = after else {
            return None;
        };
        let inner = literal.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'");
        let new = match &cast.token {
            Token::Word(word) if word.starts_with("reg") => Some(self.sql(&inner)).filter(|new| *new != inner),
            _ => self.labels.iter().find(|(old, _)| **old == inner).map(|(_, new)| (*new).to_owned()),
        };
        new.map(|new| format!("'{}'", new.replace('\'', "''")))
    }

    /// Whether two texts differ by nothing but renames. PostgreSQL keeps the name of a view's column when the column
    /// below it is renamed, and prints `AS` where both differ.
    fn aligns(&self, old: &[Spaced<'_>], wanted: &[Spaced<'_>]) -> bool {
        let (mut at, mut with) = (0, 0);
        let is =
            |parts: &[Spaced<'_>], place: usize, word: &str| parts.get(place).is_some_and(|part| part.is_word(word));
        loop {
            let (one, other) = match (old.get(at), wanted.get(with)) {
                (None, None) => return true,
                (Some(one), Some(other)) => (one, other),
                // `AS` at the end of either is looked at below, with the word before it.
                _ => return false,
            };
            let is_same = one.token == other.token;
            let is_renamed = match (&one.token, &other.token) {
                (Token::Word(one), Token::Word(other)) => {
                    self.pairs.iter().any(|pair| pair.old == *one && pair.new == *other)
                }
                (Token::Literal(literal), Token::Literal(other)) => {
                    self.literal(literal, old.get(at + 1..).unwrap_or_default()).is_some_and(|new| new == **other)
                }
                _ => false,
            };
            if !is_same && !is_renamed {
                return false;
            }
            at += 1;
            with += 1;
            if let (Token::Word(before), Token::Word(after)) = (&one.token, &other.token)
                && is_renamed
            {
                let (has, gets) = (is(old, at, "AS"), is(wanted, with, "AS"));
                if gets && !has && is(wanted, with + 1, before) {
                    with += 2;
                } else if has && !gets && is(old, at + 1, after) {
                    at += 2;
                }
            }
        }
    }
}

/// Fields whose texts are bare names rather than SQL: quotes and keywords mean nothing in them.
const NAMES: &[&str] = &[
    "collation",
    "column",
    "columns",
    "include",
    "inherits",
    "language",
    "method",
    "name",
    "on_delete_columns",
    "opclass",
    "owned_by",
    "parent",
    "partition_of",
    "referenced_columns",
    "references",
    "replica_identity_index",
    "sequence",
    "server",
    "table",
];

/// Those among them that name columns.
const COLUMNS: &[&str] = &["column", "columns", "include", "on_delete_columns", "referenced_columns"];

/// Those that name a column together with its table, or anything.
const TAKES_ANY: &[&str] = &["name", "owned_by"];

/// A trigger calls a function by its name; an aggregate's functions are printed.
fn is_bare_name(kind: ObjectKind, field: Option<&str>) -> bool {
    let calls = matches!(kind, ObjectKind::Trigger | ObjectKind::EventTrigger);
    field.is_some_and(|field| NAMES.contains(&field) || (calls && field == "function"))
}

fn json(object: &Object) -> Option<Json> {
    let mut out = Writer::with_notes();
    object.write_canonical(&mut out);
    serde_json::from_str(&out.into_text()).ok()
}

/// Since PostgreSQL 18, and 17 for domains, `NOT NULL` has a name, made up from those of table and column, which it
/// keeps when they get others.
fn keep_not_null_name(entry: Entry<'_>, id: &ObjectId, object: Object) -> Object {
    let made_up = |id: &ObjectId| match id {
        ObjectId::Column(name) => {
            Identifier::new(made_up_name(name.relation.name.as_str(), Some(name.name.as_str()), "not_null")).ok()
        }
        ObjectId::Domain(name) => Identifier::new(made_up_name(name.name.as_str(), None, "not_null")).ok(),
        _ => None,
    };
    let (before, after) = (made_up(entry.id()), made_up(id));
    if before == after {
        return object;
    }
    let kept = |name: Option<Identifier>| name.or(before).filter(|name| Some(name) != after.as_ref());
    match object {
        Object::Column(mut column) if entry.major().number() >= 18 => {
            if let Some(not_null) = column.not_null.as_mut().filter(|it| it.inheritance != Inheritance::Inherited) {
                not_null.name = kept(not_null.name.take());
            }
            Object::Column(column)
        }
        Object::Domain(mut domain) if entry.major().number() >= 17 => {
            if let Some(not_null) = domain.not_null.as_mut() {
                not_null.name = kept(not_null.name.take());
            }
            Object::Domain(domain)
        }
        other => other,
    }
}
