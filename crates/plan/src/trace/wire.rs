//! How the values of a trace are written.

/// A lock mode by its name in SQL.
pub(super) mod mode {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::lock::LockMode;

    pub(in crate::trace) fn serialize<S: Serializer>(mode: &LockMode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(mode.sql())
    }

    pub(in crate::trace) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LockMode, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = LockMode::ALL.into_iter().find(|mode| mode.sql() == name);
        known.ok_or_else(|| D::Error::custom(format!("{name} is no lock mode")))
    }
}

/// A lock mode that may be absent.
pub(super) mod optional_mode {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::lock::LockMode;

    #[derive(Deserialize)]
    struct Named(#[serde(with = "super::mode")] LockMode);

    pub(in crate::trace) fn serialize<S: Serializer>(
        mode: &Option<LockMode>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match mode {
            Some(mode) => super::mode::serialize(mode, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::trace) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<LockMode>, D::Error> {
        Ok(Option::<Named>::deserialize(deserializer)?.map(|Named(mode)| mode))
    }
}

/// A duration in whole microseconds.
pub(super) mod microseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::trace) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }

    pub(in crate::trace) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Ok(Duration::from_micros(u64::deserialize(deserializer)?))
    }
}
