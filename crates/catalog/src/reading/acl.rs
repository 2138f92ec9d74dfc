//! Privileges, as `aclitem` prints them.

use super::Reading;
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
        let mut given: Vec<(Grantee, Option<Identifier>, Vec<GrantedPrivilege>)> = Vec::new();
        for item in acl {
            let item = AclItem::read(item, columns)?;
            let grantor = (owner != Some(&item.grantor)).then_some(item.grantor);
            given.push((grantee(item.grantee, owner), grantor, item.privileges));
        }
        for grantee in [Grantee::Owner, Grantee::Public] {
            if !given.iter().any(|(other, grantor, _)| *other == grantee && grantor.is_none()) {
                given.push((grantee, None, Vec::new()));
            }
        }
        for (grantee, grantor, privileges) in given {
            let built_in = built_in_privileges(id.kind(), &grantee, self.major);
            if grantor.is_none() && privileges == built_in {
                continue;
            }
            let name = GrantName { on: id.clone().into(), grantee, grantor };
            self.add(ObjectId::Grant(name), Grant { privileges });
        }
        Ok(())
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

/// One entry of a list of privileges: `grantee=letters/grantor`, where `*` behind a letter lets it be handed on.
struct AclItem {
    grantee: Option<Identifier>,
    privileges: Vec<GrantedPrivilege>,
    grantor: Identifier,
}

impl AclItem {
    fn read(text: &str, columns: &Columns<'_>) -> Result<Self, DecodeError> {
        let expected = || columns.unusable(format!("expected a privilege such as role=r/owner, found {text}"));
        Self::parse(text).ok_or_else(expected)
    }

    fn parse(text: &str) -> Option<Self> {
        let (grantee, rest) = role(text)?;
        let (letters, grantor) = rest.strip_prefix('=')?.split_once('/')?;
        let mut privileges: Vec<GrantedPrivilege> = Vec::new();
        for letter in letters.bytes() {
            match letter {
                b'*' => privileges.last_mut()?.grantable = true,
                _ => {
                    privileges.push(GrantedPrivilege { privilege: Privilege::of_letter(letter)?, grantable: false });
                }
            }
        }
        privileges.sort();
        let (grantor, "") = role(grantor)? else { return None };
        Some(Self { grantee, privileges, grantor: grantor? })
    }
}

/// Reads a role's name from the beginning of a text: in quotes where it holds anything but letters, digits and `_`. An
/// empty name is `PUBLIC`.
fn role(text: &str) -> Option<(Option<Identifier>, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(['=', '/']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        return Some((if name.is_empty() { None } else { Some(Identifier::new(name).ok()?) }, rest));
    };
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((Some(Identifier::new(name).ok()?), after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, String, String) {
        let item = AclItem::parse(text).unwrap_or_else(|| panic!("{text} is an entry"));
        let privileges: Vec<_> = item.privileges.iter().map(ToString::to_string).collect();
        (item.grantee.map(|role| role.as_str().to_owned()), privileges.join(", "), item.grantor.as_str().to_owned())
    }

    #[test]
    fn an_entry_has_a_grantee_privileges_and_a_grantor() {
        let of = |grantee: Option<&str>, privileges: &str, grantor: &str| {
            (grantee.map(str::to_owned), privileges.to_owned(), grantor.to_owned())
        };
        assert_eq!(parsed("=X/app"), of(None, "EXECUTE", "app"));
        assert_eq!(parsed("web=r*w/app"), of(Some("web"), "SELECT WITH GRANT OPTION, UPDATE", "app"));
        assert_eq!(parsed("\"a=\"\"b/\"=U/\"c d\""), of(Some("a=\"b/"), "USAGE", "c d"));
        assert_eq!(parsed("ü=/app"), of(Some("ü"), "", "app"));
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        for text in ["", "web", "web=r", "web=r/", "web=?/app", "\"web=r/app", "web=*r/app", "web=r/app="] {
            assert!(AclItem::parse(text).is_none(), "{text}");
        }
    }
}
