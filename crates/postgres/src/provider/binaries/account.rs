//! The account that a server runs as when Limosa is root, which PostgreSQL refuses to be.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::super::ProviderError;

/// Accounts that are tried, in this order. `postgres` comes first, as folders of system packages may be closed to
/// others.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// An unprivileged account of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    name: String,
    user: u32,
    group: u32,
}

impl Account {
    /// The account to run servers as, or `None` where this process is not root and its own account does.
    ///
    /// # Errors
    /// This process is root and the machine has neither of the accounts that are tried.
    pub fn for_servers() -> Result<Option<Self>, ProviderError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let path = Path::new("/etc/passwd");
        let text = fs::read_to_string(path).map_err(ProviderError::file("read", path))?;
        CANDIDATES
            .iter()
            .find_map(|name| Self::from_passwd(&text, name))
            .map(Some)
            .ok_or(ProviderError::NoUnprivilegedAccount)
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads one account from the text of a `passwd(5)` file: `name:password:user:group:…`.
    fn from_passwd(text: &str, name: &str) -> Option<Self> {
        text.lines().find_map(|line| {
            let mut fields = line.split(':');
            if fields.next()? != name {
                return None;
            }
            let user = fields.nth(1)?.parse().ok().filter(|user| *user != 0)?;
            let group = fields.next()?.parse().ok()?;
            Some(Self { name: name.to_owned(), user, group })
        })
    }

    /// Makes a program run as this account, without the groups of our own.
    pub fn run(&self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }

    /// Gives a file or folder to this account.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn own(&self, path: &Path) -> Result<(), ProviderError> {
        chown(path, Some(self.user), Some(self.group)).map_err(ProviderError::file("change the owner of", path))
    }

    /// Checks that this account may walk down to `folder`; PostgreSQL's own message would not say which folder on the
    /// way is closed.
    pub(super) fn check_reach(&self, folder: &Path) -> Result<(), ProviderError> {
        for ancestor in folder.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()) {
            let Ok(metadata) = fs::metadata(ancestor) else { continue };
            let mode = metadata.permissions().mode();
            let may_enter = if metadata.uid() == self.user {
                mode & 0o100 != 0
            } else if metadata.gid() == self.group {
                mode & 0o010 != 0
            } else {
                mode & 0o001 != 0
            };
            if !may_enter {
                return Err(ProviderError::OutOfReach { folder: ancestor.to_owned(), account: self.name.clone() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n\
                          postgres-old:x:7:8::/:\ntoor:x:0:0::/:\nbroken:x\n";

    #[test]
    fn accounts_are_found_by_whole_name_and_never_root() {
        let nobody = Account { name: "nobody".to_owned(), user: 65534, group: 65533 };
        assert_eq!(Account::from_passwd(PASSWD, "nobody"), Some(nobody));
        for absent in ["postgres", "toor", "broken", ""] {
            assert_eq!(Account::from_passwd(PASSWD, absent), None, "{absent}");
        }
    }
}
