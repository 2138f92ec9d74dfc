//! What can be said about migrations and schemas before they run: a rule per file, and one registry.
//!
//! A rule is a function from facts to findings. The facts are gathered once, by [`lint`]: each statement in its parts,
//! what is known of the relations before it, the locks that it will take, and the transaction that it will run in. What
//! is known comes from the text of the migrations before, or from a catalog where somebody has one.
//!
//! Nothing here does I/O.

mod blocks;
mod file;
mod found;
mod ignore;
mod index_facts;
mod matrix;
mod name_list;
mod name_pattern;
mod online;
mod page;
mod policy;
mod rights;
mod rule;
mod rules;
mod set_before;
mod settings;
mod shape;
mod sizes;
mod state;
mod step;
mod walk;

pub use file::{File, Role};
pub use found::Finding;
pub use matrix::{Aspect, Cell, Matrix, Measure, Measures, Offender, Row, ServiceFindings};
pub use page::{Example, Page};
pub use policy::presets;
pub use rule::{Group, Level, Parameter, ParameterKind, Rule};
pub use rules::{rule, rules};
pub use settings::{Settings, SettingsError, nearest};
pub use sizes::Sizes;
pub use walk::{Linter, Report};
