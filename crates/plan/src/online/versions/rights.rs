//! Privileges and comments that tables get behind the change which made a version's views. Rows are read with the
//! rights of whoever asks, who needs them on the view as well.

use std::collections::BTreeSet;
use std::sync::Arc;

use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, Literal, Object, ObjectId, ObjectName};
use limosa_syntax::{TokenKind, Tokens};

use super::super::privileges::handed_on;
use super::view::owner;
use super::{VersionSchema, VersionView, Versioning};

impl Versioning {
    /// The statements that give the views of all versions the privileges and comments that their tables have by now.
    /// The catalog holds both; what Limosa keeps for itself in tables begins with the name of the history's schema.
    #[must_use]
    pub fn kept_in_step(&self, catalog: &Catalog, history_schema: &Identifier) -> Vec<String> {
        let mut statements = Vec::new();
        for schema in &self.there {
            let pairs: Vec<Pair<'_>> = schema.views.iter().filter_map(|view| Pair::of(catalog, schema, view)).collect();
            statements.extend(usage(catalog, schema, &pairs));
            for pair in &pairs {
                statements.extend(pair.privileges());
                statements.extend(pair.comments(catalog, history_schema));
            }
        }
        statements
    }
}

/// A view and the table that it shows.
struct Pair<'a> {
    name: ObjectName,
    view: Entry<'a>,
    table: Entry<'a>,
}

impl<'a> Pair<'a> {
    /// `None` where the view has gone, or is somebody's own that shows no one table of the schema.
    fn of(catalog: &'a Catalog, schema: &VersionSchema, view: &VersionView) -> Option<Self> {
        let name = ObjectName { schema: schema.name.clone(), name: view.name.clone() };
        let view = catalog.entry(&ObjectId::View(name.clone()))?;
        let relation = |id: &ObjectId| match id {
            ObjectId::Table(name) | ObjectId::ForeignTable(name) => Some(name.clone()),
            ObjectId::Column(column) => Some(column.relation.clone()),
            _ => None,
        };
        let shown: BTreeSet<ObjectName> = view.depends_on().filter_map(|(other, _)| relation(other.id())).collect();
        let table = shown.first().filter(|table| shown.len() == 1 && table.schema == schema.base)?;
        let kinds = [ObjectId::Table(table.clone()), ObjectId::ForeignTable(table.clone())];
        let table = kinds.iter().find_map(|id| catalog.entry(id))?;
        Some(Self { name, view, table })
    }

    fn privileges(&self) -> Vec<String> {
        let owners: Vec<&Identifier> = [self.table, self.view].into_iter().filter_map(owner).collect();
        let granted = Granted { from: self.table, to: self.view, on: format!("TABLE {}", self.name) };
        let mut statements = granted.statements(&owners, |word| Some(word.to_owned()));
        if let [owner, maker] = owners.as_slice()
            && owner != maker
            && !granted.is_given_to(owner)
        {
            statements.push(format!("GRANT ALL ON {} TO {owner}", granted.on));
        }
        statements
    }

    fn comments(&self, catalog: &Catalog, history_schema: &Identifier) -> Vec<String> {
        let said = |id: &ObjectId, other: &ObjectId, on: String| {
            let (text, there) = (comment(catalog, id), comment(catalog, other));
            let sql = text.map_or_else(|| "NULL".to_owned(), |text| Literal(text).to_string());
            (text != there).then(|| format!("COMMENT ON {on} IS {sql}"))
        };
        let mut statements: Vec<String> =
            said(self.table.id(), self.view.id(), format!("VIEW {}", self.name)).into_iter().collect();
        let Some(table) = relation_name(self.table.id()) else { return statements };
        for (column, shown) in self.columns() {
            // What takes the place of a column is shown with the comment of that.
            if column.as_str().starts_with(&format!("{}_", history_schema.as_str())) {
                continue;
            }
            let own = ObjectId::Column(ColumnName { relation: table.clone(), name: column });
            let other = ColumnName { relation: self.name.clone(), name: shown };
            let on = format!("COLUMN {other}");
            statements.extend(said(&own, &ObjectId::Column(other), on));
        }
        statements
    }

    /// The columns of the table, and what the view calls them.
    fn columns(&self) -> Vec<(Identifier, Identifier)> {
        let Object::View(view) = self.view.object() else { return Vec::new() };
        let tokens = Tokens::of(view.query.as_str());
        let mut words = tokens.words();
        words.take(&["SELECT"]);
        let listed = words.until_any(&["FROM"]).split(TokenKind::Comma);
        let named = listed.map(|mut column| column.qualified_name().map(|name| name.name));
        let pairs = named.zip(&view.columns).map(|(column, shown)| Some((column?, shown.name.clone())));
        pairs.collect::<Option<Vec<_>>>().unwrap_or_default()
    }
}

/// Who may use the schema of views.
fn usage(catalog: &Catalog, schema: &VersionSchema, pairs: &[Pair<'_>]) -> Vec<String> {
    let entry = |name: &Identifier| catalog.entry(&ObjectId::Schema(name.clone()));
    let (Some(from), Some(to)) = (entry(&schema.base), entry(&schema.name)) else { return Vec::new() };
    let maker = owner(to);
    let owners: BTreeSet<&Identifier> = pairs.iter().filter_map(|pair| owner(pair.table)).collect();
    let granted = Granted { from, to, on: format!("SCHEMA {}", schema.name) };
    let apart: Vec<&Identifier> = owners.iter().copied().chain(maker).collect();
    let mut statements = granted.statements(&apart, |word| (word == "USAGE").then(|| word.to_owned()));
    let others = owners.into_iter().filter(|owner| Some(*owner) != maker && !granted.is_given_to(owner));
    statements.extend(others.map(|owner| format!("GRANT USAGE ON {} TO {owner}", granted.on)));
    statements
}

/// Privileges on an object that another one is to have as well.
struct Granted<'a> {
    from: Entry<'a>,
    to: Entry<'a>,
    /// The other one in words: `TABLE "s"."v"`.
    on: String,
}

impl Granted<'_> {
    /// What makes them the same, but for these roles.
    fn statements(&self, apart: &[&Identifier], word: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let (wanted, there) = (handed_on(self.from, &self.on, &word), handed_on(self.to, &self.on, &word));
        let grantees: BTreeSet<&String> = wanted.iter().chain(&there).map(|(grantee, _)| grantee).collect();
        let mut statements = Vec::new();
        for grantee in grantees {
            let of = |all: &[(String, String)]| -> BTreeSet<String> {
                all.iter().filter(|(own, _)| own == grantee).map(|(_, sql)| sql.clone()).collect()
            };
            let (wanted, there) = (of(&wanted), of(&there));
            if wanted == there || apart.iter().any(|role| role.to_string() == *grantee) {
                continue;
            }
            if !there.is_empty() {
                statements.push(format!("REVOKE ALL ON {} FROM {grantee}", self.on));
            }
            statements.extend(wanted);
        }
        statements
    }

    fn is_given_to(&self, role: &Identifier) -> bool {
        let there = handed_on(self.to, &self.on, |word| Some(word.to_owned()));
        there.iter().any(|(grantee, _)| *grantee == role.to_string())
    }
}

fn comment<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a str> {
    match catalog.entry(&ObjectId::Comment(Arc::new(id.clone())))?.object() {
        Object::Comment(comment) => Some(comment.text.as_ref()),
        _ => None,
    }
}

fn relation_name(id: &ObjectId) -> Option<&ObjectName> {
    match id {
        ObjectId::Table(name) | ObjectId::ForeignTable(name) => Some(name),
        _ => None,
    }
}
