//! Commands that must end with exit code 0.

use std::collections::VecDeque;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use limosa_engine::{CheckOutcome, CheckVerdict, StopSignal, Urgency};
use limosa_project::CheckCommand;
use limosa_syntax::Diagnostic;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// How many lines of its output are shown of a command that fails, and how many bytes are kept for them.
const LINES: usize = 20;
const BYTES: usize = 16 * 1024;

/// How long output may still come once a command has ended; what it left running may keep the pipe open.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// How a command ended.
enum Ending {
    Status(ExitStatus),
    TimedOut,
    Stopped,
}

/// Runs a command of `[check]` in the project's folder, with these variables beside those of the process.
pub(crate) async fn run_command<'v>(
    check: &CheckCommand,
    folder: &Path,
    variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    stop: &StopSignal,
) -> CheckOutcome {
    let begun = Instant::now();
    let verdict = match start(check, folder, variables) {
        Ok(child) => watch(check, child, stop.clone()).await,
        Err(error) => failed(check, format!("cannot be run: {error}"), ""),
    };
    CheckOutcome { name: check.name.clone(), took: begun.elapsed(), verdict }
}

fn start<'v>(
    check: &CheckCommand,
    folder: &Path,
    variables: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> std::io::Result<Child> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(shell);
    command.args([flag, &check.command]).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(variables).envs(check.variables.iter().map(|(name, value)| (name, value)));
    // A group of its own, so that what it starts can be ended with it.
    #[cfg(unix)]
    command.process_group(0);
    command.spawn()
}

async fn watch(check: &CheckCommand, mut child: Child, mut stop: StopSignal) -> CheckVerdict {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let tail = std::cell::RefCell::new(VecDeque::new());
    let mut reading = std::pin::pin!(async {
        tokio::join!(read(stdout, &tail), read(stderr, &tail));
    });
    let mut drained = false;
    let ending = {
        let mut limit = std::pin::pin!(tokio::time::sleep(check.timeout));
        loop {
            tokio::select! {
                status = child.wait() => break status.map(Ending::Status),
                () = &mut reading, if !drained => drained = true,
                () = &mut limit => break Ok(Ending::TimedOut),
                () = stop.at_least(Urgency::AfterThis) => break Ok(Ending::Stopped),
            }
        }
    };
    if matches!(ending, Ok(Ending::TimedOut | Ending::Stopped)) {
        end(&mut child).await;
    }
    if !drained {
        let _ = tokio::time::timeout(LAST_WORDS, reading).await;
    }
    let said: Vec<u8> = tail.borrow().iter().copied().collect();
    let said = String::from_utf8_lossy(&said).trim_end().to_owned();
    match ending {
        Ok(Ending::Status(status)) if status.success() => CheckVerdict::Passed,
        Ok(Ending::Status(status)) => failed(check, format!("ended with {status}"), &said),
        Ok(Ending::TimedOut) => failed(check, format!("took longer than {} s", check.timeout.as_secs_f64()), &said),
        Ok(Ending::Stopped) => failed(check, "was stopped on request".to_owned(), &said),
        Err(error) => failed(check, format!("cannot be waited for: {error}"), &said),
    }
}

/// Ends a command and all that it started.
async fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill().await;
}

async fn read(stream: Option<impl AsyncRead + Unpin>, tail: &std::cell::RefCell<VecDeque<u8>>) {
    let Some(mut stream) = stream else { return };
    let mut buffer = [0; 4096];
    while let Ok(bytes @ 1..) = stream.read(&mut buffer).await {
        let mut tail = tail.borrow_mut();
        tail.extend(&buffer[..bytes]);
        let excess = tail.len().saturating_sub(BYTES);
        tail.drain(..excess);
    }
}

fn failed(check: &CheckCommand, how: String, said: &str) -> CheckVerdict {
    let message = format!("the check `{}` does not hold: `{}` {how}", check.name, check.command);
    let mut diagnostic = Diagnostic::error("check-failed", message);
    if !said.is_empty() {
        let lines: Vec<&str> = said.lines().collect();
        let shown = lines[lines.len().saturating_sub(LINES)..].join("\n");
        let heading = if lines.len() > LINES { "it said last" } else { "it said" };
        diagnostic = diagnostic.with_note(format!("{heading}:\n{shown}"));
    }
    CheckVerdict::Failed(Box::new(diagnostic))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    async fn run(command: &str, timeout: Duration) -> CheckOutcome {
        let check = CheckCommand {
            name: "probe".into(),
            command: command.into(),
            timeout,
            variables: vec![("WHO".into(), "Ann".into())],
            services: Vec::new(),
        };
        let (_switch, stop) = limosa_engine::stop_switch();
        run_command(&check, Path::new("/"), [("WHO", "nobody"), ("WHERE", "here")], &stop).await
    }

    fn told(outcome: &CheckOutcome) -> (String, Vec<String>) {
        let diagnostic = outcome.diagnostic().unwrap();
        (diagnostic.message, diagnostic.notes)
    }

    #[tokio::test]
    async fn a_command_is_run_by_the_shell_and_its_words_are_kept() {
        let minute = Duration::from_secs(60);
        assert!(!run("test \"$WHO-$WHERE\" = Ann-here", minute).await.is_failed());
        let (message, notes) = told(&run("echo no; echo way >&2; exit 7", minute).await);
        assert_eq!(
            message,
            "the check `probe` does not hold: `echo no; echo way >&2; exit 7` ended with exit status: 7"
        );
        assert!(notes[0].contains("no") && notes[0].contains("way"), "{notes:?}");
        let (_, notes) = told(&run("seq 1 100000; false", minute).await);
        assert!(notes[0].starts_with("it said last:\n99981\n") && notes[0].ends_with("\n100000"), "{notes:?}");
    }

    #[tokio::test]
    async fn one_that_hangs_is_ended_with_all_it_started() {
        let outcome = run("echo begun; sleep 600 & sleep 600", Duration::from_millis(300)).await;
        let (message, notes) = told(&outcome);
        assert!(message.ends_with("took longer than 0.3 s"), "{message}");
        assert_eq!(notes, ["it said:\nbegun"]);
    }

    #[tokio::test]
    async fn one_that_leaves_something_running_is_done_nevertheless() {
        assert!(!run("sleep 5 & true", Duration::from_secs(60)).await.is_failed());
    }
}
