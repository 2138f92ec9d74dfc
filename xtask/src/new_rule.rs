//! `new-rule`: a file, a line of the registry, and a case.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

const RULES: &str = "crates/lint/src/rules";

/// Makes what a new rule consists of. The harness then asks for the rest: a page with examples, and what it does.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let [group, id] = arguments else {
        return Err("write `cargo xtask new-rule GROUP NAME`, for example `locks drop-index-not-concurrent`".into());
    };
    let is_kebab =
        |text: &str| text.split('-').all(|word| !word.is_empty() && word.bytes().all(|it| it.is_ascii_lowercase()));
    if !is_kebab(id) {
        return Err(format!("`{id}`: a rule's name is lower-case words with hyphens between them"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (folder, module) = (group.replace('-', "_"), id.replace('-', "_"));
    let registry = root.join(RULES).join("mod.rs");
    let text = fs::read_to_string(&registry).map_err(|error| format!("{}: {error}", registry.display()))?;
    let text = registered(&text, &folder, &module)?;
    let file = root.join(RULES).join(&folder).join(format!("{module}.rs"));
    let case = root.join("tests/cases/lint").join(group).join(format!("{module}.sql"));
    for path in [&file, &case] {
        if path.exists() {
            return Err(format!("`{}` is there already", path.display()));
        }
    }
    let write = |path: &Path, text: &str| {
        fs::create_dir_all(path.parent().unwrap_or(path))
            .and_then(|()| fs::write(path, text))
            .map_err(|error| format!("`{}` cannot be written: {error}", path.display()))
    };
    write(&file, SKELETON)?;
    write(&case, "-- Migrations, parted by lines `-- next migration`.\n")?;
    write(&registry, &text)?;
    println!("{RULES}/{folder}/{module}.rs\ntests/cases/lint/{group}/{module}.sql");
    println!("then `cargo test -p limosa-lint`, which says what is missing");
    Ok(ExitCode::SUCCESS)
}

/// The registry with another line, in its place in the alphabet.
fn registered(text: &str, folder: &str, module: &str) -> Result<String, String> {
    let head = format!("::{folder} {{");
    let mut lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| line.trim_end().ends_with(&head)).ok_or_else(|| {
        let groups = lines.iter().filter_map(|line| line.trim().split_once("::")?.1.strip_suffix(" {"));
        format!("there is no group `{folder}`; there are {}", groups.collect::<Vec<_>>().join(", "))
    })?;
    let line = format!("        {module},");
    let behind = lines[start + 1..].iter().position(|known| known.trim() == "}" || **known > *line);
    let at = start + 1 + behind.ok_or("the registry has no end")?;
    if lines.get(at.wrapping_sub(1)).is_some_and(|known| **known == *line) {
        return Err(format!("`{module}` is registered already"));
    }
    lines.insert(at, &line);
    Ok(lines.join("\n") + "\n")
}

const SKELETON: &str = "\
//! What is found, in one line.
//!
//! Why it matters, and what to do instead.
//!
//! ```sql,bad
//! SELECT 1;
//! ```
//! ```sql,good
//! SELECT 2;
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(_step: &Step<'_>, _found: &mut Findings<'_>) {}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_where_the_alphabet_wants_it() {
        let registry =
            "registry! {\n    Locks::locks {\n        b,\n        d,\n    }\n    Naming::naming {\n    }\n}\n";
        let with = |folder: &str, module: &str| registered(registry, folder, module);
        assert_eq!(with("locks", "c").unwrap(), registry.replace("d,", "c,\n        d,"));
        assert_eq!(with("locks", "e").unwrap(), registry.replace("d,", "d,\n        e,"));
        assert_eq!(with("naming", "a").unwrap(), registry.replace("naming {", "naming {\n        a,"));
        assert!(with("locks", "b").is_err());
        assert_eq!(with("lock", "b").unwrap_err(), "there is no group `lock`; there are locks, naming");
    }
}
