//! New names by old ones, and identities under their new names.

use std::collections::HashMap;
use std::sync::Arc;

use super::Rename;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::kind::default_privilege::DefaultPrivilegeName;
use crate::kind::grant::GrantName;
use crate::kind::security_label::SecurityLabelName;
use crate::object_name::{
    CastName, ColumnName, MemberName, MethodMemberName, ObjectName, OperatorName, PublicationSchemaName,
    PublicationTableName, RoutineName, TransformName, UserMappingName,
};
use crate::rename::tokens;
use crate::sql_text::TypeName;

/// New names by what has them.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    schemas: HashMap<Identifier, Identifier>,
    /// Tables, views, sequences, indexes, composite types.
    relations: HashMap<ObjectName, Identifier>,
    /// Types that are no relations.
    types: HashMap<ObjectName, Identifier>,
    columns: HashMap<ColumnName, Identifier>,
    others: HashMap<ObjectId, Identifier>,
}

impl ObjectId {
    /// The name that `ALTER … RENAME` changes; `None` where there is no such statement for the kind. Columns have one.
    #[must_use]
    pub fn own_name(&self) -> Option<&Identifier> {
        match self {
            Self::Schema(name)
            | Self::Language(name)
            | Self::ForeignDataWrapper(name)
            | Self::Server(name)
            | Self::EventTrigger(name)
            | Self::Publication(name)
            | Self::Subscription(name) => Some(name),
            Self::Table(name)
            | Self::ForeignTable(name)
            | Self::View(name)
            | Self::MaterializedView(name)
            | Self::Sequence(name)
            | Self::Index(name)
            | Self::CompositeType(name)
            | Self::Enum(name)
            | Self::Range(name)
            | Self::BaseType(name)
            | Self::Domain(name)
            | Self::Collation(name)
            | Self::Conversion(name)
            | Self::Statistics(name)
            | Self::TextSearchParser(name)
            | Self::TextSearchTemplate(name)
            | Self::TextSearchDictionary(name)
            | Self::TextSearchConfiguration(name) => Some(&name.name),
            Self::Constraint(name)
            | Self::DomainConstraint(name)
            | Self::Trigger(name)
            | Self::Rule(name)
            | Self::Policy(name) => Some(&name.name),
            Self::Column(name) => Some(&name.name),
            Self::Function(name) | Self::Procedure(name) | Self::Aggregate(name) => Some(&name.name),
            Self::OperatorClass(name) | Self::OperatorFamily(name) => Some(&name.name),
            _ => None,
        }
    }
}

impl Names {
    pub(super) fn of(renames: &[Rename]) -> Self {
        let mut names = Self::default();
        for rename in renames {
            names.add(rename);
        }
        names
    }

    fn add(&mut self, rename: &Rename) {
        match rename {
            Rename::Object { from, to } => {
                let to = to.clone();
                match from {
                    ObjectId::Schema(name) => drop(self.schemas.insert(name.clone(), to)),
                    ObjectId::Table(name)
                    | ObjectId::ForeignTable(name)
                    | ObjectId::View(name)
                    | ObjectId::MaterializedView(name)
                    | ObjectId::Sequence(name)
                    | ObjectId::Index(name)
                    | ObjectId::CompositeType(name) => drop(self.relations.insert(name.clone(), to)),
                    ObjectId::Enum(name)
                    | ObjectId::Range(name)
                    | ObjectId::BaseType(name)
                    | ObjectId::Domain(name) => drop(self.types.insert(name.clone(), to)),
                    ObjectId::Column(name) => drop(self.columns.insert(name.clone(), to)),
                    _ => drop(self.others.insert(from.clone(), to)),
                }
            }
            Rename::Column { of, from, to } => {
                if let Some(relation) = relation_of(of) {
                    let column = ColumnName { relation: relation.clone(), name: from.clone() };
                    self.columns.insert(column, to.clone());
                }
            }
            Rename::Label { .. } => {}
        }
    }

    pub(super) fn schema(&self, name: &Identifier) -> Identifier {
        self.schemas.get(name).unwrap_or(name).clone()
    }

    fn in_schema(&self, name: &ObjectName, own: Option<&Identifier>) -> ObjectName {
        ObjectName { schema: self.schema(&name.schema), name: own.unwrap_or(&name.name).clone() }
    }

