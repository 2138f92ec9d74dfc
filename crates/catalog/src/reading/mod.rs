//! From the rows that a server answers with to a [`Catalog`].
//!
//! [`questions`] lists what to ask, in order; the answers go into a [`Reader`] row by row, in the same order, as later
//! answers refer to earlier ones by object identifier (oid). What is named by oid is resolved here rather than by joins
//! in the server: the names of a table are sent once and not with each of its columns.

mod acl;
mod acl_item;
mod address;
mod lookups;
mod question;

use std::collections::HashMap;

use crate::catalog::{Catalog, Uncovered};
use crate::dependency::DependencyKind;
use crate::identifier::Identifier;
use crate::kind::{Comment, Object, ObjectId, Owner};
use crate::object_name::{ColumnName, ObjectName};
use crate::row::{Columns, DecodeError, Interner, Row};
use crate::sql_text::TypeName;
use crate::version::ServerMajor;

pub(crate) use acl::{built_in_privileges, of_letters as privileges_of_letters};
pub(crate) use address::{Address, Class, OidMap};
pub(crate) use lookups::{EXTENSION_MEMBERS, KnownOpclass, KnownType, collation_unless, opclass_unless_default};
pub use question::{Asker, Question, questions};

/// What the catalogs abbreviate to a letter.
pub(crate) trait Lettered: Sized {
    /// The letters that are known.
    const LETTERS: &[u8];

    /// The value of a letter.
    fn of_letter(letter: u8) -> Option<Self>;
}

/// Takes the answers to the [`questions`] and makes a [`Catalog`] of them.
#[derive(Debug)]
pub struct Reader {
    reading: Reading,
    names: Interner,
}

impl Reader {
    /// A reader of the answers that are given to someone.
    #[must_use]
    pub fn new(asker: Asker) -> Self {
        Self { reading: Reading::new(asker), names: Interner::default() }
    }

    /// Takes one row of the answer to a question.
    ///
    /// # Errors
    /// The row is not what the question asked for.
    pub fn row(&mut self, question: &Question, row: &dyn Row) -> Result<(), DecodeError> {
        let mut columns = Columns::new(question.about, row, &mut self.names);
        (question.read)(&mut self.reading, &mut columns)
    }

    /// By which oids the server knows what was read so far.
    #[must_use]
    pub fn places(&self) -> Places {
        let Reading { objects, known, members, columns, .. } = &self.reading;
        let id = |slot: Slot| objects.get(slot as usize).map(|(id, _)| id.clone());
        let whole = known.iter().filter(|(address, _)| !members.contains_key(address));
        let whole = whole.filter_map(|(address, slot)| Some(((address.class.oid(), address.oid, 0), id(*slot)?)));
        let parts = columns.iter().filter_map(|((relation, number), column)| {
            Some(((Class::Relation.oid(), *relation, i32::from(*number)), id(column.slot?)?))
        });
        Places(whole.chain(parts).collect())
    }

    /// Puts everything that was read together.
    #[must_use]
    pub fn finish(self) -> Catalog {
        let Reading { major, objects, edges, known, columns, uncovered, unseen, .. } = self.reading;
        let place = |address: Address, part: i16| {
            let column = (address.class == Class::Relation && part != 0)
                .then(|| columns.get(&(address.oid, part)).and_then(|column: &KnownColumn| column.slot))
                .flatten();
            column.or_else(|| known.get(&address).copied())
        };
        let resolved = edges.iter().filter_map(|edge| {
            let from = place(edge.from, edge.from_part)?;
            let to = place(edge.to, edge.to_part)?;
            Some((from, to, edge.kind))
        });
        let resolved: Vec<_> = resolved.collect();
        Catalog::assemble(major, objects, &resolved, uncovered, unseen)
    }
}

/// Objects by the oids of the system catalog and of the object itself, and the number of a column.
#[derive(Debug, Clone, Default)]
pub struct Places(HashMap<(u32, u32, i32), ObjectId>);

impl Places {
    /// The object that the server knows by these; `None` for what is no object of its own, or an extension's.
    #[must_use]
    pub fn get(&self, class: u32, object: u32, part: i32) -> Option<&ObjectId> {
        self.0.get(&(class, object, part))
    }
}

/// The place of an object in the list of those read so far.
pub(crate) type Slot = u32;

