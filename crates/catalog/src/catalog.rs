//! All facts about one database.

use std::collections::HashMap;

use crate::dependency::{DependencyKind, Edge};
use crate::fact::Writer;
use crate::hash::{Fingerprint, Hash};
use crate::identifier::Identifier;
use crate::kind::{Object, ObjectId, ObjectKind};
use crate::object_name::ObjectName;
use crate::reading::Question;
use crate::version::ServerMajor;

/// The schema of one database as facts: each object with its identity, its content, its parent, and two hashes.
///
/// The content hash is of the object's own fields and nothing else, so that it is the same for an object of another
/// name. The tree hash takes in the names and tree hashes of everything below: equal tree hashes mean that nothing
/// below needs to be looked at. Objects are sorted by identity.
#[derive(Debug, Clone)]
pub struct Catalog {
    major: ServerMajor,
    entries: Vec<Stored>,
    /// The objects below each, and below the database itself at the end: places in `below` from one number to the next.
    below_from: Vec<u32>,
    below: Vec<u32>,
    /// Sorted by the dependent object.
    edges: Vec<Edge>,
    /// The same, sorted by what is depended on.
    edges_back: Vec<Edge>,
    uncovered: Vec<Uncovered>,
    unseen: Vec<String>,
    hash: Hash,
}

#[derive(Debug, Clone)]
struct Stored {
    id: ObjectId,
    object: Object,
    parent: Option<u32>,
    content: Hash,
    tree: Hash,
}

/// One object of a [`Catalog`].
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    catalog: &'a Catalog,
    place: u32,
    stored: &'a Stored,
}

/// Objects of a kind that Limosa does not know. They are neither compared nor changed, which has to be said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uncovered {
    /// What they are, such as `parameter privileges`.
    pub what: Box<str>,
    /// One of them, as the server describes it.
    pub example: Box<str>,
    /// How many there are.
    pub count: u32,
}

impl Catalog {
    /// Puts objects, in any order, and dependencies between their places in that order together.
    pub(crate) fn assemble(
        major: ServerMajor,
        objects: Vec<(ObjectId, Object)>,
        dependencies: &[(u32, u32, DependencyKind)],
        uncovered: Vec<Uncovered>,
        unseen: Vec<String>,
    ) -> Self {
        let mut order: Vec<u32> = (0..place(objects.len())).collect();
        order.sort_unstable_by(|a, b| objects[*a as usize].0.cmp(&objects[*b as usize].0));
        let mut new_place = vec![0; objects.len()];
        for (new, old) in order.iter().enumerate() {
            new_place[*old as usize] = place(new);
        }
        let edges = dependencies
            .iter()
            .map(|(from, to, kind)| Edge { from: new_place[*from as usize], to: new_place[*to as usize], kind: *kind })
            .filter(|edge| edge.from != edge.to)
            .collect();
        let mut objects: Vec<_> = objects.into_iter().map(Some).collect();
        let sorted = order.iter().filter_map(|old| objects[*old as usize].take()).collect();
        Self { uncovered, unseen, ..Self::of_sorted(major, sorted, edges) }
    }

    pub(crate) fn of_sorted(major: ServerMajor, objects: Vec<(ObjectId, Object)>, mut edges: Vec<Edge>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let mut edges_back = edges.clone();
        edges_back.sort_unstable_by_key(|edge| (edge.to, edge.from, edge.kind));
        let parents = parents(&objects);
        let mut writer = Writer::without_notes();
        let stored = |((id, object), parent): ((ObjectId, Object), Option<u32>)| {
            writer.clear();
            object.write_canonical(&mut writer);
            let content = Hash::of(writer.as_str());
            Stored { id, object, parent, content, tree: content }
        };
        let entries: Vec<_> = objects.into_iter().zip(parents).map(stored).collect();
        let (below_from, below) = below(&entries);
        let mut catalog = Self {
            major,
            entries,
            below_from,
            below,
            edges,
            edges_back,
            uncovered: Vec::new(),
            unseen: Vec::new(),
            hash: Hash::of(""),
        };
        catalog.hash_trees();
        catalog
    }

