//! Privileges: from what a role has to what it shall have.

use limosa_catalog::Identifier;
use limosa_catalog::kind::grant::{GrantedPrivilege, Grantee, Privilege};

/// Where privileges are granted: `GRANT SELECT ON TABLE t TO r`.
pub(super) struct Place<'a> {
    /// Comes before `GRANT` and `REVOKE`: `ALTER DEFAULT PRIVILEGES … `, or nothing.
    pub(super) before: String,
    /// Stands behind each privilege: the column in parentheses with a space in front, or nothing.
    pub(super) column: String,
    /// What comes after `ON`: `TABLE "s"."t"`, `TABLES`.
    pub(super) on: String,
    /// The role, or `PUBLIC`.
    pub(super) grantee: String,
    /// Everything that can be granted there, which is then called `ALL`; none where that is not known.
    pub(super) all: &'a [GrantedPrivilege],
}

impl Place<'_> {
    /// The statements that take the one to the other; what is revoked comes first.
    pub(super) fn change(&self, old: &[GrantedPrivilege], new: &[GrantedPrivilege]) -> Vec<String> {
        let find =
            |list: &[GrantedPrivilege], privilege| list.iter().find(|given| given.privilege == privilege).copied();
        let (mut revoked, mut held, mut granted, mut grantable) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for given in old {
            match find(new, given.privilege) {
                None => revoked.push(given.privilege),
                Some(kept) if given.grantable && !kept.grantable => held.push(given.privilege),
                Some(_) => {}
            }
        }
        for given in new {
            match find(old, given.privilege) {
                Some(had) if had.grantable || !given.grantable => {}
                _ if given.grantable => grantable.push(given.privilege),
                _ => granted.push(given.privilege),
            }
        }
        let Self { before, on, grantee, .. } = self;
        let mut statements = Vec::new();
        if !revoked.is_empty() {
            statements.push(format!("{before}REVOKE {} ON {on} FROM {grantee}", self.list(&revoked)));
        }
        if !held.is_empty() {
            statements.push(format!("{before}REVOKE GRANT OPTION FOR {} ON {on} FROM {grantee}", self.list(&held)));
        }
        if !granted.is_empty() {
            statements.push(format!("{before}GRANT {} ON {on} TO {grantee}", self.list(&granted)));
        }
        if !grantable.is_empty() {
            let list = self.list(&grantable);
            statements.push(format!("{before}GRANT {list} ON {on} TO {grantee} WITH GRANT OPTION"));
        }
        statements
    }

    /// Whatever may have been granted is not any more.
    pub(super) fn revoke_all(&self) -> String {
        let Self { before, column, on, grantee, .. } = self;
        format!("{before}REVOKE ALL{column} ON {on} FROM {grantee}")
    }

    fn list(&self, privileges: &[Privilege]) -> String {
        let column = &self.column;
        let is_all = self.all.len() > 1 && self.all.iter().all(|given| privileges.contains(&given.privilege));
        if is_all {
            return format!("ALL{column}");
        }
        privileges.iter().map(|privilege| format!("{privilege}{column}")).collect::<Vec<_>>().join(", ")
    }
}

/// A grantee as `TO` and `FROM` name it.
pub(super) fn role(grantee: &Grantee, owner: Option<&Identifier>) -> Option<String> {
    match grantee {
        Grantee::Public => Some("PUBLIC".to_owned()),
        Grantee::Owner => owner.map(ToString::to_string),
        Grantee::Role(role) => Some(role.to_string()),
    }
}
