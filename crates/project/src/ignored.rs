//! Objects that comparisons leave out.

/// An object that `diff`, `generate` and `drift` leave out, as the file has it. The file's list is `ignore`; the one in
/// `[drift]` is read as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredObject {
    /// The object as people say it, `table public.visit_2026`; `*` stands for any text.
    pub object: String,
    /// Why it is left out.
    pub reason: String,
}
