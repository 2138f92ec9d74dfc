//! `lint --fix`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use limosa_lint::Report;
use limosa_syntax::{Fix, SourceFile};

use crate::failure::Failure;

/// Applies the safe fixes of a report. Gives what was done, by file.
pub(super) fn mend(report: &Report, root: &Path) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut by_file: BTreeMap<&str, (&Arc<SourceFile>, Vec<&Fix>)> = BTreeMap::new();
    for finding in &report.findings {
        let diagnostic = &finding.diagnostic;
        if let (Some(source), Some(fix)) = (&diagnostic.source, diagnostic.fix.as_ref().filter(|fix| fix.safe)) {
            by_file.entry(&source.path).or_insert((source, Vec::new())).1.push(fix);
        }
    }
    let mut mended = BTreeMap::new();
    for (path, (source, mut fixes)) in by_file {
        fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
        let mut text = String::new();
        let mut at = 0;
        let mut done: Vec<String> = Vec::new();
        // Of edits that meet, the first is made; the others are found again in the new text.
        for fix in fixes.into_iter() {
            if fix.span.start < at || (fix.span.start == at && !done.is_empty()) {
                continue;
            }
            text.push_str(source.text.get(at..fix.span.start).unwrap_or_default());
            text.push_str(&fix.replacement);
            at = fix.span.end;
            if !done.contains(&fix.title) {
                done.push(fix.title.clone());
            }
        }
        text.push_str(source.text.get(at..).unwrap_or_default());
        let file = root.join(path);
        // Somebody may have edited the file since it was read.
        if std::fs::read_to_string(&file)? == *source.text {
            std::fs::write(&file, text)?;
            mended.insert(path.to_owned(), done);
        }
    }
    Ok(mended)
}
