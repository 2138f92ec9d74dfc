//! The account of the operating system that runs this process. Not every process has `USER` set: those of cron and of
//! containers have not.

/// The account by its number, and by its name where the user database knows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) number: u32,
    pub(super) name: Option<String>,
}

impl Account {
    /// The effective user, as for access to files; `None` where users have no numbers.
    #[cfg(unix)]
    pub(super) fn effective() -> Option<Self> {
        let number = rustix::process::geteuid().as_raw();
        let database = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        Some(Self { number, name: name_in(&database, number).map(str::to_owned) })
    }

    #[cfg(not(unix))]
    pub(super) fn effective() -> Option<Self> {
        None
    }
}

/// Lines are `name:password:number:group:…`.
#[cfg(unix)]
fn name_in(database: &str, number: u32) -> Option<&str> {
    database.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(number)).then_some(name)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_with_the_number_names_the_user() {
        let database =
            "root:x:0:0:root:/root:/bin/sh\n# a remark\n:x:7:7::/:\nanna:x:1000:1000::/srv/anna:\ntoor:x:0:0::/:\n";
        assert_eq!(name_in(database, 0), Some("root"));
        assert_eq!(name_in(database, 1000), Some("anna"));
        assert_eq!(name_in(database, 7), None);
        assert_eq!(name_in(database, 12), None);
    }
}
