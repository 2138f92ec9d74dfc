//! The lock modes of relations.

use std::fmt;

/// A lock mode of a relation, from the weakest to the strongest.
///
/// The order is PostgreSQL's own numbering. Two modes conflict as [`LockMode::conflicts_with`] says. `Share` and
/// `ShareUpdateExclusive` each conflict with something that the other one lets pass, so that between these two
/// "stronger" is a matter of degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    /// `SELECT`
    AccessShare,
    /// `SELECT FOR UPDATE`, and the referenced table while a foreign key is validated.
    RowShare,
    /// `INSERT`, `UPDATE`, `DELETE`
    RowExclusive,
    /// `VACUUM`, `ANALYZE`, `CREATE INDEX CONCURRENTLY`, `VALIDATE CONSTRAINT`
    ShareUpdateExclusive,
    /// `CREATE INDEX`
    Share,
    /// `CREATE TRIGGER`, `ADD FOREIGN KEY`
    ShareRowExclusive,
    /// `REFRESH MATERIALIZED VIEW CONCURRENTLY`
    Exclusive,
    /// `DROP TABLE`, most of `ALTER TABLE`
    AccessExclusive,
}

/// Whom a lock keeps waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeptOut {
    /// Nobody but those who want the relation for themselves alone.
    Nobody,
    /// Changes of the schema and maintenance; neither readers nor writers.
    SchemaChanges,
    /// Those who write rows.
    Writers,
    /// Everybody, readers too.
    Everybody,
}

impl LockMode {
    /// All modes, the weakest first.
    pub const ALL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// The name as `LOCK TABLE … IN … MODE` spells it, such as `SHARE ROW EXCLUSIVE`.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The mode that `pg_locks.mode` calls so, such as `ShareRowExclusiveLock`.
    #[must_use]
    pub fn of_pg_locks(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| name.strip_suffix("Lock") == Some(&mode.sql_words()))
    }

    /// The first letters of its words, as tables of lock modes have them: `AE`, `SUE`.
    #[must_use]
    pub fn initials(self) -> &'static str {
        match self {
            Self::AccessShare => "AS",
            Self::RowShare => "RS",
            Self::RowExclusive => "RE",
            Self::ShareUpdateExclusive => "SUE",
            Self::Share => "S",
            Self::ShareRowExclusive => "SRE",
            Self::Exclusive => "E",
            Self::AccessExclusive => "AE",
        }
    }

    /// The modes that another transaction cannot hold at the same time.
    #[must_use]
    pub fn conflicts_with(self) -> &'static [Self] {
        use LockMode::{
            AccessExclusive, AccessShare, Exclusive, RowExclusive, RowShare, Share, ShareRowExclusive,
            ShareUpdateExclusive,
        };
        match self {
            AccessShare => &[AccessExclusive],
            RowShare => &[Exclusive, AccessExclusive],
            RowExclusive => &[Share, ShareRowExclusive, Exclusive, AccessExclusive],
            ShareUpdateExclusive => &[ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive],
            Share => &[RowExclusive, ShareUpdateExclusive, ShareRowExclusive, Exclusive, AccessExclusive],
            ShareRowExclusive => {
                &[RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive]
            }
            Exclusive => {
                &[RowShare, RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive]
            }
            AccessExclusive => &Self::ALL,
        }
    }

    /// Whom it keeps waiting while it is held, and while it is waited for.
    #[must_use]
    pub fn keeps_out(self) -> KeptOut {
        let conflicts = self.conflicts_with();
        if conflicts.contains(&Self::AccessShare) {
            KeptOut::Everybody
        } else if conflicts.contains(&Self::RowExclusive) {
            KeptOut::Writers
        } else if conflicts.contains(&Self::ShareUpdateExclusive) {
            KeptOut::SchemaChanges
        } else {
            KeptOut::Nobody
        }
    }

    fn sql_words(self) -> String {
        let capitalized = |word: &str| {
            let (first, rest) = word.split_at(1);
            format!("{first}{}", rest.to_ascii_lowercase())
        };
        self.sql().split(' ').map(capitalized).collect()
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sql())
    }
}

impl KeptOut {
    /// To follow "keeps out".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::SchemaChanges => "schema changes",
            Self::Writers => "writers",
            Self::Everybody => "readers and writers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_are_mutual() {
        for one in LockMode::ALL {
            for other in LockMode::ALL {
                let mutual = one.conflicts_with().contains(&other) == other.conflicts_with().contains(&one);
                assert!(mutual, "{one} and {other}");
            }
        }
    }

    #[test]
    fn each_mode_keeps_out_at_least_what_weaker_ones_do() {
        let kept: Vec<KeptOut> = LockMode::ALL.into_iter().map(LockMode::keeps_out).collect();
        assert!(kept.is_sorted(), "{kept:?}");
        assert_eq!(LockMode::Exclusive.keeps_out().words(), "writers");
    }

    #[test]
    fn pg_locks_names_them_in_one_word() {
        assert_eq!(LockMode::of_pg_locks("ShareRowExclusiveLock"), Some(LockMode::ShareRowExclusive));
        assert_eq!(LockMode::of_pg_locks("SIReadLock"), None);
    }
}
