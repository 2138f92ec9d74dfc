//! Ctrl-C and SIGTERM: the first asks for a stop after what is running, the second cancels it.

use limosa_engine::{StopSignal, StopSwitch, Urgency, stop_switch};

use crate::output::tell;

/// Listens from here on. Off Unix, only Ctrl-C is listened to.
pub(crate) fn listen() -> StopSignal {
    let (switch, signal) = stop_switch();
    tokio::spawn(pass_on(switch));
    signal
}

async fn pass_on(switch: StopSwitch) {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    loop {
        #[cfg(unix)]
        let heard = async {
            tokio::select! {
                heard = tokio::signal::ctrl_c() => heard.is_ok(),
                Some(()) = async {
                    match &mut terminate {
                        Some(terminate) => terminate.recv().await,
                        None => std::future::pending().await,
                    }
                } => true,
            }
        };
        #[cfg(not(unix))]
        let heard = async { tokio::signal::ctrl_c().await.is_ok() };
        if !heard.await {
            return;
        }
        tell(match switch.ask() {
            Urgency::Run | Urgency::AfterThis => {
                "\nstopping after the statement that is running; again to cancel it on the server\n"
            }
            Urgency::Now => "\ncancelling the running statement\n",
        });
    }
}
