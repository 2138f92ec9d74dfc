//! The migration that changes a key, written from what a database has.

use std::collections::BTreeSet;

use limosa_catalog::kind::constraint::ReferentialAction;
use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Diagnostic, FollowsDirective, Script, SourceFile, TokenKind, Tokens};

use super::super::expression::RowExpression;
use super::super::refusal::Refusal;
use super::super::situation::{OnlineSettings, Situation, object_for_people};
use super::super::table::Table;
use super::form::{Form, new_type};
use super::graph::{foreign_keys, referring};
use super::limits::may_change;
use super::readers::readers;
use super::statements::{Said, follows, plain, undecided};

/// What is asked for: a key, and how it is to be.
#[derive(Debug, Clone)]
pub struct RekeyAsk {
    /// The key, or the column that refers to one of another service.
    pub key: ColumnName,
    /// The type that the key gets.
    pub data_type: String,
    /// What it is called at the end, where that is another name.
    pub new_name: Option<Identifier>,
    /// Where its ids come from.
    pub source: RekeySource,
    /// Columns that refer to the key without a foreign key.
    pub soft: Vec<SoftReference>,
}

/// Where the new ids of a key come from.
#[derive(Debug, Clone)]
pub enum RekeySource {
    /// They are made.
    Made {
        /// How, for rows that are there, as `-- limosa: rekey generate` says it; by the default where nothing is said.
        generate: Option<String>,
        /// The default of new rows, which makes ids of the same kind.
        default: String,
        /// How old ids are made for rows of the new version, where the column has no default.
        back: Option<String>,
        /// The name of the map, where it is not that of the table.
        map: Option<Identifier>,
    },
    /// From the map of another service, whose key it is.
    Carried {
        /// The service.
        service: String,
        /// The name of the map.
        map: Identifier,
        /// The type of the key before.
        old_type: String,
    },
}

/// A column that refers to a key without a foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftReference {
    /// The table, with or without its schema.
    pub table: QualifiedName,
    /// The column.
    pub column: Identifier,
    /// The keys that lead to the id in a JSON document.
    pub path: Vec<String>,
    /// True for the rows that refer to the key.
    pub condition: Option<String>,
}

impl SoftReference {
    /// What is said of a column that refers to the key in every row, by its whole value.
    fn all_of(column: &Identifier) -> Self {
        let table = QualifiedName { schema: None, name: column.clone() };
        Self { table, column: column.clone(), path: Vec::new(), condition: None }
    }
}

/// A column that refers to the key, and why it is known to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RekeyEdge {
    /// The column.
    pub column: ColumnName,
    /// Its type, and the one that it gets.
    pub types: [String; 2],
    /// How: `on delete cascade`, `where subject_type = 'client'`.
    pub how: Vec<String>,
}

/// A migration that changes a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RekeyDraft {
    /// The type of the key before.
    pub old_type: String,
    /// The types of the column that was asked about: before, and afterwards.
    pub types: [String; 2],
    /// What refers to the key besides.
    pub edges: Vec<RekeyEdge>,
    /// What reads it and is made again.
    pub readers: Vec<String>,
    /// Functions whose text names the table and the column: the server does not know whether they read it.
    pub mentions: Vec<String>,
    /// Routines that are made again, with arguments and results of which their text does not tell whether they are ids.
    pub undecided: Vec<String>,
    /// The statements, to be run online.
    pub up: Vec<String>,
    /// Those that take them back, to be run online, too.
    pub down: Vec<String>,
}

/// Writes the statements that change a key and all that refers to it.
///
/// # Errors
/// All that keeps the key from being changed online, each with what to do.
pub fn draft_rekey(
    catalog: &Catalog,
    ask: &RekeyAsk,
    settings: OnlineSettings<'_>,
) -> Result<RekeyDraft, Vec<Diagnostic>> {
    let draft = Draft { catalog, ask, settings };
    draft.write().map_err(|refusals| refusals.into_iter().map(Refusal::into_finding).collect())
}

struct Draft<'a> {
    catalog: &'a Catalog,
    ask: &'a RekeyAsk,
    settings: OnlineSettings<'a>,
}

/// What refers to the key, on the way into the draft.
struct Found {
    name: ColumnName,
    form: Form,
    condition: Option<RowExpression>,
    types: [String; 2],
}

