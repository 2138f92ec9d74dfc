//! Reading one file, with an error that names it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

/// Reads a file whole. `shown` is the path as people know it.
pub(crate) fn read_source(path: &Path, shown: &str) -> Result<Arc<SourceFile>, Box<Diagnostic>> {
    let bytes = fs::read(path).map_err(|error| unreadable(shown, &error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Arc::new(SourceFile { path: shown.to_owned(), text: text.into() })),
        Err(error) => Err(Box::new(not_utf8(shown, error.utf8_error().valid_up_to(), error.as_bytes()))),
    }
}

/// The diagnostic for a file or folder that the system refuses to hand out.
pub(crate) fn unreadable(shown: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("unreadable-file", format!("`{shown}` cannot be read: {error}"))
        .with_help("check that it exists, is what its name says and may be read by you")
}

fn not_utf8(shown: &str, offset: usize, bytes: &[u8]) -> Diagnostic {
    let line = bytes.iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let utf16 = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let encoding = if utf16 { "UTF-16LE" } else { "LATIN1" };
    Diagnostic::error("not-utf8", format!("`{shown}` is not UTF-8: line {line}, byte {offset} is 0x{byte:02x}"))
        .with_help(format!("save it as UTF-8, for example with `iconv -f {encoding} -t UTF-8`"))
}
