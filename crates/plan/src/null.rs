//! Whether there is a value, in SQL.
//!
//! Of a composite value PostgreSQL's `IS NULL` asks the fields: a value of nothing but nulls is null to it, and one
//! with a null among others is neither `IS NULL` nor `IS NOT NULL`. `IS DISTINCT FROM NULL` asks the value itself, as
//! `NOT NULL` of a column does, and is the same to the planner for every other type.

use std::fmt::Display;

/// That it is null. `value` binds tighter than `IS`.
pub fn is_null(value: impl Display) -> String {
    format!("{value} IS NOT DISTINCT FROM NULL")
}

/// That it is not null.
pub fn is_not_null(value: impl Display) -> String {
    format!("{value} IS DISTINCT FROM NULL")
}