impl<'a> Draft<'a> {
    fn write(&self) -> Result<RekeyDraft, Vec<Refusal>> {
        let one = |refusal| vec![refusal];
        let ask = self.ask;
        let table = self.table(&ask.key.relation).map_err(one)?;
        let (_, facts) = table.column(&ask.key.name).map_err(one)?;
        let (old_type, found, head) = match &ask.source {
            RekeySource::Made { generate, default, back, map } => {
                may_change(&table, &ask.key.name, facts, true).map_err(one)?;
                let has_old = back.is_some() || facts.identity.is_some() || table.default_of(&ask.key.name).is_some();
                if !has_old {
                    return Err(one(Refusal::new(
                        "the column has no default, so it is not known how rows of the new version get an old id",
                        "say it: `--back 'gen_random_uuid()'`",
                    )));
                }
                let old_type = facts.data_type.as_str();
                let (generate, map) = (option("generate", generate.as_ref()), option("map", map.as_ref()));
                let mut directives = vec![format!("-- limosa: rekey{generate}{map}")];
                directives.extend(back.iter().map(|back| format!("-- limosa: back {back}")));
                let key = self.key(&table, (old_type, facts.identity.is_some()), directives, default);
                (old_type.to_owned(), self.found(old_type)?, key)
            }
            RekeySource::Carried { service, map, old_type } => {
                let plain = SoftReference::all_of(&ask.key.name);
                let own = self.reference(&ask.key, (&plain, true), old_type).map_err(one)?;
                let types = match own.types == [old_type.clone(), ask.data_type.clone()] {
                    true => String::new(),
                    false => format!(" ({old_type}, {})", ask.data_type),
                };
                let mut head = said(&own);
                head.directives = vec![format!("-- limosa: rekey from {service} map {}{types}", map.for_people())];
                if let Some(name) = &ask.new_name {
                    head.names = [ask.key.name.clone(), name.clone()];
                }
                (old_type.clone(), self.found(old_type)?, head)
            }
        };
        let columns: BTreeSet<ColumnName> = found.iter().map(|it| it.name.clone()).chain([ask.key.clone()]).collect();
        let types = head.types.clone();
        let mut all = vec![head];
        all.extend(found.iter().map(said));
        let up = plain(self.catalog, &all).map_err(one)?;
        let down = self.compiled(&up)?;
        let readers = readers(self.catalog, &columns);
        Ok(RekeyDraft {
            old_type,
            types,
            edges: found.iter().map(|it| self.edge(it)).collect(),
            mentions: self.mentions(&columns, &readers),
            undecided: undecided(self.catalog, &readers, &all),
            readers: readers.into_iter().map(ToString::to_string).collect(),
            up,
            down,
        })
    }

    /// What was written is read again, as it will be: all that is in the way is said before anybody runs it. Gives the
    /// way back.
    fn compiled(&self, up: &[String]) -> Result<Vec<String>, Vec<Refusal>> {
        let source = SourceFile { path: "rekey.sql".to_owned(), text: up.join("\n").into() };
        let situation = Situation::new(self.catalog, self.settings)
            .map_err(|error| vec![Refusal::new(error.to_string(), "give the history another schema")])?;
        match super::phases(&situation, &source, &Script::parse(&source.text)) {
            Some(Ok(together)) => Ok(together.phases.reverse),
            Some(Err(refused)) => Err(refused.into_iter().map(|(_, refusal)| refusal).collect()),
            None => Ok(Vec::new()),
        }
    }

    fn key(
        &self,
        key: &Table<'_>,
        (old_type, is_identity): (&str, bool),
        directives: Vec<String>,
        default: &str,
    ) -> Said {
        let ask = self.ask;
        let column = &ask.key.name;
        let name = ask.new_name.clone().unwrap_or_else(|| column.clone());
        let first = match (is_identity, key.default_of(column)) {
            (true, _) => Some(format!("ALTER COLUMN {column} DROP IDENTITY")),
            (false, Some(_)) => Some(format!("ALTER COLUMN {column} DROP DEFAULT")),
            (false, None) => None,
        };
        Said {
            table: key.name.clone(),
            column: column.clone(),
            names: [column.clone(), name.clone()],
            types: [old_type.to_owned(), ask.data_type.clone()],
            directives,
            around: [first.into_iter().collect(), vec![format!("ALTER COLUMN {name} SET DEFAULT {default}")]],
        }
    }

    /// What refers to the key: by foreign keys, and as was said.
    fn found(&self, old_type: &str) -> Result<Vec<Found>, Vec<Refusal>> {
        let (mut found, mut refusals) = (Vec::new(), Vec::new());
        let mut declared = Vec::new();
        for soft in &self.ask.soft {
            match self.named(soft) {
                Ok(name) => declared.push((name, soft)),
                Err(refusal) => refusals.push(refusal),
            }
        }
        let roots: BTreeSet<ColumnName> =
            declared.iter().map(|(name, _)| name.clone()).chain([self.ask.key.clone()]).collect();
        let plain = SoftReference::all_of(&self.ask.key.name);
        let by_key = referring(self.catalog, &roots).into_iter().map(|name| (name, &plain, false));
        let all: Vec<_> = by_key.chain(declared.into_iter().map(|(name, soft)| (name, soft, true))).collect();
        for (name, soft, is_loose) in all {
            match self.reference(&name, (soft, is_loose), old_type) {
                Ok(reference) => found.push(reference),
                Err(refusal) => refusals.push(refusal),
            }
        }
        if refusals.is_empty() { Ok(found) } else { Err(refusals) }
    }