    pub(super) fn relation(&self, name: &ObjectName) -> ObjectName {
        self.in_schema(name, self.relations.get(name))
    }

    /// A type by its name; a relation's row type has the relation's.
    pub(super) fn data_type(&self, name: &ObjectName) -> ObjectName {
        self.in_schema(name, self.types.get(name).or_else(|| self.relations.get(name)))
    }

    /// A type as `format_type` prints it.
    fn type_name(&self, text: &TypeName) -> TypeName {
        match tokens::qualified_head(text.as_str()) {
            Some((name, rest)) => {
                let renamed = self.data_type(&name);
                if renamed == name { text.clone() } else { tokens::printed(&renamed, rest).as_str().into() }
            }
            None => text.clone(),
        }
    }

    /// The own name of a column.
    pub(super) fn column_name(&self, relation: &ObjectName, name: &Identifier) -> Identifier {
        self.column(&ColumnName { relation: relation.clone(), name: name.clone() }).name
    }

    fn column(&self, name: &ColumnName) -> ColumnName {
        let own = self.columns.get(name).unwrap_or(&name.name).clone();
        ColumnName { relation: self.relation(&name.relation), name: own }
    }

    fn member(&self, id: &ObjectId, name: &MemberName) -> MemberName {
        let relation = match id {
            ObjectId::DomainConstraint(_) => self.data_type(&name.relation),
            _ => self.relation(&name.relation),
        };
        MemberName { relation, name: self.own(id, &name.name) }
    }

    fn own(&self, id: &ObjectId, name: &Identifier) -> Identifier {
        self.others.get(id).unwrap_or(name).clone()
    }

    fn other(&self, id: &ObjectId, name: &ObjectName) -> ObjectName {
        self.in_schema(name, self.others.get(id))
    }

    fn routine(&self, id: &ObjectId, name: &RoutineName) -> RoutineName {
        RoutineName {
            schema: self.schema(&name.schema),
            name: self.own(id, &name.name),
            arguments: name.arguments.iter().map(|argument| self.type_name(argument)).collect(),
        }
    }

    fn method_member(&self, id: &ObjectId, name: &MethodMemberName) -> MethodMemberName {
        let own = self.own(id, &name.name);
        MethodMemberName { schema: self.schema(&name.schema), name: own, method: name.method.clone() }
    }

