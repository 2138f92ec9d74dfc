//! One privilege list entry, as `aclitem` prints it.

use crate::identifier::Identifier;
use crate::kind::grant::{GrantedPrivilege, Privilege};
use crate::reading::Lettered;
use crate::row::{Columns, DecodeError};

/// One entry of a list of privileges: `grantee=letters/grantor`, where `*` behind a letter lets it be handed on.
pub(super) struct AclItem {
    pub(super) grantee: Option<Identifier>,
    pub(super) privileges: Vec<GrantedPrivilege>,
    pub(super) grantor: Identifier,
}

impl AclItem {
    pub(super) fn read(text: &str, columns: &Columns<'_>) -> Result<Self, DecodeError> {
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
