//! How objects are named inside a database.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::fact::{Malformed, Value, Writer, name};
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::sql_text::TypeName;

/// What every kind of name can tell.
pub(crate) trait Named {
    /// The parts from the outermost to the innermost: schema, relation, own name, what tells overloads apart.
    fn path(&self) -> Vec<Cow<'_, str>>;

    /// The schema that holds the object.
    fn schema(&self) -> Option<&Identifier> {
        None
    }

    /// The relation (or domain) of which the object is a part.
    fn relation(&self) -> Option<&ObjectName> {
        None
    }

    /// As people say it.
    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

name! {
    /// The name of an object in a schema. Its `Display` is the quoted form `"schema"."name"`.
    pub struct ObjectName {
        /// The schema.
        schema: Identifier,
        /// The object's own name.
        name: Identifier,
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

name! {
    /// The name of a column. Its `Display` is the quoted form `"schema"."relation"."column"`.
    pub struct ColumnName {
        /// The table, view or composite type.
        relation: ObjectName,
        /// The column's own name.
        name: Identifier,
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.relation, self.name)
    }
}

name! {
    /// The name of something that hangs on a relation or domain and is unique there: a constraint, trigger, rule,
    /// policy.
    pub struct MemberName {
        /// The table, view or domain.
        relation: ObjectName,
        /// The member's own name.
        name: Identifier,
    }
}

name! {
    /// The name of a function, procedure or aggregate: several may share a name and differ in their input arguments.
    pub struct RoutineName {
        /// The schema.
        schema: Identifier,
        /// The own name.
        name: Identifier,
        /// The types of the input arguments (`IN`, `INOUT`, `VARIADIC`), in order.
        arguments: Arc<[TypeName]>,
    }
}

impl fmt::Display for RoutineName {
    /// The quoted form with the argument types: `"schema"."name"(integer, text)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}(", self.schema, self.name)?;
        comma_separated(f, &self.arguments)?;
        f.write_str(")")
    }
}

name! {
    /// The name of an operator: its signs and the types on both sides.
    pub struct OperatorName {
        /// The schema.
        schema: Identifier,
        /// The signs, such as `<->`; never quoted.
        signs: Arc<str>,
        /// The type on the left; `None` for a prefix operator.
        left: Option<TypeName>,
        /// The type on the right.
        right: Option<TypeName>,
    }
}

name! {
    /// The name of an operator class or family, which is unique for its access method.
    pub struct MethodMemberName {
        /// The schema.
        schema: Identifier,
        /// The own name.
        name: Identifier,
        /// The index access method.
        method: Identifier,
    }
}

name! {
    /// A cast is named by its two types.
    pub struct CastName {
        /// From.
        source: TypeName,
        /// To.
        target: TypeName,
    }
}

name! {
    /// A transform is named by its type and its language.
    pub struct TransformName {
        /// The type.
        data_type: TypeName,
        /// The language.
        language: Identifier,
    }
}

name! {
    /// A user mapping is named by its server and its user.
    pub struct UserMappingName {
        /// The foreign server.
        server: Identifier,
        /// The role; `None` for `PUBLIC`.
        user: Option<Identifier>,
    }
}

name! {
    /// A table as a member of a publication.
    pub struct PublicationTableName {
        /// The publication.
        publication: Identifier,
        /// The table.
        table: ObjectName,
    }
}

name! {
    /// A schema as a member of a publication.
    pub struct PublicationSchemaName {
        /// The publication.
        publication: Identifier,
        /// The schema all of whose tables are published.
        schema: Identifier,
    }
}

impl Named for Identifier {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.as_str().into()]
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Identifier::for_people(self))
    }
}

impl Named for ObjectName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.schema.as_str().into(), self.name.as_str().into()]
    }

    fn schema(&self) -> Option<&Identifier> {
        Some(&self.schema)
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema.for_people(), self.name.for_people())
    }
}

