//! The life of an online change: begun by `up`, ended by `contract` or `abort`, taken back by `down`.
//!
//! What a migration comes to is decided by `limosa_plan` when it begins, and kept in the history with the scripts. So
//! whoever goes on with it, contracts it or aborts it needs no file, and does what was decided then.

mod carry;
mod check;
mod evidence;
mod exercise;
mod expand;
mod failing;
mod finish;
mod followed;
mod given_back;
mod growth;
mod hidden;
mod meanwhile;
mod old_keys;
mod open;
mod order;
mod owned;
mod owner;
mod preview;
mod ready;
mod record;
mod replicated;
mod rows;
mod seen;
mod trial;
mod versions;
mod wire;

pub use carry::carried_rows;
pub(crate) use carry::{carry_waiting, is_carried_to};
pub(crate) use exercise::exercise;
pub(crate) use expand::{Expansion, expand};
pub(crate) use finish::{AbortedRow, abort_in_run, contract_in_run};
pub use finish::{FinishOptions, OnlineEnd, abort, contract};
pub use growth::Room;
pub(crate) use hidden::Hidden;
pub(crate) use old_keys::has_old_keys;
pub(crate) use open::{OpenChanges, held_up};
pub use owner::{MapStanding, OwnedMap, Owner, Owners, owned_map};
pub use preview::{PlannedOnline, PlannedScript};
pub(crate) use preview::{number_to_come, preview, warnings};
pub use record::{OnlineRecord, OnlineStanding, OnlineState};
pub(crate) use record::{changes, never_begun, standing};
pub use seen::OnlineSeen;
pub(crate) use seen::see;
pub(crate) use versions::refresh_current;
