//! How objects of each kind are created, dropped and altered: one file each, one line each in the registry below.

use limosa_catalog::{DependencyKind, Entry, Object, ObjectId};

use super::statement::Statement;
use super::{Context, DiffError};

mod partitioned_index;

pub(super) use constraint::{definition as constraint_definition, unique_index};

/// What makes an object.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The statements that make it.
    pub(super) statements: Vec<Statement>,
    /// What can be said only when something later is there, such as the column that owns a sequence.
    pub(super) finish: Vec<Statement>,
}

/// How an object is altered in its place.
#[derive(Debug, Clone, Default)]
pub(super) struct Alteration {
    /// The statements.
    pub(super) statements: Vec<Statement>,
    /// What can be said only when columns are as they shall be: of which table it is a part.
    pub(super) finish: Vec<Statement>,
    /// What has to be out of the way meanwhile.
    pub(super) disturbs: Vec<ObjectId>,
}

/// The rules of one kind.
pub(super) trait Rules {
    /// How the kind is named.
    type Name;

    /// Makes it. `entry` is in the catalog that is wanted.
    fn create(&self, name: &Self::Name, entry: Entry<'_>, context: &Context<'_>) -> Part;

    /// Drops it. `entry` is in the catalog that is there.
    fn remove(&self, name: &Self::Name, entry: Entry<'_>, context: &Context<'_>) -> Vec<Statement>;

