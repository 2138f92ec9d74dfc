//! What a connection leads to, and how it stands.

use serde::{Deserialize, Serialize};

/// The kind of system at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum IntegrationType {
    Soe,
    Sfd,
    Dentally,
    Carestack,
    Xero,
}

/// How a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Status {
    Connected,
    Disabled,
}

impl IntegrationType {
    /// The kinds that stand in `soe_integrations`.
    pub(crate) const PMS: [Self; 4] = [Self::Soe, Self::Sfd, Self::Dentally, Self::Carestack];

    /// As the database has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Soe => "SOE",
            Self::Sfd => "SFD",
            Self::Dentally => "DENTALLY",
            Self::Carestack => "CARESTACK",
            Self::Xero => "XERO",
        }
    }
}

impl Status {
    /// Of a connection that is turned on or off.
    pub(crate) fn of_toggle(enabled: bool) -> Self {
        if enabled { Self::Connected } else { Self::Disabled }
    }

    /// As the database has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Connected => "CONNECTED",
            Self::Disabled => "DISABLED",
        }
    }
}