    fn reference(
        &self,
        name: &ColumnName,
        (soft, is_loose): (&SoftReference, bool),
        old_type: &str,
    ) -> Result<Found, Refusal> {
        let table = self.table(&name.relation)?;
        let (_, facts) = table.column(&name.name)?;
        may_change(&table, &name.name, facts, false)?;
        let data_type = facts.data_type.as_str();
        let said = FollowsDirective { path: soft.path.clone(), condition: soft.condition.clone() };
        let form = Form::of(data_type, old_type, &said).map_err(|refusal| {
            refusal.about(&format!("{}.{}", object_for_people(&name.relation), name.name.for_people()))
        })?;
        let key = [old_type, &self.ask.data_type];
        let new = new_type(&form, data_type, key, is_loose, soft.condition.is_some());
        Ok(Found {
            name: name.clone(),
            form,
            condition: soft.condition.as_deref().map(RowExpression::said),
            types: [data_type.to_owned(), new],
        })
    }

    fn named(&self, soft: &SoftReference) -> Result<ColumnName, Refusal> {
        let in_schema = |schema: &Identifier| ObjectName { schema: schema.clone(), name: soft.table.name.clone() };
        let names: Vec<ObjectName> = match &soft.table.schema {
            Some(schema) => vec![in_schema(schema)],
            None => self.settings.search_path.iter().map(in_schema).collect(),
        };
        let there = names.iter().find(|name| self.catalog.contains(&ObjectId::Table((*name).clone())));
        let Some(relation) = there.or_else(|| names.first()).cloned() else {
            return Err(no_table(&soft.table.name));
        };
        self.table(&relation)?.column(&soft.column)?;
        Ok(ColumnName { relation, name: soft.column.clone() })
    }

    fn table(&self, name: &ObjectName) -> Result<Table<'a>, Refusal> {
        let entry = self.catalog.entry(&ObjectId::Table(name.clone())).ok_or_else(|| no_table(&name.name))?;
        Ok(Table { name: name.clone(), entry, earlier: &[] })
    }

    fn edge(&self, found: &Found) -> RekeyEdge {
        let mut how = Vec::new();
        for foreign in foreign_keys(self.catalog) {
            if foreign.pairs().any(|(own, _)| own == found.name) {
                let mut words = format!("foreign key {}", foreign.name.name.for_people());
                for (on, action) in [("delete", foreign.key.on_delete), ("update", foreign.key.on_update)] {
                    if action != ReferentialAction::NoAction {
                        words.push_str(&format!(" on {on} {}", action.as_sql().to_lowercase()));
                    }
                }
                if foreign.key.columns.len() > 1 {
                    words.push_str(&format!(", {} columns", foreign.key.columns.len()));
                }
                if foreign.key.references == found.name.relation {
                    words.push_str(", to itself");
                }
                how.push(words);
            }
        }
        if how.is_empty() {
            how.push("declared".to_owned());
        }
        if let Form::Json(path) = &found.form {
            how.push(format!("at {}", path.join(".")));
        }
        how.extend(found.condition.as_ref().map(|condition| format!("where {}", condition.one_line())));
        RekeyEdge { column: found.name.clone(), types: found.types.clone(), how }
    }

    /// Functions whose text names a table and its column, but that do not depend on it as far as the server knows.
    fn mentions(&self, columns: &BTreeSet<ColumnName>, readers: &BTreeSet<&ObjectId>) -> Vec<String> {
        let text = |entry: &Entry<'_>| match entry.object() {
            Object::Function(function) => Some(function.body.source.to_string()),
            Object::Procedure(procedure) => Some(procedure.body.source.to_string()),
            _ => None,
        };
        let names = |text: &str| {
            let tokens = Tokens::of(text);
            let words = tokens
                .words()
                .each()
                .filter(|(token, _)| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier));
            let names: BTreeSet<Identifier> = words.filter_map(|(_, mut here)| here.identifier()).collect();
            columns.iter().any(|column| names.contains(&column.relation.name) && names.contains(&column.name))
        };
        self.catalog
            .iter()
            .filter(|entry| !readers.contains(entry.id()) && text(entry).is_some_and(|text| names(&text)))
            .map(|entry| entry.id().to_string())
            .collect()
    }
}

fn no_table(name: &Identifier) -> Refusal {
    Refusal::new(format!("there is no table {}", name.for_people()), "check the name, its schema included")
}

fn said(found: &Found) -> Said {
    Said {
        table: found.name.relation.clone(),
        column: found.name.name.clone(),
        names: [found.name.name.clone(), found.name.name.clone()],
        types: found.types.clone(),
        directives: vec![follows(&found.form, found.condition.as_ref().map(RowExpression::one_line))],
        around: Default::default(),
    }
}

/// A word of a directive and what stands behind it.
fn option(word: &str, value: Option<&impl std::fmt::Display>) -> String {
    value.map(|value| format!(" {word} {value}")).unwrap_or_default()
}
