//! Where the lines of a source begin, found once.

use std::sync::Arc;

use limosa_syntax::{LineIndex, SourceFile};

/// Remembers the lines of the source that was asked for last. Diagnostics come file by file, so that is enough to read
/// each file once, and no more is kept.
#[derive(Debug, Default)]
pub(in crate::output) struct SourceLines {
    last: Option<(Arc<SourceFile>, LineIndex)>,
}

impl SourceLines {
    /// The lines of this source.
    pub(in crate::output) fn of(&mut self, source: &Arc<SourceFile>) -> &LineIndex {
        let known = self.last.take().filter(|(last, _)| Arc::ptr_eq(last, source));
        let (_, lines) = self.last.insert(known.unwrap_or_else(|| (Arc::clone(source), LineIndex::new(&source.text))));
        lines
    }
}