    /// The same objects under other names and with other fields.
    pub(crate) fn mapped(&self, mut map: impl FnMut(Entry<'_>) -> (ObjectId, Object)) -> Self {
        let objects = self.iter().map(&mut map).collect();
        let edges: Vec<_> = self.edges.iter().map(|edge| (edge.from, edge.to, edge.kind)).collect();
        Self::assemble(self.major, objects, &edges, self.uncovered.clone(), self.unseen.clone())
    }

    /// Hashes from the leaves to the root.
    fn hash_trees(&mut self) {
        let parent = |at: &u32| self.entries[*at as usize].parent;
        // Four levels are the most: schema, table, column, comment. Parents come from names, so there is no cycle.
        let depth = |stored: &Stored| std::iter::successors(stored.parent, parent).count();
        let mut by_depth: Vec<Vec<usize>> = Vec::new();
        for (index, stored) in self.entries.iter().enumerate() {
            let depth = depth(stored);
            if by_depth.len() <= depth {
                by_depth.resize_with(depth + 1, Vec::new);
            }
            by_depth[depth].push(index);
        }
        for index in by_depth.into_iter().rev().flatten() {
            let range = self.below_from[index] as usize..self.below_from[index + 1] as usize;
            if !range.is_empty() {
                self.entries[index].tree = self.tree_hash(Some(index), range);
            }
        }
        let root = self.entries.len();
        self.hash = self.tree_hash(None, self.below_from[root] as usize..self.below_from[root + 1] as usize);
    }

    fn tree_hash(&self, parent: Option<usize>, children: std::ops::Range<usize>) -> Hash {
        let mut hasher = Hash::builder();
        let parent = parent.map(|parent| &self.entries[parent]);
        let above = parent.map_or_else(Vec::new, |parent| {
            hasher.add(parent.content.as_bytes());
            parent.id.path()
        });
        for child in &self.below[children] {
            let child = &self.entries[*child as usize];
            hasher.add_part(child.id.kind().words());
            // Most of a child's name repeats its parent's; without that, the hash is the same under another name.
            let path = child.id.path();
            let repeated = path.iter().zip(&above).take_while(|(own, above)| own == above).count();
            for part in path.iter().skip(repeated) {
                hasher.add_part(part);
            }
            hasher.add(child.tree.as_bytes());
        }
        hasher.finish()
    }

    /// The major version of the server that it was read from. The same schema reads differently in another.
    #[must_use]
    pub fn major(&self) -> ServerMajor {
        self.major
    }

    /// What identifies the whole: equal for databases with the same schema on servers of the same major version.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint { major: self.major, hash: self.hash }
    }

    /// How many facts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no fact at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is in the database and not in the facts.
    #[must_use]
    pub fn uncovered(&self) -> &[Uncovered] {
        &self.uncovered
    }

    /// What the reader had no right to see, in words: `the connection of subscription s`.
    #[must_use]
    pub fn unseen(&self) -> &[String] {
        &self.unseen
    }

    /// The facts about an object.
    #[must_use]
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        self.entry(id).map(|entry| entry.object())
    }

    /// An object with its place in the tree.
    #[must_use]
    pub fn entry(&self, id: &ObjectId) -> Option<Entry<'_>> {
        let index = self.entries.binary_search_by(|stored| stored.id.cmp(id)).ok()?;
        Some(self.at(place(index)))
    }

    /// Whether there is such an object.
    #[must_use]
    pub fn contains(&self, id: &ObjectId) -> bool {
        self.entry(id).is_some()
    }

    /// Every object, by identity: all of one kind, then all of the next.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.entries.len()).map(|index| self.at(place(index)))
    }

    /// Every object of a kind, by name.
    pub fn of_kind(&self, kind: ObjectKind) -> impl Iterator<Item = Entry<'_>> {
        let from = self.entries.partition_point(|stored| stored.id.kind() < kind);
        let to = self.entries.partition_point(|stored| stored.id.kind() <= kind);
        (from..to).map(|index| self.at(place(index)))
    }

    /// The objects that have no parent: schemas, extensions, publications and the like.
    pub fn roots(&self) -> impl Iterator<Item = Entry<'_>> {
        self.children_at(self.entries.len())
    }

    /// Every dependency: the dependent object, what it depends on, and how.
    pub fn dependencies(&self) -> impl Iterator<Item = (Entry<'_>, Entry<'_>, DependencyKind)> {
        self.edges.iter().map(|edge| (self.at(edge.from), self.at(edge.to), edge.kind))
    }

    pub(crate) fn edges(&self) -> &[Edge] {
        &self.edges
    }

    fn children_at(&self, index: usize) -> impl Iterator<Item = Entry<'_>> {
        let range = self.below_from[index] as usize..self.below_from[index + 1] as usize;
        self.below[range].iter().map(|place| self.at(*place))
    }

    fn at(&self, place: u32) -> Entry<'_> {
        Entry { catalog: self, place, stored: &self.entries[place as usize] }
    }
}

