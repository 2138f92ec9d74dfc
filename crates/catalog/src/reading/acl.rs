//! Privileges, as `aclitem` prints them.

use super::Reading;
use super::acl_item::AclItem;
use crate::identifier::Identifier;
use crate::kind::default_privilege::{DefaultPrivilege, DefaultPrivilegeObjects};
use crate::kind::grant::{Grant, GrantName, GrantedPrivilege, Grantee, Privilege};
use crate::kind::{ObjectId, ObjectKind};
use crate::reading::Lettered;
use crate::row::{Columns, DecodeError};
use crate::version::ServerMajor;

impl Reading {
    /// Records the owner of an object, and the privileges in which it differs from an object that has just been made.
    pub(crate) fn own_and_grant(
        &mut self,
        id: &ObjectId,
        owner: Identifier,
        acl: Option<&[&str]>,
        columns: &Columns<'_>,
    ) -> Result<(), DecodeError> {
        self.grant(id, Some(&owner), acl, columns)?;
        self.own(id, owner);
        Ok(())
    }

    /// Records the privileges in which an object differs from one that has just been made. The owner of a column is its
    /// table's.
    pub(crate) fn grant(
        &mut self,
        id: &ObjectId,
        owner: Option<&Identifier>,
        acl: Option<&[&str]>,
        columns: &Columns<'_>,
    ) -> Result<(), DecodeError> {
        // Null says that nobody has touched them.
        let Some(acl) = acl else { return Ok(()) };
        let built_in = [Grantee::Owner, Grantee::Public].map(|grantee| Given {
            privileges: built_in_privileges(id.kind(), &grantee, self.major),
            grantee,
            grantor: None,
        });
        let given = Given::read(owner, acl, columns)?;
        self.grant_differing(id, &given, &built_in);
        Ok(())
    }

    /// Records the privileges in which an object of an extension, or of the system, differs from what it was made with.
    pub(crate) fn grant_on_member(
        &mut self,
        id: &ObjectId,
        owner: &Identifier,
        acl: Option<&[&str]>,
        initial: Option<&[&str]>,
        columns: &Columns<'_>,
    ) -> Result<(), DecodeError> {
        let Some(initial) = initial else { return self.grant(id, Some(owner), acl, columns) };
        let given = Given::read(Some(owner), acl.unwrap_or_default(), columns)?;
        let initial = Given::read(Some(owner), initial, columns)?;
        self.grant_differing(id, &given, &initial);
        Ok(())
    }

    /// Records what is given and was not from the start, and what was and is not any more.
    fn grant_differing(&mut self, id: &ObjectId, given: &[Given], from_the_start: &[Given]) {
        let revoked = |start: &Given| Given { privileges: Vec::new(), ..start.clone() };
        let gone = from_the_start.iter().filter(|start| !given.iter().any(|given| given.is_between_same(start)));
        let all: Vec<_> = given.iter().cloned().chain(gone.map(revoked)).collect();
        for Given { grantee, grantor, privileges } in all {
            let same = from_the_start.iter().find(|start| start.grantee == grantee && start.grantor == grantor);
            let before = same.map_or(&[][..], |start| &start.privileges);
            if privileges != before {
                let name = GrantName { on: id.clone().into(), grantee, grantor };
                self.add(ObjectId::Grant(name), Grant { privileges });
            }
        }
    }

    /// The default privileges of one entry, by grantee. An entry without a schema says all that holds, of which only
    /// what differs from the built-in privileges is returned; an entry with a schema says what is added.
    pub(crate) fn default_acl(
        &self,
        creator: &Identifier,
        in_schema: bool,
        objects: DefaultPrivilegeObjects,
        acl: &[&str],
        columns: &Columns<'_>,
    ) -> Result<Vec<(Grantee, Vec<GrantedPrivilege>)>, DecodeError> {
        let mut given = Vec::new();
        for item in acl {
            let item = AclItem::read(item, columns)?;
            given.push((grantee(item.grantee, Some(creator)), item.privileges));
        }
        if in_schema {
            return Ok(given);
        }
        for grantee in [Grantee::Owner, Grantee::Public] {
            if !given.iter().any(|(other, _)| *other == grantee) {
                given.push((grantee, Vec::new()));
            }
        }
        given.retain(|(grantee, privileges)| {
            *privileges != DefaultPrivilege::built_in(objects, grantee, self.major).privileges
        });
        Ok(given)
    }
}

/// What one role has from another.
#[derive(Debug, Clone)]
struct Given {
    grantee: Grantee,
    /// `None` for the owner.
    grantor: Option<Identifier>,
    privileges: Vec<GrantedPrivilege>,
}

impl Given {
    fn read(owner: Option<&Identifier>, acl: &[&str], columns: &Columns<'_>) -> Result<Vec<Self>, DecodeError> {
        let read = |text: &&str| {
            let item = AclItem::read(text, columns)?;
            let grantor = (owner != Some(&item.grantor)).then_some(item.grantor);
            Ok(Self { grantee: grantee(item.grantee, owner), grantor, privileges: item.privileges })
        };
        acl.iter().map(read).collect()
    }

    fn is_between_same(&self, other: &Self) -> bool {
        (&self.grantee, &self.grantor) == (&other.grantee, &other.grantor)
    }
}

fn grantee(role: Option<Identifier>, owner: Option<&Identifier>) -> Grantee {
    match role {
        None => Grantee::Public,
        Some(role) if Some(&role) == owner => Grantee::Owner,
        Some(role) => Grantee::Role(role),
    }
}

/// The privileges on a new object where no default privileges are set: what `acldefault` gives.
pub(crate) fn built_in_privileges(kind: ObjectKind, grantee: &Grantee, major: ServerMajor) -> Vec<GrantedPrivilege> {
    use ObjectKind as Kind;
    let letters: &[u8] = match (kind, grantee) {
        (_, Grantee::Role(_)) => b"",
        (Kind::Table | Kind::View | Kind::MaterializedView | Kind::ForeignTable, Grantee::Owner) => {
            if major.number() >= 17 { b"arwdDxtm" } else { b"arwdDxt" }
        }
        (Kind::Sequence, Grantee::Owner) => b"rwU",
        (Kind::Schema, Grantee::Owner) => b"UC",
        (Kind::Function | Kind::Procedure | Kind::Aggregate, _) => b"X",
        (Kind::Enum | Kind::Domain | Kind::CompositeType | Kind::Range | Kind::BaseType | Kind::Language, _) => b"U",
        (Kind::ForeignDataWrapper | Kind::Server, Grantee::Owner) => b"U",
        _ => b"",
    };
    of_letters(letters)
}

/// Privileges, sorted. That the owner may always hand its privileges on is not marked.
pub(crate) fn of_letters(letters: &[u8]) -> Vec<GrantedPrivilege> {
    let mut privileges: Vec<_> = letters
        .iter()
        .filter_map(|letter| Privilege::of_letter(*letter))
        .map(|privilege| GrantedPrivilege { privilege, grantable: false })
        .collect();
    privileges.sort();
    privileges
}
