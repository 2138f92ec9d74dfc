//! The versions of the service, and what they call columns.

use clap::ValueEnum;

/// A version of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Release {
    /// Speaks of `pms_type`, knows practices by uuid, and keeps connections to Xero beside the registry.
    #[value(name = "1.0")]
    One,
    /// Speaks of `integration_type` and takes `pms_type` as well; for as long as 1.0 lives, its ids stand in columns
    /// of their own.
    #[value(name = "2.0")]
    Two,
    /// The same, with the ids in columns of their final names.
    #[value(name = "2.1")]
    TwoOne,
}

/// What a version calls the columns that have another name in others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    /// What kind of system the connection leads to.
    pub(crate) kind: &'static str,
    /// Whose connection it is.
    pub(crate) practice: &'static str,
    /// What the registry and the table behind it have in common.
    pub(crate) link: &'static str,
    /// What the other system calls it.
    pub(crate) external: &'static str,
}

impl Release {
    pub(crate) fn columns(self) -> Columns {
        match self {
            Self::One => Columns {
                kind: "pms_type",
                practice: "practice_id",
                link: "integration_id",
                external: "integration_id",
            },
            Self::Two => Columns {
                kind: "integration_type",
                practice: "practice_code",
                link: "integration_code",
                external: "external_system_id",
            },
            Self::TwoOne => Columns {
                kind: "integration_type",
                practice: "practice_id",
                link: "integration_id",
                external: "external_system_id",
            },
        }
    }

    /// Whether it is the version of before.
    pub(crate) fn is_old(self) -> bool {
        self == Self::One
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::One => "1.0",
            Self::Two => "2.0",
            Self::TwoOne => "2.1",
        })
    }
}