impl<'a> Entry<'a> {
    /// The catalog that it is in.
    #[must_use]
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// Which object it is.
    #[must_use]
    pub fn id(&self) -> &'a ObjectId {
        &self.stored.id
    }

    /// What is known of it.
    #[must_use]
    pub fn object(&self) -> &'a Object {
        &self.stored.object
    }

    /// The major version of the server that its catalog was read from.
    #[must_use]
    pub(crate) fn major(&self) -> ServerMajor {
        self.catalog.major
    }

    /// The object of which it is a part.
    #[must_use]
    pub fn parent(&self) -> Option<Entry<'a>> {
        self.stored.parent.map(|parent| self.catalog.at(parent))
    }

    /// The objects that are parts of it: owner, comment and privileges, the columns of a table.
    pub fn children(&self) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        self.catalog.children_at(self.place as usize)
    }

    /// The hash of its own fields; its name does not count.
    #[must_use]
    pub fn content_hash(&self) -> Hash {
        self.stored.content
    }

    /// The hash of its own fields and of everything below; its name does not count, the names below do.
    #[must_use]
    pub fn tree_hash(&self) -> Hash {
        self.stored.tree
    }

    /// What it depends on, as the server recorded it. What the fields say themselves may be left out: the schema of an
    /// object, the table of a column.
    pub fn depends_on(&self) -> impl Iterator<Item = (Entry<'a>, DependencyKind)> + use<'a> {
        let (catalog, place) = (self.catalog, self.place);
        let from = catalog.edges.partition_point(|edge| edge.from < place);
        let own = catalog.edges[from..].iter().take_while(move |edge| edge.from == place);
        own.map(move |edge| (catalog.at(edge.to), edge.kind))
    }

    /// What depends on it, as the server recorded it.
    pub fn dependents(&self) -> impl Iterator<Item = (Entry<'a>, DependencyKind)> + use<'a> {
        let (catalog, place) = (self.catalog, self.place);
        let from = catalog.edges_back.partition_point(|edge| edge.to < place);
        let own = catalog.edges_back[from..].iter().take_while(move |edge| edge.to == place);
        own.map(move |edge| (catalog.at(edge.from), edge.kind))
    }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The parent of each object, by its place.
fn parents(objects: &[(ObjectId, Object)]) -> Vec<Option<u32>> {
    let mut relations: HashMap<&ObjectName, u32> = HashMap::new();
    let mut schemas: HashMap<&Identifier, u32> = HashMap::new();
    for (index, (id, _)) in objects.iter().enumerate() {
        match id {
            ObjectId::Schema(name) => drop(schemas.insert(name, place(index))),
            ObjectId::Table(name)
            | ObjectId::ForeignTable(name)
            | ObjectId::View(name)
            | ObjectId::MaterializedView(name)
            | ObjectId::CompositeType(name) => drop(relations.insert(name, place(index))),
            _ => {}
        }
    }
    let find = |id: &ObjectId| objects.binary_search_by(|(other, _)| other.cmp(id)).ok().map(place);
    let parent = |(id, object): &(ObjectId, Object)| {
        let natural = match (id, object) {
            (ObjectId::Owner(of) | ObjectId::Comment(of), _) => find(of),
            (ObjectId::Grant(grant), _) => find(&grant.on),
            (ObjectId::SecurityLabel(label), _) => find(&label.on),
            (_, Object::Index(index)) => relations.get(&index.table).copied(),
            (_, Object::Statistics(statistics)) => relations.get(&statistics.table).copied(),
            (ObjectId::UserMapping(name), _) => find(&ObjectId::Server(name.server.clone())),
            (ObjectId::PublicationTable(name), _) => find(&ObjectId::Publication(name.publication.clone())),
            (ObjectId::PublicationSchema(name), _) => find(&ObjectId::Publication(name.publication.clone())),
            (ObjectId::DomainConstraint(name), _) => find(&ObjectId::Domain(name.relation.clone())),
            (ObjectId::ColumnDefault(name), _) => find(&ObjectId::Column(name.clone())),
            _ => None,
        };
        let relation = || id.relation().and_then(|relation| relations.get(relation).copied());
        let schema = || id.schema().and_then(|schema| schemas.get(schema).copied());
        natural.or_else(relation).or_else(schema)
    };
    objects.iter().map(parent).collect()
}

/// The children of each, in order: where those of each begin, and the children.
fn below(entries: &[Stored]) -> (Vec<u32>, Vec<u32>) {
    let root = entries.len();
    let parent = |stored: &Stored| stored.parent.map_or(root, |parent| parent as usize);
    let mut from = vec![0_u32; root + 2];
    for stored in entries {
        from[parent(stored) + 1] += 1;
    }
    for index in 1..from.len() {
        from[index] += from[index - 1];
    }
    let mut next = from.clone();
    let mut below = vec![0; entries.len()];
    for (index, stored) in entries.iter().enumerate() {
        let at = &mut next[parent(stored)];
        below[*at as usize] = place(index);
        *at += 1;
    }
    (from, below)
}

/// Counts what no other question asks about.
pub(crate) const UNCOVERED: Question = Question {
    about: "objects of other kinds",
    // Whatever a user makes has a row in pg_depend, at least for its schema or owner; pg_shdepend has those that have
    // only an owner. The classes are those of `Class`.
    sql: "SELECT 'objects in ' || k.classid::pg_catalog.regclass::text,
                 COALESCE(pg_catalog.pg_describe_object(k.classid, pg_catalog.min(k.objid), 0), '?'),
                 pg_catalog.count(*)
          FROM (SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
                WHERE d.objid >= 16384 AND d.deptype <> 'e'
                  AND d.classid NOT IN (1247, 1255, 1259, 2601, 2602, 2603, 2604, 2605, 2606, 2607, 2612, 2615, 2616,
                    2617, 2753, 2618, 2620, 3576, 3079, 2328, 1417, 1418, 3456, 3466, 3256, 6104, 6106, 6237, 6100,
                    3381, 3600, 3601, 3602, 3764, 826)
                UNION
                SELECT s.classid, s.objid FROM pg_catalog.pg_shdepend s
                WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d
                                WHERE d.datname = pg_catalog.current_database())
                  AND s.objid >= 16384
                  AND s.classid NOT IN (1247, 1255, 1259, 2601, 2602, 2603, 2604, 2605, 2606, 2607, 2612, 2615, 2616,
                    2617, 2753, 2618, 2620, 3576, 3079, 2328, 1417, 1418, 3456, 3466, 3256, 6104, 6106, 6237, 6100,
                    3381, 3600, 3601, 3602, 3764, 826, 2613)) k
          GROUP BY k.classid
          UNION ALL
          SELECT 'relations of kind ' || c.relkind::text,
                 pg_catalog.min(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)),
                 pg_catalog.count(*)
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind NOT IN ('r', 'p', 'f', 'v', 'm', 'c', 'S', 'i', 'I', 't') AND n.nspname !~ '^pg_'
            AND n.nspname <> ALL ($1)
          GROUP BY c.relkind
          UNION ALL
          SELECT 'constraints of kind ' || con.contype::text, pg_catalog.min(con.conname::text), pg_catalog.count(*)
          FROM pg_catalog.pg_constraint con
          WHERE con.contype NOT IN ('c', 'f', 'n', 'p', 'u', 't', 'x') AND con.oid >= 16384
          GROUP BY con.contype
          UNION ALL
          SELECT 'types of kind ' || t.typtype::text, pg_catalog.min(t.typname::text), pg_catalog.count(*)
          FROM pg_catalog.pg_type t
          WHERE t.typtype NOT IN ('b', 'c', 'd', 'e', 'p', 'r', 'm') AND t.oid >= 16384
          GROUP BY t.typtype",
    read: |reading, columns| {
        let uncovered = Uncovered { what: columns.sql()?, example: columns.sql()?, count: columns.number()? };
        reading.leave_uncovered(uncovered);
        Ok(())
    },
};
