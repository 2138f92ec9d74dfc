//! Privileges on objects.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::fact::{Malformed, Value, Writer, fact, name, words};
use crate::identifier::Identifier;
use crate::kind::{ObjectId, ObjectKind};
use crate::object_name::{Named, ObjectName};
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

/// Privileges come with their objects.
pub(crate) const QUESTIONS: &[Question] = &[];
