//! Privileges on objects.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::fact::{Malformed, Value, Writer, fact, name, words};
use crate::identifier::Identifier;
use crate::kind::{ObjectId, ObjectKind};
use crate::object_name::{Named, ObjectName, RoutineName};
use crate::reading::{Question, built_in_privileges};
use crate::version::ServerMajor;

fact! {
    /// The privileges that one role has on an object, where they are not those that come with a new object. Only what
    /// differs from a new object is a fact, so that privileges that were never touched and the same ones spelled out
    /// are one. A role without a fact has the [built-in privileges](Grant::built_in); one with a fact has precisely
    /// these.
    pub struct Grant {
        /// The privileges, sorted; none where the built-in ones were revoked.
        privileges: Vec<GrantedPrivilege>,
    }
}

impl Grant {
    /// The privileges that a new object of a kind gives a grantee before any `GRANT` and without default privileges.
    #[must_use]
    pub fn built_in(kind: ObjectKind, grantee: &Grantee, major: ServerMajor) -> Self {
        Self { privileges: built_in_privileges(kind, grantee, major) }
    }
}

name! {
    /// Whose privileges on what.
    pub struct GrantName {
        /// The object, or a column.
        on: Arc<ObjectId>,
        /// Who has them.
        grantee: Grantee,
        /// Who gave them, where it was not the object's owner. Always `None` for columns.
        grantor: Option<Identifier>,
    }
}

impl Named for GrantName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        let (kind, role) = match &self.grantee {
            Grantee::Public => ("public", ""),
            Grantee::Owner => ("owner", ""),
            Grantee::Role(role) => ("role", role.as_str()),
        };
        let grantor = self.grantor.as_ref().map_or("", Identifier::as_str);
        let mut path = self.on.path();
        path.extend([kind.into(), role.into(), grantor.into()]);
        path
    }

    fn schema(&self) -> Option<&Identifier> {
        self.on.schema()
    }

    fn relation(&self) -> Option<&ObjectName> {
        self.on.relation()
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "of {} on {}", self.grantee, self.on)?;
        match &self.grantor {
            Some(grantor) => write!(f, " from {}", grantor.for_people()),
            None => Ok(()),
        }
    }
}

/// Who has a privilege.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grantee {
    /// Everyone.
    Public,
    /// The owner of the object, whoever that is: privileges follow a change of the owner.
    Owner,
    /// A role.
    Role(Identifier),
}

impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Owner => f.write_str("its owner"),
            Self::Role(role) => write!(f, "role {}", role.for_people()),
        }
    }
}

impl Value for Grantee {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Public => out.raw("\"public\""),
            Self::Owner => out.raw("\"owner\""),
            Self::Role(role) => {
                out.raw("[");
                role.write(out);
                out.raw("]");
            }
        }
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        match (json.as_str(), json.get(0)) {
            (Some("public"), _) => Ok(Self::Public),
            (Some("owner"), _) => Ok(Self::Owner),
            (None, Some(role)) => Value::read(role).map(Self::Role),
            _ => Err(Malformed::new("a grantee", json)),
        }
    }
}

words! {
    /// A privilege.
    pub enum Privilege {
        /// `SELECT`
        Select = b'r' "SELECT",
        /// `INSERT`
        Insert = b'a' "INSERT",
        /// `UPDATE`
        Update = b'w' "UPDATE",
        /// `DELETE`
        Delete = b'd' "DELETE",
        /// `TRUNCATE`
        Truncate = b'D' "TRUNCATE",
        /// `REFERENCES`
        References = b'x' "REFERENCES",
        /// `TRIGGER`
        Trigger = b't' "TRIGGER",
        /// `MAINTAIN`, from PostgreSQL 17.
        Maintain = b'm' "MAINTAIN",
        /// `USAGE`
        Usage = b'U' "USAGE",
        /// `CREATE`
        Create = b'C' "CREATE",
        /// `EXECUTE`
        Execute = b'X' "EXECUTE",
        /// `CONNECT`
        Connect = b'c' "CONNECT",
        /// `TEMPORARY`
        Temporary = b'T' "TEMPORARY",
        /// `SET`
        Set = b's' "SET",
        /// `ALTER SYSTEM`
        AlterSystem = b'A' "ALTER SYSTEM",
    }
}

/// A privilege, and whether its holder may hand it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantedPrivilege {
    /// The privilege.
    pub privilege: Privilege,
    /// `WITH GRANT OPTION`.
    pub grantable: bool,
}

impl fmt::Display for GrantedPrivilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.privilege, if self.grantable { " WITH GRANT OPTION" } else { "" })
    }
}

