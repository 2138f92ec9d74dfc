//! The kinds of objects: one module each, one line each in the registry below.
//!
//! A module holds the struct of its kind, the query that reads it, and how the query's rows become structs. The order
//! of the registry is the order in which the kinds are read, so a kind stands behind those that its rows refer to by
//! oid. Kinds whose module has no query of its own are read along with others: a relation's query brings its owner and
//! its privileges.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::difference::{Compare, FieldDifference};
use crate::fact::{Malformed, Value, Writer};
use crate::identifier::Identifier;
use crate::object_name::{
    CastName, ColumnName, MemberName, MethodMemberName, Named, ObjectName, OperatorName, PublicationSchemaName,
    PublicationTableName, RoutineName, TransformName, UserMappingName,
};
use crate::reading::Question;

macro_rules! registry {
    ($($(#[doc = $doc:literal])+ $module:ident: $kind:ident($name:ty), $words:literal;)+) => {
        $($(#[doc = $doc])+ pub mod $module;)+
        $(pub use $module::$kind;)+

        /// A kind of object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ObjectKind { $($(#[doc = $doc])+ $kind,)+ }

        impl ObjectKind {
            /// Every kind, in the order in which they are read.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// As people say it: `foreign table`.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$kind => $words,)+ }
            }

            /// The names of the fields by which two objects of the kind can differ.
            #[must_use]
            pub fn fields(self) -> &'static [&'static str] {
                match self { $(Self::$kind => $module::$kind::FIELDS,)+ }
            }

            /// The names of the fields that are known besides and count for nothing: a column's position, a function's
            /// whole statement.
            #[must_use]
            pub fn notes(self) -> &'static [&'static str] {
                match self { $(Self::$kind => $module::$kind::NOTES,)+ }
            }

            /// As it is saved.
            fn saved(self) -> &'static str {
                match self { $(Self::$kind => stringify!($module),)+ }
            }
        }

        /// Which object: its kind and its name. No two objects of a database share one.
        ///
        /// `Display` is as people say it: `table clinic."Visit"`, `function public.f(integer, text)`.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ObjectId { $($(#[doc = $doc])+ $kind($name),)+ }

        impl ObjectId {
            /// The kind.
            #[must_use]
            pub fn kind(&self) -> ObjectKind {
                match self { $(Self::$kind(_) => ObjectKind::$kind,)+ }
            }

            fn name(&self) -> &dyn Named {
                match self { $(Self::$kind(name) => name,)+ }
            }

            pub(crate) fn write_canonical(&self, out: &mut Writer) {
                out.raw("[");
                out.text(self.kind().saved());
                out.raw(",");
                match self { $(Self::$kind(name) => name.write(out),)+ }
                out.raw("]");
            }

            pub(crate) fn read_canonical(json: &serde_json::Value) -> Result<Self, Malformed> {
                let parts = json.as_array().map(Vec::as_slice).unwrap_or_default();
                let [kind, name] = parts else { return Err(Malformed::new("a kind and a name", json)) };
                match kind.as_str() {
                    $(Some(stringify!($module)) => Value::read(name).map(Self::$kind),)+
                    _ => Err(Malformed::new("a kind of object", kind)),
                }
            }
        }

        /// The facts about one object, by its kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Object { $($(#[doc = $doc])+ $kind(Box<$module::$kind>),)+ }

        impl Object {
            /// The kind.
            #[must_use]
            pub fn kind(&self) -> ObjectKind {
                match self { $(Self::$kind(_) => ObjectKind::$kind,)+ }
            }

            /// The fields in which another object of the same kind differs; none where the kinds differ.
            #[must_use]
            pub fn differing_fields(&self, other: &Self) -> Vec<FieldDifference> {
                match (self, other) {
                    $((Self::$kind(own), Self::$kind(other)) => own.differing_fields(other),)+
                    _ => Vec::new(),
                }
            }

            /// The fields that do not hold their usual values, each with its canonical text (JSON).
            #[must_use]
            pub fn fields(&self) -> Vec<(&'static str, String)> {
                match self { $(Self::$kind(object) => object.fields(),)+ }
            }

            pub(crate) fn write_canonical(&self, out: &mut Writer) {
                match self { $(Self::$kind(object) => object.write(out),)+ }
            }

            pub(crate) fn read_canonical(kind: ObjectKind, json: &serde_json::Value) -> Result<Self, Malformed> {
                match kind { $(ObjectKind::$kind => Value::read(json).map(Self::$kind),)+ }
            }
        }

        $(impl From<$module::$kind> for Object {
            fn from(object: $module::$kind) -> Self {
                Self::$kind(Box::new(object))
            }
        })+

        /// The queries of all kinds, in order.
        pub(crate) fn questions() -> impl Iterator<Item = &'static Question> {
            const QUESTIONS: &[&[Question]] = &[$($module::QUESTIONS),+];
            QUESTIONS.iter().copied().flatten()
        }
    };
}

