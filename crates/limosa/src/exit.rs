//! Exit codes.

use limosa_engine::Ending;

/// How the program ends, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked for is done.
    Done,
    /// Findings, drift or something pending.
    Findings,
    /// Wrong use, or something unexpected.
    Error,
    /// Stopped part-way; the same command goes on.
    Resumable,
    /// Locks were not to be had; trying again may help.
    TryAgain,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Error => 2,
            Self::Resumable => 3,
            Self::TryAgain => 4,
        }
    }

    /// The one code for two targets. A state that has to be resumed must not be missed, an error not be taken for
    /// something that passes.
    pub(crate) fn and(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Done => 0,
            Self::TryAgain => 1,
            Self::Findings => 2,
            Self::Error => 3,
            Self::Resumable => 4,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl From<Ending> for Exit {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Finding => Self::Findings,
            Ending::Error => Self::Error,
            Ending::Resumable => Self::Resumable,
            Ending::TryAgain => Self::TryAgain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_targets_the_one_that_needs_a_person_more_decides() {
        assert_eq!(Exit::Done.and(Exit::TryAgain), Exit::TryAgain);
        assert_eq!(Exit::Resumable.and(Exit::Error), Exit::Resumable);
        assert_eq!(Exit::TryAgain.and(Exit::Error), Exit::Error);
    }
}
