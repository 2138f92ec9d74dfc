//! Reading a `search_path`.

use limosa_catalog::Identifier;

/// The schemas that a search path names, as the server reads it: separated by commas, lower case unless quoted, `$user`
/// standing for the role. What cannot be a name is passed over, and so are the server's own schemas.
pub(super) fn schemas(path: &str, role: &str) -> Vec<Identifier> {
    let mut names = Vec::new();
    let mut rest = path.trim_start();
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside),
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (rest[..end].trim_end().to_ascii_lowercase(), &rest[end..])
            }
        };
        let name = if name == "$user" { role.to_owned() } else { name };
        if let Ok(name) = Identifier::new(name)
            && !names.contains(&name)
            && !name.as_str().starts_with("pg_")
            && name.as_str() != "information_schema"
        {
            names.push(name);
        }
        rest = after.find(',').map_or("", |comma| after[comma + 1..].trim_start());
    }
    names
}

/// A quoted name from behind its first quote, and what follows its last.
fn quoted(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        name.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return (name, rest),
        }
    }
    name.push_str(rest);
    (name, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_the_server_reads_it() {
        let read =
            |path: &str| schemas(path, "ada").iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>().join("|");
        assert_eq!(read("\"$user\", public"), "ada|public");
        assert_eq!(read("$user,PUBLIC ,public"), "ada|public");
        assert_eq!(read("\"a, \"\"b\"\"\" , \"C\""), "a, \"b\"|C");
        assert_eq!(read(""), "");
        assert_eq!(read("\"\""), "");
        assert_eq!(read("\"never closed"), "never closed");
        assert_eq!(read(",,a,"), "a");
        assert_eq!(read("pg_catalog, pg_temp, information_schema, app"), "app");
    }
}
