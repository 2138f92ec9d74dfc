//! Which columns are masked, and how.

use std::collections::BTreeMap;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, ColumnName, Identifier, Object, ObjectId, ObjectKind, ObjectName};
use limosa_project::{Mask, MaskSettings};
use limosa_syntax::Diagnostic;

use super::expression::{Family, family, fits};
use super::personal::usual_mask;
use crate::filling::Reference;

/// A column whose values do not leave their server as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedColumn {
    /// Which.
    pub column: ColumnName,
    /// What becomes of its values.
    pub mask: Mask,
    /// Why.
    pub reason: MaskReason,
}

/// Why a column is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskReason {
    /// `[mask]` says so.
    Declared,
    /// Its name says that it holds something personal.
    LooksPersonal,
    /// It refers to a column that is masked.
    Refers,
}

/// A table of the environment, as far as a sample needs to know it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: ObjectName,
    pub(super) is_partitioned: bool,
    /// The columns that hold what was written, with what becomes of their values.
    pub(super) columns: Vec<(Identifier, Family, Mask)>,
    pub(super) primary_key: Vec<Identifier>,
    pub(super) keys: Vec<Reference>,
}

/// The tables of a catalog, and which of their columns are masked.
///
/// # Errors
/// What `[mask]` says and cannot be done.
pub(super) fn decide(
    catalog: &Catalog,
    declared: &MaskSettings,
) -> Result<(Vec<Source>, Vec<MaskedColumn>), Vec<Diagnostic>> {
    let facts = Facts::of(catalog);
    let (mut problems, mut masked, mut sources) = (Vec::new(), Vec::new(), Vec::new());
    for (name, table) in &facts.tables {
        let mut columns = Vec::new();
        for (column, data_type, nullable) in &table.columns {
            let here = ColumnName { relation: name.clone(), name: column.clone() };
            let root = facts.root(&here);
            let family = family(data_type);
            let said = said(declared, &here).or_else(|| said(declared, &root));
            let usual = || facts.takes_usual(&root).then(|| usual_mask(root.name.as_str())).flatten();
            let mask = said.clone().or_else(usual).unwrap_or(Mask::Keep);
            if let Some(wrong) = facts.wrong(&here, &root, (&mask, family, *nullable), declared) {
                problems.push(wrong);
            }
            if mask != Mask::Keep {
                let reason = match said {
                    _ if root != here => MaskReason::Refers,
                    Some(_) => MaskReason::Declared,
                    None => MaskReason::LooksPersonal,
                };
                masked.push(MaskedColumn { column: here, mask: mask.clone(), reason });
            }
            columns.push((column.clone(), family, mask));
        }
        sources.push(Source {
            name: name.clone(),
            is_partitioned: table.is_partitioned,
            columns,
            primary_key: table.primary_key.clone(),
            keys: table.keys.clone(),
        });
    }
    if problems.is_empty() { Ok((sources, masked)) } else { Err(problems) }
}

fn said(declared: &MaskSettings, column: &ColumnName) -> Option<Mask> {
    let is_it = |said: &limosa_project::ColumnName| {
        said.table == column.relation.name
            && said.column == column.name
            && said.schema.as_ref().is_none_or(|schema| *schema == column.relation.schema)
    };
    declared.columns.iter().find(|(name, _)| is_it(name)).map(|(_, mask)| mask.clone())
}

struct Facts {
    tables: BTreeMap<ObjectName, TableFacts>,
}

struct TableFacts {
    is_partitioned: bool,
    /// Name, type, whether null is taken.
    columns: Vec<(Identifier, String, bool)>,
    primary_key: Vec<Identifier>,
    keys: Vec<Reference>,
}

