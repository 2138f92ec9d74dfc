//! A case: a tree of files in one text.

use std::fmt::Write as _;
use std::path::Path;

use limosa_syntax::{Diagnostic, LineIndex, Severity};

/// A parsed case.
pub(crate) struct Case {
    pub(crate) about: String,
    pub(crate) actions: Vec<String>,
    pub(crate) applied: String,
    files: Vec<(String, String)>,
}

impl Case {
    /// Reads the text of a case.
    pub(crate) fn parse(text: &str) -> Self {
        let mut case = Self { about: String::new(), actions: Vec::new(), applied: String::new(), files: Vec::new() };
        for line in text.split_inclusive('\n') {
            let header = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
            match (header, case.files.last_mut()) {
                (Some(header), _) => case.files.push((header.to_owned(), String::new())),
                (None, Some((_, content))) => content.push_str(line),
                (None, None) => match line.trim().strip_prefix("do: ") {
                    Some(action) => case.actions.push(action.to_owned()),
                    None => case.about.push_str(line),
                },
            }
        }
        case.about = case.about.trim().replace('\n', " ");
        if let Some(at) = case.files.iter().position(|(header, _)| header == "applied") {
            case.applied = case.files.remove(at).1;
        }
        case
    }

    /// Writes the tree into a temporary folder named `clinic`, and hands it to `look`; the folder's own path is
    /// replaced in what comes back.
    pub(crate) fn within_tree(&self, look: impl FnOnce(&Path) -> String) -> String {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path().canonicalize().unwrap().join("clinic");
        std::fs::create_dir(&root).unwrap();
        for (header, content) in &self.files {
            write(&root, header, content);
        }
        look(&root).replace(&*root.to_string_lossy(), "<root>")
    }
}

fn write(root: &Path, header: &str, content: &str) {
    let (path, content) = if let Some(path) = header.strip_suffix(" (crlf)") {
        (path, content.replace('\n', "\r\n").into_bytes())
    } else if let Some(path) = header.strip_suffix(" (hex)") {
        let digits: String = content.split_whitespace().collect();
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (path, (0..digits.len()).step_by(2).map(byte).collect())
    } else if let Some((path, target)) = header.split_once(" -> ") {
        let link = root.join(path);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(target, link).unwrap();
        return;
    } else {
        (header, content.as_bytes().to_vec())
    };
    let full = root.join(path);
    if path.ends_with('/') {
        std::fs::create_dir_all(full).unwrap();
    } else {
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, content).unwrap();
    }
}

/// Writes diagnostics as text: what, where with the underlined bytes, why, what next.
pub(crate) fn diagnostics(out: &mut String, diagnostics: &[Diagnostic]) {
    for found in diagnostics {
        let severity = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        writeln!(out, "{severity}[{}] {}", found.code, found.message).unwrap();
        if let Some(source) = &found.source {
            match found.span {
                Some(span) => {
                    let at = LineIndex::new(&source.text).locate(&source.text, span.start);
                    writeln!(out, "  at {}:{}:{} {:?}", source.path, at.line, at.column, span.of(&source.text))
                        .unwrap();
                }
                None => writeln!(out, "  in {}", source.path).unwrap(),
            }
        }
        found.notes.iter().for_each(|note| writeln!(out, "  note: {note}").unwrap());
        if let Some(help) = &found.help {
            writeln!(out, "  help: {}", help.replace('\n', "\n        ")).unwrap();
        }
    }
}
