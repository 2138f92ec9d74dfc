//! The schema of a PostgreSQL database as typed data.
//!
//! This crate does no I/O. It declares identifiers and how they are quoted, literals for the places where a protocol
//! has no parameters, what each server version can do, and the [`Catalog`]: every object of a database as a fact with
//! an identity, a parent and a hash.
//!
//! Each kind of object is a module of [`kind`]: its struct, the query that reads it, and the pure decoding of the
//! query's rows. Whoever has a connection asks the [`questions`] and feeds the rows to a [`Reader`].
//!
//! # What is left out, by design
//!
//! - What belongs to an extension: it comes and goes with the extension, which stands for it in dependencies.
//! - The system's own schemas, temporary objects, TOAST tables, row and array types, the triggers that make foreign
//!   keys work, the indexes of constraints (they are fields of those), the sequences of identity columns (likewise).
//! - What belongs to the whole server: roles, tablespaces, databases. They are referred to by name.
//! - `ALTER DATABASE … SET` and `ALTER ROLE … IN DATABASE … SET`: they belong to an installation rather than to a
//!   schema, name the database itself, and `pg_dump` leaves them out as well.
//! - Data: rows, the positions of sequences, large objects, statistics.

mod catalog;
mod dependency;
mod difference;
mod fact;
mod hash;
mod identifier;
pub mod kind;
mod literal;
mod object_name;
mod reading;
mod rename;
mod role;
mod row;
mod setting;
mod snapshot;
mod sql_text;
mod subset;
mod usage;
mod version;

pub use catalog::{Catalog, Entry, Uncovered};
pub use dependency::DependencyKind;
pub use difference::FieldDifference;
pub use fact::Malformed;
pub use hash::{Fingerprint, Hash, InvalidFingerprint};
pub use identifier::{Identifier, InvalidIdentifier, PeoplesName, QualifiedName};
pub use kind::{Object, ObjectId, ObjectKind};
pub use literal::Literal;
pub use object_name::{
    CastName, ColumnName, MemberName, MethodMemberName, ObjectName, OperatorName, PublicationSchemaName,
    PublicationTableName, RoutineName, TransformName, UserMappingName,
};
pub use reading::{Asker, Places, Question, Reader, questions};
pub use rename::{Rename, Renames};
pub use row::{DecodeError, Row};
pub use setting::Setting;
pub use snapshot::SnapshotError;
pub use sql_text::{Definition, Expression, Number, TypeName};
pub use usage::{IndexUsage, Usage};
pub use version::{ServerMajor, ServerVersion, UnsupportedServer};