impl Facts {
    fn of(catalog: &Catalog) -> Self {
        let mut tables = BTreeMap::new();
        for entry in catalog.of_kind(ObjectKind::Table) {
            let (ObjectId::Table(name), Object::Table(table)) = (entry.id(), entry.object()) else { continue };
            if table.partition_of.is_some() {
                continue;
            }
            let (mut columns, mut primary_key, mut keys) = (Vec::new(), Vec::new(), Vec::new());
            for child in entry.children() {
                match (child.id(), child.object()) {
                    (ObjectId::Column(id), Object::Column(column)) if column.generated.is_none() => {
                        let described = (id.name.clone(), column.data_type.to_string(), column.not_null.is_none());
                        columns.push((column.position, described));
                    }
                    (_, Object::Constraint(constraint)) => match &constraint.rule {
                        ConstraintRule::PrimaryKey(key) => primary_key.clone_from(&key.columns),
                        ConstraintRule::ForeignKey(key) => keys.push(Reference::from(key)),
                        _ => {}
                    },
                    _ => {}
                }
            }
            columns.sort_by_key(|(position, _)| *position);
            let columns = columns.into_iter().map(|(_, described)| described).collect();
            let is_partitioned = table.partition_by.is_some();
            tables.insert(name.clone(), TableFacts { is_partitioned, columns, primary_key, keys });
        }
        Self { tables }
    }

    /// The column whose values a column repeats, through foreign keys.
    fn root(&self, column: &ColumnName) -> ColumnName {
        let mut here = column.clone();
        let mut seen = vec![here.clone()];
        while let Some(next) = self.referred(&here).filter(|next| !seen.contains(next)) {
            seen.push(next.clone());
            here = next;
        }
        here
    }

    fn referred(&self, column: &ColumnName) -> Option<ColumnName> {
        let keys = &self.tables.get(&column.relation)?.keys;
        keys.iter().find_map(|key| {
            let place = key.columns.iter().position(|it| *it == column.name)?;
            Some(ColumnName { relation: key.to.clone(), name: key.to_columns.get(place)?.clone() })
        })
    }

    fn is_referred_to(&self, column: &ColumnName) -> bool {
        let keys = self.tables.values().flat_map(|table| &table.keys);
        keys.filter(|key| key.to == column.relation).any(|key| key.to_columns.contains(&column.name))
    }

    /// Whether a column is masked by itself where its name asks for it: texts and moments.
    fn takes_usual(&self, column: &ColumnName) -> bool {
        let columns = self.tables.get(&column.relation).map(|table| table.columns.as_slice()).unwrap_or_default();
        let of = columns.iter().find(|(name, ..)| *name == column.name).map(|(_, data_type, _)| family(data_type));
        matches!(of, Some(Family::Text { .. } | Family::Moment))
    }

    fn wrong(
        &self,
        column: &ColumnName,
        root: &ColumnName,
        (mask, family, nullable): (&Mask, Family, bool),
        declared: &MaskSettings,
    ) -> Option<Diagnostic> {
        let named = |it: &ColumnName| {
            let table = &it.relation;
            format!("{}.{}.{}", table.schema.for_people(), table.name.for_people(), it.name.for_people())
        };
        let problem = |why: String, help: &str| {
            let message = format!("[mask] says `{}` for {}, {why}", mask.word(), named(column));
            Some(Diagnostic::error("mask", message).with_help(help))
        };
        let is_key = root != column || self.is_referred_to(column);
        if root != column && said(declared, column).is_some_and(|said| Some(said) != said_or_kept(declared, root)) {
            return problem(
                format!("which refers to {}", named(root)),
                "write the mask of the column that it refers to",
            );
        }
        match mask {
            Mask::Null if !nullable => problem("which must not be null".to_owned(), "write `hash`"),
            Mask::Null | Mask::Shuffle | Mask::Sql(_) if is_key => {
                problem("and references have to be found by it".to_owned(), "write `hash` or `keep`")
            }
            mask if !fits(mask, family) => problem(
                "whose type it does not fit".to_owned(),
                "write `null`, `shuffle` or `sql:` and an expression of that type",
            ),
            _ => None,
        }
    }
}

fn said_or_kept(declared: &MaskSettings, column: &ColumnName) -> Option<Mask> {
    said(declared, column).or_else(|| usual_mask(column.name.as_str())).or(Some(Mask::Keep))
}
