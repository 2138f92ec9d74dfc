//! What a drop will take away, found out before its locks are taken.
//!
//! The server alone knows what a drop takes along, and tells by doing it: the catalog is read before it and after it.
//! But a catalog takes its time, and nobody gets at a table meanwhile. So what should go is read from the server's own
//! dependencies, and what becomes of it is decided, before anything is locked. Behind the lock the drop is tried as
//! ever; if exactly that is gone, and nothing of it has changed since it was read, nothing else need be asked.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, ObjectId, Places};
use limosa_plan::{AsideName, SetAside, Step, set_aside};
use limosa_postgres::Type;
use limosa_syntax::{Loss, Tokens};

use super::apart::{ApartFailure, Scene};
use super::set_aside::Size;
use crate::aside::read_catalog_in_transaction;
use crate::history::{Numbered, next_number};

/// What would go, and how it stands.
const FORESEEN_SQL: &str = include_str!("foreseen.sql");
/// What of it is there.
const LEFT_SQL: &str = include_str!("left.sql");

/// What a drop names.
pub(super) struct Named {
    relations: Vec<String>,
    columns: Vec<String>,
    /// `CASCADE`
    cascade: bool,
}

impl Named {
    pub(super) fn of(step: &Step, drop: &str) -> Option<Self> {
        let cascade = Tokens::of(drop).words().each().any(|(_, mut words)| words.take(&["CASCADE"]));
        let names = |names: &[limosa_catalog::Identifier]| names.iter().map(|it| it.as_str().to_owned()).collect();
        match &step.losing.as_ref()?.loss {
            Loss::Columns { table, columns } => {
                Some(Self { relations: vec![table.to_string()], columns: names(columns), cascade })
            }
            Loss::Tables(tables) => {
                Some(Self { relations: tables.iter().map(ToString::to_string).collect(), columns: Vec::new(), cascade })
            }
            Loss::Rows(_) | Loss::Schemas(_) | Loss::Values { .. } => None,
        }
    }
}

/// Objects by their oids, and how they stood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Objects {
    classes: Vec<u32>,
    objects: Vec<u32>,
    parts: Vec<i32>,
    version: String,
    is_plain: bool,
}

/// What was decided before the locks.
pub(super) struct Foreseen {
    /// What should go.
    gone: Objects,
    /// What goes with `CASCADE`: of this, nothing else should.
    all: Objects,
    pub(super) id: i64,
    pub(super) name: AsideName,
    pub(super) aside: SetAside,
    pub(super) size: Size,
}

impl Scene<'_> {
    /// What the drop should take away, and how that is set aside; `None` where it has to be tried to be known.
    pub(super) async fn foresee(&self, named: &Named) -> Result<Option<Foreseen>, ApartFailure> {
        let Some(gone) = self.objects(named, named.cascade).await?.filter(|objects| objects.is_plain) else {
            return Ok(None);
        };
        let Some(all) = self.objects(named, true).await? else { return Ok(None) };
        let (before, places) = read_catalog_in_transaction(self.worker, self.history_schema).await?;
        let after = gone.taken_from(&before, &places);
        let id = next_number(self.worker, self.history_schema, Numbered::Aside).await?;
        // What cannot be is told when the server has been asked.
        let Ok(name) = AsideName::new(self.history_schema, id) else { return Ok(None) };
        let Ok(aside) = set_aside(&before, &after, &name) else { return Ok(None) };
        let size = self.size(&aside).await?;
        Ok(Some(Foreseen { gone, all, id, name, aside, size }))
    }

    /// Whether everything stands as it did, which is asked behind the locks and before the drop is tried.
    pub(super) async fn stands(&self, named: &Named, foreseen: &Foreseen) -> Result<bool, ApartFailure> {
        Ok(self.objects(named, true).await?.as_ref() == Some(&foreseen.all))
    }

    /// Whether exactly that is gone which should be, which is asked when the drop is tried.
    pub(super) async fn came_true(&self, foreseen: &Foreseen) -> Result<bool, ApartFailure> {
        let all = &foreseen.all;
        let params: [(&(dyn limosa_postgres::ToSql + Sync), Type); 3] =
            [(&all.classes, Type::OID_ARRAY), (&all.objects, Type::OID_ARRAY), (&all.parts, Type::INT4_ARRAY)];
        let rows = self.worker.query(LEFT_SQL, &params).await?;
        let places: Vec<(u32, u32, i32)> = all.each().collect();
        let place = |row: &limosa_postgres::Row| {
            usize::try_from(row.get::<_, i64>(0)).ok().and_then(|at| places.get(at.checked_sub(1)?).copied())
        };
        let left: BTreeSet<_> = rows.iter().filter_map(place).collect();
        let gone: BTreeSet<_> = foreseen.gone.each().collect();
        Ok(places.iter().all(|place| left.contains(place) != gone.contains(place)))
    }

    async fn objects(&self, named: &Named, cascade: bool) -> Result<Option<Objects>, ApartFailure> {
        let params: [(&(dyn limosa_postgres::ToSql + Sync), Type); 3] =
            [(&named.relations, Type::TEXT_ARRAY), (&named.columns, Type::TEXT_ARRAY), (&cascade, Type::BOOL)];
        let rows = self.worker.query(FORESEEN_SQL, &params).await?;
        let read = |row: &limosa_postgres::Row| {
            Some(Objects {
                classes: row.get::<_, Option<Vec<u32>>>(0)?,
                objects: row.get(1),
                parts: row.get(2),
                version: row.get::<_, Option<String>>(3)?,
                is_plain: row.get(4),
            })
        };
        Ok(rows.first().and_then(read))
    }
}

impl Objects {
    fn each(&self) -> impl Iterator<Item = (u32, u32, i32)> {
        let parts = self.objects.iter().zip(&self.parts);
        self.classes.iter().zip(parts).map(|(class, (object, part))| (*class, *object, *part))
    }

    /// A catalog without these.
    fn taken_from(&self, catalog: &Catalog, places: &Places) -> Catalog {
        let gone: BTreeSet<&ObjectId> =
            self.each().filter_map(|(class, object, part)| places.get(class, object, part)).collect();
        catalog.without(|entry| gone.contains(entry.id()))
    }
}
