//! Identifiers: what kinds there are, how they are made and checked on the client, and the same as plain SQL functions
//! that can be a column's default.
//!
//! ```
//! use limosa_ids::{GeneratorSpec, Sources};
//! let spec: GeneratorSpec = "cuid2:pat_".parse().unwrap();
//! let mut generator = spec.generator(Sources::system()).unwrap();
//! let mut id = String::new();
//! generator.write(&mut id).unwrap();
//! assert!(id.starts_with("pat_") && spec.check(&id).is_ok());
//! ```

mod alphabet;
mod check;
mod clash;
mod function;
mod generator;
mod kind;
mod length;
mod numbered;
mod permutation;
mod prefix;
mod sources;
mod spec;

pub use check::{Flaw, Recognised, recognise};
pub use clash::{Clash, clashes};
pub use function::SqlFunction;
pub use generator::{GenerateError, Generator};
pub use kind::Kind;
pub use length::{InvalidLength, Length, Lengths};
pub use numbered::Numbered;
pub use permutation::{InvalidKey, Key, Permutation};
pub use prefix::{InvalidPrefix, Prefix};
pub use sources::{Clock, Entropy, Fill, Sources};
pub use spec::{GeneratorSpec, InvalidSpec};