/// A relation by oid: tables and views, but also indexes and sequences, those of extensions included.
#[derive(Debug, Clone)]
pub(crate) struct KnownRelation {
    pub(crate) name: ObjectName,
    /// The object that stands for it; none where it belongs to an extension.
    pub(crate) slot: Option<Slot>,
    pub(crate) is_index: bool,
    pub(crate) owner: Option<Identifier>,
}

/// A column by relation and number.
#[derive(Debug, Clone)]
pub(crate) struct KnownColumn {
    pub(crate) name: Identifier,
    pub(crate) data_type: u32,
    pub(crate) collation: u32,
    /// The object that stands for it; none for columns of views and composite types.
    pub(crate) slot: Option<Slot>,
}

#[derive(Debug)]
struct Edge {
    from: Address,
    from_part: i16,
    to: Address,
    to_part: i16,
    kind: DependencyKind,
}

/// What has been read so far.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) major: ServerMajor,
    pub(crate) is_superuser: bool,
    objects: Vec<(ObjectId, Object)>,
    known: OidMap<Address, Slot>,
    members: OidMap<Address, Slot>,
    relations: OidMap<u32, KnownRelation>,
    columns: OidMap<(u32, i16), KnownColumn>,
    pub(crate) types: HashMap<(u32, i32), KnownType>,
    pub(crate) collations: OidMap<u32, ObjectName>,
    pub(crate) opclasses: OidMap<u32, KnownOpclass>,
    /// `NOT NULL` constraints, which are fields of columns, by oid.
    not_nulls: OidMap<u32, ObjectId>,
    /// The relation whose columns are being read, and how many there were so far.
    position: (u32, i16),
    edges: Vec<Edge>,
    uncovered: Vec<Uncovered>,
    unseen: Vec<String>,
}

impl Reading {
    fn new(asker: Asker) -> Self {
        Self {
            major: asker.major,
            is_superuser: asker.is_superuser,
            objects: Vec::new(),
            known: OidMap::default(),
            members: OidMap::default(),
            relations: OidMap::default(),
            columns: OidMap::default(),
            types: HashMap::new(),
            collations: OidMap::default(),
            opclasses: OidMap::default(),
            not_nulls: OidMap::default(),
            position: (0, 0),
            edges: Vec::new(),
            uncovered: Vec::new(),
            unseen: Vec::new(),
        }
    }

    /// Takes an object and tells where it is.
    pub(crate) fn add(&mut self, id: ObjectId, object: impl Into<Object>) -> Slot {
        // Fewer than 2^32 objects have oids, and each has a handful of facts; a catalog of that size fits no memory.
        let slot = Slot::try_from(self.objects.len()).unwrap_or(Slot::MAX);
        self.objects.push((id, object.into()));
        slot
    }

    /// Remembers by which oid the server knows an object.
    pub(crate) fn know(&mut self, class: Class, oid: u32, slot: Slot) {
        self.known.insert(Address { class, oid }, slot);
    }

    /// Takes an object that the server knows by an oid.
    pub(crate) fn add_known(&mut self, class: Class, oid: u32, id: ObjectId, object: impl Into<Object>) -> Slot {
        let slot = self.add(id, object);
        self.know(class, oid, slot);
        slot
    }

    /// Takes a relation, and tells where it is; `None` if it belongs to an extension, which then stands for it.
    pub(crate) fn add_relation(
        &mut self,
        oid: u32,
        name: ObjectName,
        owner: &Identifier,
        id: &ObjectId,
        object: impl Into<Object>,
    ) -> Option<Slot> {
        let is_member = self.is_member(Class::Relation, oid);
        let slot = (!is_member).then(|| self.add_known(Class::Relation, oid, id.clone(), object));
        self.relations.insert(oid, KnownRelation { name, slot, is_index: false, owner: Some(owner.clone()) });
        slot
    }

    /// Remembers an index, whatever object stands for it.
    pub(crate) fn know_index(&mut self, oid: u32, name: ObjectName, slot: Option<Slot>) {
        if let Some(slot) = slot {
            self.know(Class::Relation, oid, slot);
        }
        self.relations.insert(oid, KnownRelation { name, slot, is_index: true, owner: None });
    }

    /// Remembers by which name a `NOT NULL` constraint can be spoken of.
    pub(crate) fn know_not_null(&mut self, oid: u32, id: ObjectId) {
        self.not_nulls.insert(oid, id);
    }

    /// Says that an object belongs to an extension.
    fn know_member(&mut self, address: Address, extension: Slot) {
        self.members.insert(address, extension);
        self.known.insert(address, extension);
    }

