//! A small shell between this process and the server, which stops the server when this process is gone.
//!
//! Whoever started a server may be killed before it can stop it, and a destructor does not run then. The shell reads
//! signal names from a pipe; the end of the pipe means that the owner is gone. The server holds the write end of
//! another pipe, so its end, for whatever reason, is an event here instead of something to poll for.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use super::super::ProviderError;
use super::Account;

/// `$1` is removed at the end if the owner is gone (empty: nothing); the rest is the server's command line.
///
/// The background job must not read the pipe, hence `</dev/null`; the shell itself gives up its standard output, so
/// that only the server's processes hold that pipe.
const SCRIPT: &str = r#"
removed=$1; shift
"$@" </dev/null &
server=$!
echo "$server"
exec >/dev/null
while read -r signal; do
  if [ "$signal" = KEEP ]; then removed=; else kill -s "$signal" "$server"; fi
done
kill -s INT "$server" 2>/dev/null
wait "$server"
[ -z "$removed" ] || rm -rf "$removed"
"#;

/// A signal to the server's main process, with the meaning that PostgreSQL gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Smart: wait until every client has left.
    Term,
    /// Fast: end the clients' transactions, write a checkpoint.
    Int,
    /// Immediate: end at once; the next start recovers.
    Quit,
    /// A crash.
    Kill,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Int => "INT",
            Self::Quit => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

/// A server process and the shell that watches over it.
#[derive(Debug)]
pub(super) struct Supervisor {
    shell: Child,
    orders: Option<ChildStdin>,
    ended: Receiver<()>,
    process: u32,
}

impl Supervisor {
    /// Starts `program` with `arguments`; what it writes goes to `log`. `removed` is the folder to delete when the
    /// owner ends without having called [`Supervisor::release`].
    pub(super) fn start(
        program: &Path,
        arguments: &[String],
        account: Option<&Account>,
        log: File,
        removed: Option<&Path>,
    ) -> Result<Self, ProviderError> {
        let spawn_error = |source| ProviderError::Spawn {
            program: program.to_owned(),
            account: account.map(|account| account.name().to_owned()),
            source,
        };
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "limosa-server"])
            .arg(removed.unwrap_or(Path::new("")))
            .arg(program)
            .args(arguments)
            .current_dir("/")
            // Ctrl-C in the terminal goes to the whole group of the foreground; the server's end is for us to decide.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log);
        if let Some(account) = account {
            account.run(&mut command);
        }
        let mut shell = command.spawn().map_err(spawn_error)?;
        let orders = shell.stdin.take();
        let mut output = BufReader::new(shell.stdout.take().ok_or_else(|| spawn_error(missing_pipe()))?);
        let mut first_line = String::new();
        output.read_line(&mut first_line).map_err(spawn_error)?;
        let process = first_line.trim().parse().map_err(|_| spawn_error(missing_pipe()))?;

        let (sender, ended) = channel();
        thread::Builder::new()
            .name("limosa-server-end".to_owned())
            .spawn(move || {
                // Nothing is ever written here: this returns when the last of the server's processes is gone.
                let _ = output.read_to_end(&mut Vec::new());
                let _ = sender.send(());
            })
            .map_err(spawn_error)?;
        Ok(Self { shell, orders, ended, process })
    }

    /// The process id of the server's main process.
    pub(super) fn process(&self) -> u32 {
        self.process
    }

    /// Whether every process of the server is gone.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.ended.try_recv(), Ok(()) | Err(TryRecvError::Disconnected))
    }

    /// Waits for the server's end; whether it came within `patience`.
    pub(super) fn wait_for_end(&self, patience: Duration) -> bool {
        !matches!(self.ended.recv_timeout(patience), Err(RecvTimeoutError::Timeout))
    }

    /// Sends a signal to the server's main process.
    pub(super) fn signal(&mut self, signal: Signal) {
        self.order(signal.name());
    }

    /// Ends the watch over a server that has ended, leaving its folders to the owner.
    pub(super) fn release(mut self) {
        self.order("KEEP");
        drop(self.orders.take());
        let _ = self.shell.wait();
    }

    fn order(&mut self, order: &str) {
        if let Some(pipe) = &mut self.orders {
            // A shell that is gone has taken the server with it or been killed; the wait for the end tells.
            let _ = writeln!(pipe, "{order}").and_then(|()| pipe.flush());
        }
    }
}

fn missing_pipe() -> std::io::Error {
    std::io::Error::other("the shell that starts it did not answer")
}
