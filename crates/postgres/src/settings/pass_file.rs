//! `.pgpass`: passwords by host, port, database and user; parsing is pure.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::error::SettingsWarning;
use super::secret::Password;

/// One line: four patterns and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PassEntry {
    host: Pattern,
    port: Pattern,
    database: Pattern,
    user: Pattern,
    password: Password,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Any,
    Exactly(String),
}

impl Pattern {
    fn new(field: String, escaped: bool) -> Self {
        if field == "*" && !escaped { Self::Any } else { Self::Exactly(field) }
    }

    fn matches(&self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(text) => text == value,
        }
    }
}

/// Reads the lines of a password file. Lines with too few fields, comments and empty lines are passed over.
pub(super) fn parse(text: &str) -> Vec<PassEntry> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(parse_line).collect()
}

/// The password of the first line that fits. A Unix socket's `host` is its folder; the line `localhost` fits the
/// default folder too, as in libpq, which is why several names can be asked for.
pub(super) fn find<'a>(
    entries: &'a [PassEntry],
    hosts: &[&str],
    port: u16,
    database: &str,
    user: &str,
) -> Option<&'a Password> {
    let port = port.to_string();
    entries
        .iter()
        .find(|entry| {
            hosts.iter().any(|host| entry.host.matches(host))
                && entry.port.matches(&port)
                && entry.database.matches(database)
                && entry.user.matches(user)
        })
        .map(|entry| &entry.password)
}

fn parse_line(line: &str) -> Option<PassEntry> {
    let mut fields = Vec::with_capacity(5);
    let mut field = String::new();
    let mut escaped = false;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                escaped = true;
                field.extend(characters.next());
            }
            ':' if fields.len() < 4 => {
                fields.push(Pattern::new(std::mem::take(&mut field), escaped));
                escaped = false;
            }
            // libpq ends the password at a further colon, where other programs keep fields.
            ':' => break,
            _ => field.push(character),
        }
    }
    let [host, port, database, user]: [Pattern; 4] = fields.try_into().ok()?;
    Some(PassEntry { host, port, database, user, password: Password::new(field) })
}

/// Reads a password file, if it is there and only its owner may read it.
pub(super) fn load(file: &Path) -> Result<Vec<PassEntry>, SettingsWarning> {
    let unreadable = |error: std::io::Error| SettingsWarning::PassFileUnreadable {
        file: file.to_owned(),
        problem: error.to_string(),
    };
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    if !metadata.is_file() {
        // /dev/null is a usual way to say "no password file".
        return Ok(Vec::new());
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
        return Err(SettingsWarning::PassFileOpenToOthers(file.to_owned()));
    }
    fs::read_to_string(file).map(|text| parse(&text)).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# comment
h:5432:d:u:first
h:*:d:u:any port
*:5432:*:admin:back\\\\slash and \\: colon
/tmp/pg:*:*:*:socket
localhost:*:*:*:local
too:few:fields
fe80\\:\\:1:*:*:*:v6:rest is dropped
\\*:*:*:star:a host named star
";

    #[test]
    fn the_first_fitting_line_gives_the_password() {
        type Asked = (&'static [&'static str], u16, &'static str, &'static str);
        let table: &[(Asked, Option<&str>)] = &[
            ((&["h"], 5432, "d", "u"), Some("first")),
            ((&["h"], 5433, "d", "u"), Some("any port")),
            ((&["h"], 5433, "e", "u"), None),
            ((&["x"], 5432, "e", "admin"), Some("back\\slash and : colon")),
            ((&["/tmp/pg"], 1, "e", "u"), Some("socket")),
            ((&["/var/run/postgresql", "localhost"], 1, "e", "u"), Some("local")),
            ((&["fe80::1"], 1, "e", "u"), Some("v6")),
            ((&["other"], 1, "e", "star"), None),
            ((&["*"], 1, "e", "star"), Some("a host named star")),
            ((&["too"], 1, "e", "u"), None),
        ];
        let entries = parse(FILE);
        for ((hosts, port, database, user), expected) in table {
            let found = find(&entries, hosts, *port, database, user).map(Password::reveal);
            assert_eq!(found, *expected, "{hosts:?}:{port}:{database}:{user}");
        }
    }

    #[test]
    fn entries_do_not_show_their_password() {
        assert!(!format!("{:?}", parse(FILE)).contains("first"));
    }
}
