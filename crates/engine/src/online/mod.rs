//! The life of an online change: begun by `up`, ended by `contract` or `abort`, taken back by `down`.
//!
//! What a migration comes to is decided by `limosa_plan` when it begins, and kept in the history with the scripts. So
//! whoever goes on with it, contracts it or aborts it needs no file, and does what was decided then.

mod check;
mod evidence;
mod expand;
mod finish;
mod hidden;
mod preview;
mod record;
mod wire;

pub(crate) use expand::{Expansion, expand};
pub(crate) use finish::{AbortedRow, abort_in_run};
pub use finish::{FinishOptions, OnlineEnd, abort, contract};
pub(crate) use hidden::Hidden;
pub use preview::{PlannedOnline, PlannedScript};
pub(crate) use preview::{circumstances, preview};
pub use record::{OnlineRecord, OnlineSeen, OnlineStanding, OnlineState};
pub(crate) use record::{changes, see, standing};