impl Value for GrantedPrivilege {
    fn write(&self, out: &mut Writer) {
        let mark = if self.grantable { "*" } else { "" };
        out.text(&format!("{}{mark}", self.privilege));
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        let text = json.as_str().ok_or_else(|| Malformed::new("a privilege", json))?;
        let (word, grantable) = text.strip_suffix('*').map_or((text, false), |word| (word, true));
        let known = Privilege::ALL.iter().find(|privilege| privilege.as_sql() == word);
        known
            .map(|privilege| Self { privilege: *privilege, grantable })
            .ok_or_else(|| Malformed::new("a privilege", json))
    }
}

/// Privileges come with their objects, except on what is no object here: members of extensions, and the system's own.
pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "privileges on members of extensions and on the system's objects",
    sql: "SELECT k.kind, k.schema, k.name, k.arguments, pg_catalog.pg_get_userbyid(k.owner), k.acl::text[],
                 i.initprivs::text[]
          FROM (SELECT 1259::oid AS class, c.oid, c.relkind::text AS kind, n.nspname AS schema, c.relname AS name,
                       NULL::text[] AS arguments, c.relowner AS owner, c.relacl AS acl
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relacl IS NOT NULL AND n.nspname <> ALL ($1)
                UNION ALL
                SELECT 1255, p.oid, 'function ' || p.prokind::text, n.nspname, p.proname,
                       ARRAY(SELECT pg_catalog.format_type(t, NULL)
                             FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS a(t, place) ORDER BY a.place),
                       p.proowner, p.proacl
                FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                WHERE p.proacl IS NOT NULL AND n.nspname <> ALL ($1)
                UNION ALL
                SELECT 1247, t.oid, 'type ' || t.typtype::text, n.nspname, t.typname, NULL, t.typowner, t.typacl
                FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                WHERE t.typacl IS NOT NULL AND n.nspname <> ALL ($1)
                UNION ALL
                SELECT 2612, l.oid, 'language', NULL, l.lanname, NULL, l.lanowner, l.lanacl
                FROM pg_catalog.pg_language l WHERE l.lanacl IS NOT NULL
                UNION ALL
                SELECT 2328, f.oid, 'wrapper', NULL, f.fdwname, NULL, f.fdwowner, f.fdwacl
                FROM pg_catalog.pg_foreign_data_wrapper f WHERE f.fdwacl IS NOT NULL
                UNION ALL
                SELECT 1417, s.oid, 'server', NULL, s.srvname, NULL, s.srvowner, s.srvacl
                FROM pg_catalog.pg_foreign_server s WHERE s.srvacl IS NOT NULL) k
          LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = k.class AND i.objoid = k.oid AND i.objsubid = 0
          WHERE (k.oid < 16384 OR EXISTS (SELECT FROM pg_catalog.pg_depend d
                                          WHERE d.classid = k.class AND d.objid = k.oid AND d.deptype = 'e'))
            AND k.acl::text IS DISTINCT FROM i.initprivs::text",
    read: |reading, columns| {
        let kind = columns.text()?;
        let (schema, name) = (columns.optional_name()?, columns.name()?);
        let arguments = columns.types()?;
        let object = |kind: fn(ObjectName) -> ObjectId| {
            schema.clone().map(|schema| kind(ObjectName { schema, name: name.clone() }))
        };
        let routine = |kind: fn(RoutineName) -> ObjectId| {
            let arguments = arguments.clone().into();
            schema.clone().map(|schema| kind(RoutineName { schema, name: name.clone(), arguments }))
        };
        let id = match kind {
            "r" | "p" => object(ObjectId::Table),
            "v" => object(ObjectId::View),
            "m" => object(ObjectId::MaterializedView),
            "f" => object(ObjectId::ForeignTable),
            "S" => object(ObjectId::Sequence),
            "function f" | "function w" => routine(ObjectId::Function),
            "function p" => routine(ObjectId::Procedure),
            "function a" => routine(ObjectId::Aggregate),
            "type e" => object(ObjectId::Enum),
            "type c" => object(ObjectId::CompositeType),
            "type d" => object(ObjectId::Domain),
            "type r" => object(ObjectId::Range),
            "type b" | "type p" => object(ObjectId::BaseType),
            "language" => Some(ObjectId::Language(name.clone())),
            "wrapper" => Some(ObjectId::ForeignDataWrapper(name.clone())),
            "server" => Some(ObjectId::Server(name.clone())),
            _ => None,
        };
        let owner = columns.name()?;
        let (acl, initial) = (columns.optional_texts()?, columns.optional_texts()?);
        match id {
            Some(id) => reading.grant_on_member(&id, &owner, acl.as_deref(), initial.as_deref(), columns),
            None => Ok(()),
        }
    },
}];