impl Named for ColumnName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.relation.schema.as_str().into(), self.relation.name.as_str().into(), self.name.as_str().into()]
    }

    fn schema(&self) -> Option<&Identifier> {
        Some(&self.relation.schema)
    }

    fn relation(&self) -> Option<&ObjectName> {
        Some(&self.relation)
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.relation.for_people(f)?;
        write!(f, ".{}", self.name.for_people())
    }
}

impl Named for MemberName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.relation.schema.as_str().into(), self.relation.name.as_str().into(), self.name.as_str().into()]
    }

    fn schema(&self) -> Option<&Identifier> {
        Some(&self.relation.schema)
    }

    fn relation(&self) -> Option<&ObjectName> {
        Some(&self.relation)
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on ", self.name.for_people())?;
        self.relation.for_people(f)
    }
}

impl Named for RoutineName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        let arguments = self.arguments.iter().map(|argument| argument.as_str().into());
        [self.schema.as_str().into(), self.name.as_str().into()].into_iter().chain(arguments).collect()
    }

    fn schema(&self) -> Option<&Identifier> {
        Some(&self.schema)
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}(", self.schema.for_people(), self.name.for_people())?;
        comma_separated(f, &self.arguments)?;
        f.write_str(")")
    }
}

impl Named for OperatorName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        let side = |side: &'_ Option<TypeName>| side.as_ref().map_or_else(String::new, TypeName::to_string);
        vec![self.schema.as_str().into(), (&*self.signs).into(), side(&self.left).into(), side(&self.right).into()]
    }

    fn schema(&self) -> Option<&Identifier> {
        Some(&self.schema)
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: &'_ Option<TypeName>| side.as_ref().map_or_else(|| "NONE".to_owned(), TypeName::to_string);
        write!(f, "{}.{} ({}, {})", self.schema.for_people(), self.signs, side(&self.left), side(&self.right))
    }
}

impl Named for MethodMemberName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.schema.as_str().into(), self.name.as_str().into(), self.method.as_str().into()]
    }

    fn schema(&self) -> Option<&Identifier> {
        Some(&self.schema)
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (schema, name) = (self.schema.for_people(), self.name.for_people());
        write!(f, "{schema}.{name} for {}", self.method.for_people())
    }
}

impl Named for CastName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.source.as_str().into(), self.target.as_str().into()]
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} AS {})", self.source, self.target)
    }
}

impl Named for TransformName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.data_type.as_str().into(), self.language.as_str().into()]
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "for {} language {}", self.data_type, self.language.for_people())
    }
}

impl Named for UserMappingName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        // No role can be named like an empty text.
        vec![self.server.as_str().into(), self.user.as_ref().map_or("", Identifier::as_str).into()]
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.user {
            Some(user) => write!(f, "for {} on server {}", user.for_people(), self.server.for_people()),
            None => write!(f, "for public on server {}", self.server.for_people()),
        }
    }
}

impl Named for PublicationTableName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        let table = [self.table.schema.as_str().into(), self.table.name.as_str().into()];
        [self.publication.as_str().into()].into_iter().chain(table).collect()
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.for_people(f)?;
        write!(f, " in {}", self.publication.for_people())
    }
}

impl Named for PublicationSchemaName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        vec![self.publication.as_str().into(), self.schema.as_str().into()]
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.schema.for_people(), self.publication.for_people())
    }
}

/// A fact about another object is named by it.
impl Named for Arc<ObjectId> {
    fn path(&self) -> Vec<Cow<'_, str>> {
        (**self).path()
    }

    fn schema(&self) -> Option<&Identifier> {
        (**self).schema()
    }

    fn relation(&self) -> Option<&ObjectName> {
        (**self).relation()
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "of {self}")
    }
}

impl Value for ObjectId {
    fn write(&self, out: &mut Writer) {
        self.write_canonical(out);
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        Self::read_canonical(json)
    }
}

fn comma_separated(f: &mut fmt::Formatter<'_>, types: &[TypeName]) -> fmt::Result {
    for (index, name) in types.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{name}")?;
    }
    Ok(())
}
