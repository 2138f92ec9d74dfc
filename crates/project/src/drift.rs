//! What the project says about drift.

/// `[drift]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DriftSettings {
    /// Objects that are somebody else's and no drift.
    pub ignore: Vec<IgnoredObject>,
}

/// One entry of `ignore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredObject {
    /// The object as people say it (`table public.visit_2026`); `*` stands for any text.
    pub object: String,
    /// Why.
    pub reason: String,
}
