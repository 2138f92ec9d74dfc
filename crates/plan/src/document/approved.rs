//! A plan document that was written earlier, as far as a run is held to it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::PlanDocument;

/// The field that holds the digest of all others.
pub(super) const DIGEST: &str = "digest";

/// What a plan document allows a run to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ApprovedPlan {
    /// The environment that it was made for.
    pub environment: String,
    /// Whether late migrations are applied: `linear` or `any`.
    pub order: String,
    /// Where the run is to stop.
    pub extent: ApprovedExtent,
    /// What is allowed on each target.
    pub targets: Vec<ApprovedTarget>,
}

/// Where a run is to stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovedExtent {
    /// Behind all that is pending.
    All,
    /// Behind a version.
    To(String),
    /// After so many migrations.
    Steps(usize),
}

/// What is allowed on one target, and how that has to stand before.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ApprovedTarget {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// The hash of the newest event of the history; empty where there is none.
    pub history: String,
    /// The fingerprint of the schema, where it was looked at.
    pub catalog: Option<String>,
    /// The migrations, in order.
    pub migrations: Vec<ApprovedMigration>,
}

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ApprovedMigration {
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// `versioned` or `repeatable`.
    pub kind: String,
    /// The checksum of its up script.
    pub checksum: String,
}

/// Why a text is no plan that can be run.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is no JSON, or lacks something.
    #[error("it is no plan document: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It says no format.
    #[error("it is no plan document: it says no `format`")]
    NoFormat,
    /// It has another format.
    #[error("it is of format {found}, and this version of Limosa runs format {}", PlanDocument::FORMAT)]
    OtherFormat {
        /// Which.
        found: u64,
    },
    /// It was changed after it was written.
    #[error("it was changed after it was written: its digest does not fit")]
    Edited,
}

impl ApprovedPlan {
    /// Reads what [`PlanDocument::to_json`] wrote.
    ///
    /// # Errors
    /// See [`PlanFileError`].
    pub fn read(text: &str) -> Result<Self, PlanFileError> {
        let mut json: serde_json::Value = serde_json::from_str(text)?;
        let format = json.get("format").and_then(serde_json::Value::as_u64).ok_or(PlanFileError::NoFormat)?;
        if format != u64::from(PlanDocument::FORMAT) {
            return Err(PlanFileError::OtherFormat { found: format });
        }
        let said = json.as_object_mut().and_then(|fields| fields.shift_remove(DIGEST));
        if said.as_ref().and_then(serde_json::Value::as_str) != Some(digest(&json).as_str()) {
            return Err(PlanFileError::Edited);
        }
        Ok(serde_json::from_value(json)?)
    }
}

/// SHA-256 over the JSON text without white space, in hexadecimal.
pub(super) fn digest(json: &serde_json::Value) -> String {
    Sha256::digest(json.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> String {
        let document = PlanDocument {
            format: PlanDocument::FORMAT,
            environment: "prod".to_owned(),
            order: "linear",
            extent: ApprovedExtent::To("3".to_owned()),
            targets: Vec::new(),
        };
        document.to_json().to_string()
    }

    #[test]
    fn a_plan_is_read_as_it_was_written_and_not_when_edited() {
        let plan = ApprovedPlan::read(&text()).unwrap();
        assert_eq!((plan.environment.as_str(), &plan.extent), ("prod", &ApprovedExtent::To("3".to_owned())));
        let spaced: serde_json::Value = serde_json::from_str(&text()).unwrap();
        assert!(ApprovedPlan::read(&format!("{spaced:#}")).is_ok(), "white space does not matter");
        let edited = text().replace("prod", "dev");
        assert!(matches!(ApprovedPlan::read(&edited), Err(PlanFileError::Edited)));
        let old = text().replace("\"format\":2", "\"format\":1");
        assert!(matches!(ApprovedPlan::read(&old), Err(PlanFileError::OtherFormat { found: 1 })));
        for none in ["", "{}", "[]", "{\"format\":2}"] {
            assert!(ApprovedPlan::read(none).is_err(), "{none}");
        }
    }
}