    pub(super) fn id(&self, id: &ObjectId) -> ObjectId {
        let about = |of: &Arc<ObjectId>| Arc::new(self.id(of));
        match id {
            ObjectId::Schema(name) => ObjectId::Schema(self.schema(name)),
            ObjectId::Table(name) => ObjectId::Table(self.relation(name)),
            ObjectId::ForeignTable(name) => ObjectId::ForeignTable(self.relation(name)),
            ObjectId::View(name) => ObjectId::View(self.relation(name)),
            ObjectId::MaterializedView(name) => ObjectId::MaterializedView(self.relation(name)),
            ObjectId::Sequence(name) => ObjectId::Sequence(self.relation(name)),
            ObjectId::Index(name) => ObjectId::Index(self.relation(name)),
            ObjectId::CompositeType(name) => ObjectId::CompositeType(self.relation(name)),
            ObjectId::Enum(name) => ObjectId::Enum(self.data_type(name)),
            ObjectId::Range(name) => ObjectId::Range(self.data_type(name)),
            ObjectId::BaseType(name) => ObjectId::BaseType(self.data_type(name)),
            ObjectId::Domain(name) => ObjectId::Domain(self.data_type(name)),
            ObjectId::Column(name) => ObjectId::Column(self.column(name)),
            ObjectId::ColumnDefault(name) => ObjectId::ColumnDefault(self.column(name)),
            ObjectId::Constraint(name) => ObjectId::Constraint(self.member(id, name)),
            ObjectId::DomainConstraint(name) => ObjectId::DomainConstraint(self.member(id, name)),
            ObjectId::Trigger(name) => ObjectId::Trigger(self.member(id, name)),
            ObjectId::Rule(name) => ObjectId::Rule(self.member(id, name)),
            ObjectId::Policy(name) => ObjectId::Policy(self.member(id, name)),
            ObjectId::Collation(name) => ObjectId::Collation(self.other(id, name)),
            ObjectId::Conversion(name) => ObjectId::Conversion(self.other(id, name)),
            ObjectId::Statistics(name) => ObjectId::Statistics(self.other(id, name)),
            ObjectId::TextSearchParser(name) => ObjectId::TextSearchParser(self.other(id, name)),
            ObjectId::TextSearchTemplate(name) => ObjectId::TextSearchTemplate(self.other(id, name)),
            ObjectId::TextSearchDictionary(name) => ObjectId::TextSearchDictionary(self.other(id, name)),
            ObjectId::TextSearchConfiguration(name) => ObjectId::TextSearchConfiguration(self.other(id, name)),
            ObjectId::Function(name) => ObjectId::Function(self.routine(id, name)),
            ObjectId::Procedure(name) => ObjectId::Procedure(self.routine(id, name)),
            ObjectId::Aggregate(name) => ObjectId::Aggregate(self.routine(id, name)),
            ObjectId::Operator(name) => ObjectId::Operator(OperatorName {
                schema: self.schema(&name.schema),
                signs: Arc::clone(&name.signs),
                left: name.left.as_ref().map(|side| self.type_name(side)),
                right: name.right.as_ref().map(|side| self.type_name(side)),
            }),
            ObjectId::OperatorClass(name) => ObjectId::OperatorClass(self.method_member(id, name)),
            ObjectId::OperatorFamily(name) => ObjectId::OperatorFamily(self.method_member(id, name)),
            ObjectId::Cast(name) => {
                ObjectId::Cast(CastName { source: self.type_name(&name.source), target: self.type_name(&name.target) })
            }
            ObjectId::Transform(name) => ObjectId::Transform(TransformName {
                data_type: self.type_name(&name.data_type),
                language: self.own(&ObjectId::Language(name.language.clone()), &name.language),
            }),
            ObjectId::UserMapping(name) => {
                let server = self.own(&ObjectId::Server(name.server.clone()), &name.server);
                ObjectId::UserMapping(UserMappingName { server, user: name.user.clone() })
            }
            ObjectId::PublicationTable(name) => {
                let publication = self.own(&ObjectId::Publication(name.publication.clone()), &name.publication);
                ObjectId::PublicationTable(PublicationTableName { publication, table: self.relation(&name.table) })
            }
            ObjectId::PublicationSchema(name) => {
                let publication = self.own(&ObjectId::Publication(name.publication.clone()), &name.publication);
                ObjectId::PublicationSchema(PublicationSchemaName { publication, schema: self.schema(&name.schema) })
            }
            ObjectId::Language(name) => ObjectId::Language(self.own(id, name)),
            ObjectId::ForeignDataWrapper(name) => ObjectId::ForeignDataWrapper(self.own(id, name)),
            ObjectId::Server(name) => ObjectId::Server(self.own(id, name)),
            ObjectId::EventTrigger(name) => ObjectId::EventTrigger(self.own(id, name)),
            ObjectId::Publication(name) => ObjectId::Publication(self.own(id, name)),
            ObjectId::Subscription(name) => ObjectId::Subscription(self.own(id, name)),
            ObjectId::Extension(_) | ObjectId::AccessMethod(_) => id.clone(),
            ObjectId::DefaultPrivilege(name) => ObjectId::DefaultPrivilege(DefaultPrivilegeName {
                schema: name.schema.as_ref().map(|schema| self.schema(schema)),
                ..name.clone()
            }),
            ObjectId::Owner(of) => ObjectId::Owner(about(of)),
            ObjectId::Comment(of) => ObjectId::Comment(about(of)),
            ObjectId::Grant(name) => ObjectId::Grant(GrantName { on: about(&name.on), ..name.clone() }),
            ObjectId::SecurityLabel(name) => {
                ObjectId::SecurityLabel(SecurityLabelName { on: about(&name.on), ..name.clone() })
            }
        }
    }
}

/// The name of what has columns.
pub(super) fn relation_of(id: &ObjectId) -> Option<&ObjectName> {
    match id {
        ObjectId::Table(name)
        | ObjectId::ForeignTable(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::CompositeType(name) => Some(name),
        _ => None,
    }
}
