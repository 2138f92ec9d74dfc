//! The chain that the event log is: each hash covers its event and the hash before it.

use sha2::{Digest, Sha256};

/// The end of a chain, to which the next event is tied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLink {
    /// The number of the last event; 0 where there is none.
    pub seq: i64,
    /// Its hash; empty where there is none.
    pub hash: std::borrow::Cow<'static, str>,
}

/// Before the first event.
pub(crate) const FIRST_LINK: ChainLink = ChainLink { seq: 0, hash: std::borrow::Cow::Borrowed("") };

/// What an event says, as far as its hash covers it. The duration is measured by the server while the event is being
/// written, so it stands beside the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// The service.
    pub service: String,
    /// When, by the server's clock, in whole microseconds: PostgreSQL keeps no more.
    pub at: jiff::Timestamp,
    /// What was done: `up`, `down`, `fail`, `repeat` …
    pub kind: String,
    /// The version it was done to.
    pub version: Option<String>,
    /// That migration's name.
    pub name: Option<String>,
    /// That migration's checksum.
    pub checksum: Option<String>,
    /// Who did it: the operating system's user and host, and the database role.
    pub actor: String,
    /// The reason given.
    pub reason: Option<String>,
    /// More, as JSON text.
    pub detail: Option<String>,
}

impl ChainLink {
    /// The link of the next event.
    #[must_use]
    pub fn next(&self, event: &EventRecord) -> Self {
        let seq = self.seq + 1;
        let mut hasher = Sha256::new();
        let mut field = |text: Option<&str>| {
            // Lengths make the encoding unambiguous; an absent field differs from an empty one.
            match text {
                Some(text) => {
                    hasher.update([1]);
                    hasher.update((text.len() as u64).to_be_bytes());
                    hasher.update(text.as_bytes());
                }
                None => hasher.update([0]),
            }
        };
        field(Some(&self.hash));
        field(Some(&seq.to_string()));
        field(Some(&event.service));
        field(Some(&event.at.as_microsecond().to_string()));
        field(Some(&event.kind));
        field(event.version.as_deref());
        field(event.name.as_deref());
        field(event.checksum.as_deref());
        field(Some(&event.actor));
        field(event.reason.as_deref());
        field(event.detail.as_deref());
        Self { seq, hash: hex(&hasher.finalize()).into() }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or_default());
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str) -> EventRecord {
        EventRecord {
            service: "api".into(),
            at: jiff::Timestamp::from_microsecond(1_700_000_000_000_000).unwrap(),
            kind: kind.into(),
            version: Some("1".into()),
            name: None,
            checksum: None,
            actor: "ada".into(),
            reason: None,
            detail: None,
        }
    }

    #[test]
    fn every_field_and_the_past_change_the_hash() {
        let up = FIRST_LINK.next(&event("up"));
        assert_eq!(up.seq, 1);
        assert_eq!(up.hash.len(), 64);
        assert_ne!(up.hash, FIRST_LINK.next(&event("down")).hash);
        let empty = FIRST_LINK.next(&EventRecord { reason: Some(String::new()), ..event("up") });
        assert_ne!(up.hash, empty.hash, "an empty reason is not the same as none");
        assert_ne!(up.next(&event("up")).hash, empty.next(&event("up")).hash, "the past counts");
    }
}