    /// Whether an object belongs to an extension.
    pub(crate) fn is_member(&self, class: Class, oid: u32) -> bool {
        self.members.contains_key(&Address { class, oid })
    }

    pub(crate) fn slot(&self, class: Class, oid: u32) -> Option<Slot> {
        self.known.get(&Address { class, oid }).copied()
    }

    pub(crate) fn relation(&self, oid: u32) -> Option<&KnownRelation> {
        self.relations.get(&oid)
    }

    pub(crate) fn column(&self, relation: u32, number: i16) -> Option<&KnownColumn> {
        self.columns.get(&(relation, number))
    }

    pub(crate) fn know_column(&mut self, relation: u32, number: i16, column: KnownColumn) {
        self.columns.insert((relation, number), column);
    }

    /// The place of the next column of a relation, from 1; columns come in order.
    pub(crate) fn next_position(&mut self, relation: u32) -> i16 {
        let last = if self.position.0 == relation { self.position.1 } else { 0 };
        self.position = (relation, last.saturating_add(1));
        self.position.1
    }

    /// Records what is there and not covered.
    pub(crate) fn leave_uncovered(&mut self, uncovered: Uncovered) {
        self.uncovered.push(uncovered);
    }

    /// Records what may be there and was not shown.
    pub(crate) fn leave_unseen(&mut self, what: String) {
        self.unseen.push(what);
    }

    /// The object in a place.
    pub(crate) fn object(&mut self, slot: Slot) -> Option<&mut Object> {
        self.objects.get_mut(slot as usize).map(|(_, object)| object)
    }

    pub(crate) fn id(&self, slot: Slot) -> Option<&ObjectId> {
        self.objects.get(slot as usize).map(|(id, _)| id)
    }

    /// The names of columns by their numbers.
    pub(crate) fn column_names(
        &self,
        relation: u32,
        numbers: &[i16],
        columns: &Columns<'_>,
    ) -> Result<Vec<Identifier>, DecodeError> {
        let name = |number: &i16| {
            let column = self.column(relation, *number);
            column
                .map(|column| column.name.clone())
                .ok_or_else(|| columns.unusable(format!("column {number} of relation {relation} is not known")))
        };
        numbers.iter().map(name).collect()
    }

    /// The name of a relation by its oid.
    pub(crate) fn relation_name(&self, oid: u32, columns: &Columns<'_>) -> Result<ObjectName, DecodeError> {
        let relation = self.relation(oid);
        relation
            .map(|relation| relation.name.clone())
            .ok_or_else(|| columns.unusable(format!("relation {oid} is not known")))
    }

    /// The type of a column by oid and modifier.
    pub(crate) fn type_name(&self, oid: u32, modifier: i32, columns: &Columns<'_>) -> Result<TypeName, DecodeError> {
        let known = self.types.get(&(oid, modifier));
        known.map(|known| known.name.clone()).ok_or_else(|| columns.unusable(format!("type {oid} is not known")))
    }

    /// Records who owns an object.
    pub(crate) fn own(&mut self, id: &ObjectId, owner: Identifier) {
        self.add(ObjectId::Owner(id.clone().into()), Owner { role: owner });
    }

    /// What a comment, a privilege or a label is about: the object itself rather than what it is folded into.
    pub(crate) fn target(&self, address: Address, part: i16) -> Option<ObjectId> {
        if self.members.contains_key(&address) {
            return None;
        }
        if address.class == Class::Relation {
            let relation = self.relations.get(&address.oid)?;
            if relation.is_index {
                return Some(ObjectId::Index(relation.name.clone()));
            }
            if part != 0 {
                let name = self.columns.get(&(address.oid, part))?.name.clone();
                return Some(ObjectId::Column(ColumnName { relation: relation.name.clone(), name }));
            }
        }
        let not_null = self.not_nulls.get(&address.oid).filter(|_| address.class == Class::Constraint);
        not_null.cloned().or_else(|| self.id(*self.known.get(&address)?).cloned())
    }

    pub(crate) fn comment(&mut self, id: ObjectId, text: &str) {
        self.add(ObjectId::Comment(id.into()), Comment { text: text.into() });
    }

    fn depend(&mut self, from: (Address, i16), to: (Address, i16), kind: DependencyKind) {
        self.edges.push(Edge { from: from.0, from_part: from.1, to: to.0, to_part: to.1, kind });
    }
}
