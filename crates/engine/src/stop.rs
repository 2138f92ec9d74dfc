//! The wish to stop, as it comes from Ctrl-C and SIGTERM.

use tokio::sync::watch;

/// How urgently somebody wants the run to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Not at all.
    Run,
    /// After what is running now: the migration where it is one transaction, otherwise its stage.
    AfterThis,
    /// Now: the running statement is cancelled on the server.
    Now,
}

/// The end that asks.
#[derive(Debug)]
pub struct StopSwitch(watch::Sender<Urgency>);

/// The end that listens; clones share the switch.
#[derive(Debug, Clone)]
pub struct StopSignal(watch::Receiver<Urgency>);

/// A switch and its signal.
#[must_use]
pub fn stop_switch() -> (StopSwitch, StopSignal) {
    let (sender, receiver) = watch::channel(Urgency::Run);
    (StopSwitch(sender), StopSignal(receiver))
}

impl StopSwitch {
    /// Asks once more: the first time to stop after what is running, the second time to stop now. Returns what is asked
    /// for from here on.
    pub fn ask(&self) -> Urgency {
        self.0.send_modify(|urgency| {
            *urgency = if *urgency == Urgency::Run { Urgency::AfterThis } else { Urgency::Now };
        });
        *self.0.borrow()
    }
}

impl StopSignal {
    /// Whether a stop was asked for, of any urgency.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow() > Urgency::Run
    }

    /// Waits until a stop of at least this urgency is asked for; for ever if the switch is gone.
    pub async fn at_least(&mut self, urgency: Urgency) {
        if self.0.wait_for(|now| *now >= urgency).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
