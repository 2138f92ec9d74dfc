//! The verbs: one file each, one line each in the two lists below.

// Not from the macro's list, in which rustfmt would not see them.
mod abort;
mod adopt;
mod backfill;
mod backup;
mod check;
mod contract;
mod diff;
mod doctor;
mod down;
mod drift;
mod generate;
mod id;
mod init;
mod lint;
mod log;
mod new;
mod plan;
mod prove;
mod purge;
mod rebase;
mod redo;
mod rekey;
mod renumber;
mod repair;
mod report;
mod restore;
mod seed;
mod snapshot;
mod squash;
mod status;
mod sum;
mod trace;
mod up;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

macro_rules! verbs {
    ($($module:ident :: $variant:ident),* $(,)?) => {
        /// What is to be done.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Verb {
            $(
                #[allow(missing_docs, reason = "the help stands at the arguments' type")]
                $variant($module::$variant),
            )*
        }

        impl Verb {
            /// Does it.
            pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
                match self {
                    $(Self::$variant(verb) => verb.run(invocation).await,)*
                }
            }
        }
    };
}

// In the order of the help.
verbs! {
    init::Init,
    new::New,
    status::Status,
    plan::Plan,
    diff::Diff,
    generate::Generate,
    drift::Drift,
    lint::Lint,
    report::Report,
    trace::Trace,
    prove::Prove,
    check::Check,
    snapshot::Snapshot,
    up::Up,
    down::Down,
    rekey::Rekey,
    contract::Contract,
    abort::Abort,
    redo::Redo,
    rebase::Rebase,
    adopt::Adopt,
    renumber::Renumber,
    repair::Repair,
    squash::Squash,
    sum::Sum,
    doctor::Doctor,
    log::Log,
    id::Id,
    seed::Seed,
    backfill::Backfill,
    backup::Backup,
    restore::Restore,
    purge::Purge,
}
