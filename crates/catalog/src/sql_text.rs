//! Pieces of SQL as the server prints them.

use std::fmt;
use std::sync::Arc;

macro_rules! sql_text {
    ($($(#[$meta:meta])* $name:ident;)+) => {
        $($(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<Arc<str>> for $name {
            fn from(text: Arc<str>) -> Self {
                Self(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        })+
    };
}

sql_text! {
    /// A type with its modifiers, as `format_type` prints it: `integer`, `character varying(40)`, `clinic."Mood"[]`.
    /// Schemas other than `pg_catalog` are always there. It can be put into SQL as it is.
    TypeName;
    /// An expression as `pg_get_expr` prints it from the parsed tree, every name outside `pg_catalog` with its schema.
    /// It can be put into SQL as it is; where the grammar wants parentheses around any expression, they have to be
    /// added.
    Expression;
    /// A statement or clause as one of the `pg_get_…def` functions prints it, without a semicolon at its end.
    Definition;
    /// A number with decimals, as the server prints it in the fewest digits that read back the same.
    Number;
}
