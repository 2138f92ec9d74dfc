//! Default privileges.

use std::borrow::Cow;
use std::fmt;

use crate::fact::{fact, name, words};
use crate::identifier::Identifier;
use crate::kind::grant::{GrantedPrivilege, Grantee};
use crate::kind::{ObjectId, ObjectKind};
use crate::object_name::Named;
use crate::reading::{Class, Question, built_in_privileges, privileges_of_letters};
use crate::version::ServerMajor;

fact! {
    /// The privileges that a role gets on objects that another role will make. Without a schema they replace the
    /// built-in ones of that grantee, and only what differs from those is a fact; with a schema they are added.
    pub struct DefaultPrivilege {
        /// The privileges, sorted; none where the built-in ones are revoked.
        privileges: Vec<GrantedPrivilege>,
    }
}

impl DefaultPrivilege {
    /// What a grantee gets where no default privileges are set for all schemas.
    #[must_use]
    pub fn built_in(objects: DefaultPrivilegeObjects, grantee: &Grantee, major: ServerMajor) -> Self {
        let kind = match objects {
            DefaultPrivilegeObjects::Tables => ObjectKind::Table,
            DefaultPrivilegeObjects::Sequences => ObjectKind::Sequence,
            DefaultPrivilegeObjects::Functions => ObjectKind::Function,
            DefaultPrivilegeObjects::Types => ObjectKind::Domain,
            DefaultPrivilegeObjects::Schemas => ObjectKind::Schema,
            DefaultPrivilegeObjects::LargeObjects => {
                let letters: &[u8] = if *grantee == Grantee::Owner { b"rw" } else { b"" };
                return Self { privileges: privileges_of_letters(letters) };
            }
        };
        Self { privileges: built_in_privileges(kind, grantee, major) }
    }
}

name! {
    /// Whose objects, where, of which kind, and for whom.
    pub struct DefaultPrivilegeName {
        /// The role that will make the objects.
        creator: Identifier,
        /// The schema; `None` for all.
        schema: Option<Identifier>,
        /// The kind of objects.
        objects: DefaultPrivilegeObjects,
        /// Who gets the privileges; the owner is the creator.
        grantee: Grantee,
    }
}

words! {
    /// The objects that default privileges are for.
    pub enum DefaultPrivilegeObjects {
        /// Tables and views.
        Tables = b'r' "TABLES",
        /// Sequences.
        Sequences = b'S' "SEQUENCES",
        /// Functions and procedures.
        Functions = b'f' "FUNCTIONS",
        /// Types.
        Types = b'T' "TYPES",
        /// Schemas.
        Schemas = b'n' "SCHEMAS",
        /// Large objects; from PostgreSQL 18.
        LargeObjects = b'L' "LARGE OBJECTS",
    }
}

impl Named for DefaultPrivilegeName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        let (kind, role) = match &self.grantee {
            Grantee::Public => ("public", ""),
            Grantee::Owner => ("owner", ""),
            Grantee::Role(role) => ("role", role.as_str()),
        };
        let schema = self.schema.as_ref().map_or("", Identifier::as_str);
        let objects = self.objects.as_sql();
        vec![self.creator.as_str().into(), schema.into(), objects.into(), kind.into(), role.into()]
    }

    fn schema(&self) -> Option<&Identifier> {
        self.schema.as_ref()
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects = self.objects.as_sql().to_lowercase();
        write!(f, "of {} on {objects} of role {}", self.grantee, self.creator.for_people())?;
        match &self.schema {
            Some(schema) => write!(f, " in schema {}", schema.for_people()),
            None => Ok(()),
        }
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "default privileges",
    sql: "SELECT d.oid, pg_catalog.pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype, d.defaclacl::text[]
          FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
          WHERE n.nspname IS NULL OR n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let (creator, schema) = (columns.name()?, columns.optional_name()?);
        let objects: DefaultPrivilegeObjects = columns.word()?;
        let acl = columns.texts()?;
        for (grantee, privileges) in reading.default_acl(&creator, schema.is_some(), objects, &acl, columns)? {
            let (creator, schema) = (creator.clone(), schema.clone());
            let name = DefaultPrivilegeName { creator, schema, objects, grantee };
            let id = ObjectId::DefaultPrivilege(name);
            reading.add_known(Class::DefaultPrivilege, oid, id, DefaultPrivilege { privileges });
        }
        Ok(())
    },
}];
