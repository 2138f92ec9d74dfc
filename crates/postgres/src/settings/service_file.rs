//! `pg_service.conf`: named sets of parameters; parsing is pure.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::context::ClientContext;
use super::error::SettingsError;

/// The parameters of one section, or `None` where the text has no such section.
///
/// # Errors
/// A line of the section that is no `name=value`, or that names a further service; with its number, counted from 1.
pub(super) fn section(text: &str, service: &str) -> Result<Option<Vec<(String, String)>>, String> {
    let mut found: Option<Vec<(String, String)>> = None;
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if rest.strip_suffix(']') == Some(service) {
                found = Some(Vec::new());
            }
        } else if let Some(pairs) = &mut found {
            let (name, value) = line
                .split_once('=')
                .ok_or_else(|| format!("line {number} is neither a section nor a parameter; expected name=value"))?;
            if name == "service" || name == "servicefile" {
                return Err(format!("line {number} names a further service, which is not allowed in a service file"));
            }
            pairs.push((name.trim_end().to_owned(), value.trim_start().to_owned()));
        }
    }
    Ok(found)
}

/// Finds a service in the files that libpq would search: the named file (or `~/.pg_service.conf` where none is named),
/// then `pg_service.conf` in PGSYSCONFDIR.
pub(super) fn load(
    service: &str,
    named_file: Option<&str>,
    context: &ClientContext,
) -> Result<Vec<(String, String)>, SettingsError> {
    let user_file = named_file.map(|file| context.expand(file)).or_else(|| context.home_file(".pg_service.conf"));
    let system_file = context.variable("PGSYSCONFDIR").map(|folder| Path::new(folder).join("pg_service.conf"));
    let searched: Vec<PathBuf> = user_file.into_iter().chain(system_file).collect();
    for (index, file) in searched.iter().enumerate() {
        let problem = |problem: String| SettingsError::ServiceFile { file: file.clone(), problem };
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            // A file that somebody named has to be there; the usual places need not.
            Err(error) if error.kind() == ErrorKind::NotFound && !(index == 0 && named_file.is_some()) => continue,
            Err(error) => return Err(problem(error.to_string())),
        };
        if let Some(pairs) = section(&text, service).map_err(problem)? {
            return Ok(pairs);
        }
    }
    Err(SettingsError::UnknownService { service: service.to_owned(), searched })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# services\n[one]\nhost=h\nport = 5433\n\n[two]\nnot a parameter\n[three]\nservice=one\n";

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let pairs = section(FILE, "one").unwrap().unwrap();
        assert_eq!(pairs, [("host".to_owned(), "h".to_owned()), ("port".to_owned(), "5433".to_owned())]);
        assert_eq!(section(FILE, "none"), Ok(None));
    }

    #[test]
    fn a_line_that_is_none_is_named_by_its_number() {
        assert!(section(FILE, "two").unwrap_err().starts_with("line 7 "));
        assert!(section(FILE, "three").unwrap_err().starts_with("line 9 names a further service"));
    }
}