    /// Makes it the same as `new` without dropping it; `None` where that is not possible. `entry` is the old one, in
    /// the catalog that is there.
    fn alter(&self, new: &Self, name: &Self::Name, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration>;

    /// Whether the statement that makes the whole makes this part too.
    fn is_made_with_whole(&self, _entry: Entry<'_>) -> bool {
        false
    }

    /// What takes it along when it goes, besides the whole: a sequence goes with the column that owns it.
    fn goes_with(&self, _entry: Entry<'_>, _context: &Context<'_>) -> Option<ObjectId> {
        None
    }

    /// What has to be made anew so that this can be added to it. `entry` is in the catalog that is wanted.
    fn disturbs(&self, _name: &Self::Name, _entry: Entry<'_>, _context: &Context<'_>) -> Vec<ObjectId> {
        Vec::new()
    }

    /// What it needs besides what the server recorded.
    fn also_needs(&self, _name: &Self::Name, _entry: Entry<'_>, _context: &Context<'_>) -> Vec<ObjectId> {
        Vec::new()
    }

    /// Whether this is needed only to finish it, and not for making it.
    fn is_needed_late(&self, _needed: &Entry<'_>, _how: DependencyKind) -> bool {
        false
    }
}

macro_rules! registry {
    ($($module:ident: $Kind:ident),+ $(,)?) => {
        $(mod $module;)+

        /// Makes an object.
        pub(super) fn create(entry: Entry<'_>, context: &Context<'_>) -> Result<Part, DiffError> {
            match (entry.id(), entry.object()) {
                $((ObjectId::$Kind(name), Object::$Kind(object)) => Ok(object.create(name, entry, context)),)+
                (id, _) => Err(DiffError::Unsupported(id.clone())),
            }
        }

        /// Drops an object.
        pub(super) fn drop(entry: Entry<'_>, context: &Context<'_>) -> Result<Vec<Statement>, DiffError> {
            match (entry.id(), entry.object()) {
                $((ObjectId::$Kind(name), Object::$Kind(object)) => Ok(object.remove(name, entry, context)),)+
                (id, _) => Err(DiffError::Unsupported(id.clone())),
            }
        }

        /// Alters an object in its place, if that is possible.
        pub(super) fn alter(old: Entry<'_>, new: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
            match (old.id(), old.object(), new.object()) {
                $((ObjectId::$Kind(name), Object::$Kind(old_object), Object::$Kind(new)) => {
                    old_object.alter(new, name, old, context)
                })+
                _ => None,
            }
        }

        /// Whether the statement that makes the whole makes this part too.
        pub(super) fn is_made_with_whole(entry: Entry<'_>) -> bool {
            match entry.object() {
                $(Object::$Kind(object) => object.is_made_with_whole(entry),)+
            }
        }

        /// What takes it along when it goes, besides the whole.
        pub(super) fn goes_with(entry: Entry<'_>, context: &Context<'_>) -> Option<ObjectId> {
            match entry.object() {
                $(Object::$Kind(object) => object.goes_with(entry, context),)+
            }
        }

        /// What has to be made anew so that the object can be added to it.
        pub(super) fn disturbs(entry: Entry<'_>, context: &Context<'_>) -> Vec<ObjectId> {
            match (entry.id(), entry.object()) {
                $((ObjectId::$Kind(name), Object::$Kind(object)) => object.disturbs(name, entry, context),)+
                _ => Vec::new(),
            }
        }

        /// What the object needs besides what the server recorded.
        pub(super) fn also_needs(entry: Entry<'_>, context: &Context<'_>) -> Vec<ObjectId> {
            match (entry.id(), entry.object()) {
                $((ObjectId::$Kind(name), Object::$Kind(object)) => object.also_needs(name, entry, context),)+
                _ => Vec::new(),
            }
        }

        /// Whether `needed` is needed only to finish the object.
        pub(super) fn is_needed_late(entry: &Entry<'_>, needed: &Entry<'_>, how: DependencyKind) -> bool {
            match entry.object() {
                $(Object::$Kind(object) => object.is_needed_late(needed, how),)+
            }
        }

    };
}

/// Withholds what default privileges would give a new object.
pub(super) use grant::{privileges_changed, withhold};
/// The indexes of partitions that go with one of the whole.
pub(super) use partitioned_index::indexes_of_partitions;
pub(super) use sequence::unusual as unusual_counting;

/// Takes a partition from its whole, which goes and comes back, and makes it a part of that again. `None` where the
/// table is no partition of it before or after.
pub(super) fn reattach(table: Entry<'_>, whole: &ObjectId, context: &Context<'_>) -> Option<Alteration> {
    match (table.id(), table.object(), context.to.get(table.id())) {
        (ObjectId::Table(name), Object::Table(old), Some(Object::Table(new))) => {
            table::reattach(old, new, name, whole, context)
        }
        _ => None,
    }
}

/// Gives a column, through text, the type that took the place of its own under the same name.
pub(super) fn retype(column: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
    match (column.id(), column.object()) {
        (ObjectId::Column(name), Object::Column(object)) => Some(column::retyped(object, name, column, context)),
        _ => None,
    }
}

registry! {
    extension: Extension,
    schema: Schema,
    language: Language,
    access_method: AccessMethod,
    collation: Collation,
    conversion: Conversion,
    enum_type: Enum,
    composite_type: CompositeType,
    range: Range,
    base_type: BaseType,
    domain: Domain,
    domain_constraint: DomainConstraint,
    foreign_data_wrapper: ForeignDataWrapper,
    server: Server,
    user_mapping: UserMapping,
    table: Table,
    foreign_table: ForeignTable,
    column: Column,
    column_default: ColumnDefault,
    constraint: Constraint,
    index: Index,
    statistics: Statistics,
    sequence: Sequence,
    view: View,
    materialized_view: MaterializedView,
    function: Function,
    procedure: Procedure,
    aggregate: Aggregate,
    trigger: Trigger,
    rule: Rule,
    policy: Policy,
    event_trigger: EventTrigger,
    operator: Operator,
    operator_family: OperatorFamily,
    operator_class: OperatorClass,
    cast: Cast,
    transform: Transform,
    text_search_parser: TextSearchParser,
    text_search_template: TextSearchTemplate,
    text_search_dictionary: TextSearchDictionary,
    text_search_configuration: TextSearchConfiguration,
    publication: Publication,
    publication_table: PublicationTable,
    publication_schema: PublicationSchema,
    subscription: Subscription,
    default_privilege: DefaultPrivilege,
    owner: Owner,
    grant: Grant,
    security_label: SecurityLabel,
    comment: Comment,
}
