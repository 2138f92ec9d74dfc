//! What services can agree in.

use crate::rule::Rule;
use crate::rules::rule;

/// What services can agree in: what several rules watch over together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// Names of tables and columns.
    TableNames,
    /// Names of enum types and their values.
    EnumNames,
    /// Names of indexes and constraints.
    IndexNames,
    /// Names of migrations.
    MigrationNames,
    /// Columns that every table has.
    RequiredColumns,
    /// Times of the last change that something keeps true.
    TimesKept,
    /// Primary keys and their types.
    PrimaryKeys,
    /// Indexes of foreign keys.
    ForeignKeyIndexes,
    /// What foreign keys do, and what they refer to.
    ForeignKeys,
    /// Unique keys by which people tell rows apart.
    BusinessKeys,
    /// Indexes that do nothing, or nothing more.
    Indexes,
    /// Types and shapes of columns.
    Columns,
    /// Row security and policies.
    RowSecurity,
    /// Rights of functions, views and roles.
    Rights,
}

/// What is counted for an aspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Tables.
    Tables,
    /// Tables and columns.
    TablesAndColumns,
    /// Columns.
    Columns,
    /// Enum types.
    Enums,
    /// Indexes and constraints.
    IndexesAndConstraints,
    /// Indexes.
    Indexes,
    /// Foreign keys.
    ForeignKeys,
    /// Columns with the time of the last change.
    TimesOfChange,
    /// Migrations.
    Migrations,
    /// All objects with rights of their own.
    Objects,
}

impl Aspect {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 14] = [
        Self::TableNames,
        Self::EnumNames,
        Self::IndexNames,
        Self::MigrationNames,
        Self::RequiredColumns,
        Self::TimesKept,
        Self::PrimaryKeys,
        Self::ForeignKeyIndexes,
        Self::ForeignKeys,
        Self::BusinessKeys,
        Self::Indexes,
        Self::Columns,
        Self::RowSecurity,
        Self::Rights,
    ];

    /// As it is shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TableNames => "names of tables and columns",
            Self::EnumNames => "names of enum types and values",
            Self::IndexNames => "names of indexes and constraints",
            Self::MigrationNames => "names of migrations",
            Self::RequiredColumns => "required columns",
            Self::TimesKept => "times of change kept",
            Self::PrimaryKeys => "primary keys",
            Self::ForeignKeyIndexes => "foreign keys indexed",
            Self::ForeignKeys => "foreign keys",
            Self::BusinessKeys => "business keys",
            Self::Indexes => "indexes",
            Self::Columns => "columns",
            Self::RowSecurity => "row security",
            Self::Rights => "rights",
        }
    }

    /// What is counted for it.
    #[must_use]
    pub fn measure(self) -> Measure {
        match self {
            Self::TableNames => Measure::TablesAndColumns,
            Self::EnumNames => Measure::Enums,
            Self::IndexNames => Measure::IndexesAndConstraints,
            Self::MigrationNames => Measure::Migrations,
            Self::RequiredColumns | Self::PrimaryKeys | Self::BusinessKeys | Self::RowSecurity => Measure::Tables,
            Self::TimesKept => Measure::TimesOfChange,
            Self::ForeignKeyIndexes | Self::ForeignKeys => Measure::ForeignKeys,
            Self::Indexes => Measure::Indexes,
            Self::Columns => Measure::Columns,
            Self::Rights => Measure::Objects,
        }
    }

    /// The rules that watch over it.
    pub fn rules(self) -> impl Iterator<Item = &'static Rule> {
        self.rule_names().iter().filter_map(|name| rule(name))
    }

    pub(super) fn rule_names(self) -> &'static [&'static str] {
        match self {
            Self::TableNames => &[
                "table-name",
                "column-name",
                "table-number",
                "boolean-name",
                "timestamp-name",
                "foreign-key-column-name",
                "name-needs-quotes",
                "reserved-word",
                "object-name",
            ],
            Self::EnumNames => &["enum-name", "enum-value-name"],
            Self::IndexNames => &["index-name", "constraint-name", "foreign-key-name"],
            Self::MigrationNames => &["migration-name"],
            Self::RequiredColumns => &["required-columns"],
            Self::TimesKept => &["updated-at-not-kept"],
            Self::PrimaryKeys => &[
                "no-primary-key",
                "wide-primary-key",
                "primary-key-type",
                "integer-primary-key",
                "id-prefix",
                "serial-column",
                "sequence-narrower-than-column",
            ],
            Self::ForeignKeyIndexes => &["foreign-key-without-index"],
            Self::ForeignKeys => &[
                "foreign-key-action",
                "set-null-not-null",
                "foreign-key-type",
                "duplicate-foreign-key",
                "self-foreign-key",
                "implied-foreign-key",
                "foreign-key-forbidden",
            ],
            Self::BusinessKeys => &["unique-business-key", "nullable-unique"],
            Self::Indexes => &[
                "duplicate-index",
                "redundant-index",
                "invalid-index",
                "wide-index",
                "many-indexes",
                "boolean-index",
                "redundant-predicate",
                "range-column-first",
            ],
            Self::Columns => &[
                "timestamp-without-time-zone",
                "time-with-time-zone",
                "money-column",
                "float-for-money",
                "char-column",
                "json-not-jsonb",
                "varchar-limit",
                "reg-type-column",
                "forbidden-type",
                "nullable-column",
                "null-string-default",
                "missing-comment",
                "numbered-columns",
                "all-nullable",
                "column-without-default",
                "unlogged-table",
                "enum-type",
                "table-without-columns",
                "single-column-table",
                "column-order",
                "collation-allowed",
                "partition-forbidden",
            ],
            Self::RowSecurity => &[
                "row-security-off",
                "policies-without-row-security",
                "row-security-without-policies",
                "row-security-not-forced",
                "policy-always-true",
                "policy-calls-per-row",
                "policy-uses-user-metadata",
                "policy-column-not-indexed",
                "many-permissive-policies",
            ],
            Self::Rights => &[
                "security-definer-search-path",
                "security-definer-executable",
                "security-definer-view",
                "extension-in-public",
                "unprotected-relation",
                "public-schema-create",
                "grant-to-public",
                "owner-mismatch",
                "sensitive-column-exposed",
                "exposed-auth-users",
                "auth-reference-not-primary-key",
                "graphql-visible",
            ],
        }
    }
}