registry! {
    /// An extension.
    extension: Extension(Identifier), "extension";
    /// A schema.
    schema: Schema(Identifier), "schema";
    /// A procedural language.
    language: Language(Identifier), "language";
    /// An access method.
    access_method: AccessMethod(Identifier), "access method";
    /// A collation.
    collation: Collation(ObjectName), "collation";
    /// A conversion between encodings.
    conversion: Conversion(ObjectName), "conversion";
    /// An enumerated type.
    enum_type: Enum(ObjectName), "enum type";
    /// A composite type.
    composite_type: CompositeType(ObjectName), "composite type";
    /// A range type, with its multirange type.
    range: Range(ObjectName), "range type";
    /// A type made of input and output functions.
    base_type: BaseType(ObjectName), "base type";
    /// A domain.
    domain: Domain(ObjectName), "domain";
    /// A check constraint of a domain.
    domain_constraint: DomainConstraint(MemberName), "domain constraint";
    /// A foreign-data wrapper.
    foreign_data_wrapper: ForeignDataWrapper(Identifier), "foreign-data wrapper";
    /// A foreign server.
    server: Server(Identifier), "server";
    /// A user mapping.
    user_mapping: UserMapping(UserMappingName), "user mapping";
    /// A table, partitioned or not.
    table: Table(ObjectName), "table";
    /// A foreign table.
    foreign_table: ForeignTable(ObjectName), "foreign table";
    /// A view.
    view: View(ObjectName), "view";
    /// A materialized view.
    materialized_view: MaterializedView(ObjectName), "materialized view";
    /// A column of a table or foreign table.
    column: Column(ColumnName), "column";
    /// The default value of a column.
    column_default: ColumnDefault(ColumnName), "default of column";
    /// A sequence other than those of identity columns.
    sequence: Sequence(ObjectName), "sequence";
    /// A constraint of a table, other than `NOT NULL`.
    constraint: Constraint(MemberName), "constraint";
    /// An index that no constraint owns.
    index: Index(ObjectName), "index";
    /// Extended statistics.
    statistics: Statistics(ObjectName), "statistics";
    /// A function, window functions included.
    function: Function(RoutineName), "function";
    /// A procedure.
    procedure: Procedure(RoutineName), "procedure";
    /// An aggregate function.
    aggregate: Aggregate(RoutineName), "aggregate";
    /// A trigger.
    trigger: Trigger(MemberName), "trigger";
    /// A rewrite rule other than the one that makes a view.
    rule: Rule(MemberName), "rule";
    /// A row security policy.
    policy: Policy(MemberName), "policy";
    /// An event trigger.
    event_trigger: EventTrigger(Identifier), "event trigger";
    /// An operator.
    operator: Operator(OperatorName), "operator";
    /// An operator family.
    operator_family: OperatorFamily(MethodMemberName), "operator family";
    /// An operator class.
    operator_class: OperatorClass(MethodMemberName), "operator class";
    /// A cast.
    cast: Cast(CastName), "cast";
    /// A transform.
    transform: Transform(TransformName), "transform";
    /// A text search parser.
    text_search_parser: TextSearchParser(ObjectName), "text search parser";
    /// A text search template.
    text_search_template: TextSearchTemplate(ObjectName), "text search template";
    /// A text search dictionary.
    text_search_dictionary: TextSearchDictionary(ObjectName), "text search dictionary";
    /// A text search configuration.
    text_search_configuration: TextSearchConfiguration(ObjectName), "text search configuration";
    /// A publication.
    publication: Publication(Identifier), "publication";
    /// A table in a publication.
    publication_table: PublicationTable(PublicationTableName), "published table";
    /// A schema in a publication.
    publication_schema: PublicationSchema(PublicationSchemaName), "published schema";
    /// A subscription.
    subscription: Subscription(Identifier), "subscription";
    /// Privileges granted to a role by default on objects to be made.
    default_privilege: DefaultPrivilege(default_privilege::DefaultPrivilegeName), "default privileges";
    /// The owner of an object.
    owner: Owner(Arc<ObjectId>), "owner";
    /// The privileges of one role on an object.
    grant: Grant(grant::GrantName), "privileges";
    /// The comment on an object.
    comment: Comment(Arc<ObjectId>), "comment";
    /// A security label on an object.
    security_label: SecurityLabel(security_label::SecurityLabelName), "security label";
}

impl ObjectId {
    /// The schema that holds the object, if its kind lives in one.
    #[must_use]
    pub fn schema(&self) -> Option<&Identifier> {
        self.name().schema()
    }

    /// The relation or domain of which the object is a part, if its kind is one of parts.
    #[must_use]
    pub fn relation(&self) -> Option<&ObjectName> {
        self.name().relation()
    }

    pub(crate) fn path(&self) -> Vec<Cow<'_, str>> {
        self.name().path()
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind().words())?;
        self.name().for_people(f)
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
