//! A project in a folder of its own, and the real program run on it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::patience::{DEADLINE, wait_for};

/// A folder with limosa.toml and migrations.
pub(crate) struct Project {
    folder: TempDir,
    url: String,
    variables: Vec<(String, String)>,
}

/// One migration: its file's stem, what it does and what takes it back.
pub(crate) type Migration<'a> = (&'a str, &'a str, &'a str);

impl Project {
    /// A project whose target is this URL; `embedded` is one too. `run` goes below `[run]`.
    pub(crate) fn new(url: &str, run: &str, migrations: &[Migration<'_>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = if url == "embedded" { url } else { "env:DATABASE_URL" };
        let config = format!("[project]\nname = \"clinic\"\n\n[env.dev]\nurl = \"{place}\"\n\n[run]\n{run}\n");
        fs::write(folder.path().join("limosa.toml"), config).unwrap();
        fs::create_dir(folder.path().join("migrations")).unwrap();
        let project = Self { folder, url: url.to_owned(), variables: Vec::new() };
        for (name, up, down) in migrations {
            project.write(name, up, down);
        }
        project
    }

    /// With a variable in the program's environment.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes, or writes anew, a migration.
    pub(crate) fn write(&self, name: &str, up: &str, down: &str) {
        let folder = self.path().join("migrations");
        fs::write(folder.join(format!("{name}.sql")), up).unwrap();
        if !down.is_empty() {
            fs::write(folder.join(format!("{name}.down.sql")), down).unwrap();
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same project with its target elsewhere, say behind a proxy.
    pub(crate) fn at(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limosa"));
        self.set_up(&mut command, arguments);
        command
    }

    fn set_up(&self, command: &mut Command, arguments: &[&str]) {
        command.arg("-C").arg(self.path()).args(arguments);
        command.env_clear().env("HOME", cache()).env("XDG_CACHE_HOME", cache()).env("USER", "tester");
        command.env("DATABASE_URL", &self.url).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    /// Runs the program to its end, with files of so many kilobytes at most; what goes beyond is an error, no signal.
    pub(crate) fn run_with_files_of(&self, kilobytes: u64, arguments: &[&str]) -> Ended {
        let limit = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kilobytes * 2);
        let mut command = Command::new("sh");
        command.args(["-c", &limit, env!("CARGO_BIN_EXE_limosa")]);
        self.set_up(&mut command, arguments);
        Self::spawned(command, arguments).end()
    }

    /// Starts the program and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Self::spawned(self.command(arguments), arguments)
    }

    fn spawned(mut command: Command, arguments: &[&str]) -> Running {
        let mut child = command.spawn().unwrap();
        let (out, err) = (Stream::of(child.stdout.take().unwrap()), Stream::of(child.stderr.take().unwrap()));
        Running { child: Some(child), out, err, arguments: arguments.join(" ") }
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    /// Runs `up`, which has to succeed.
    pub(crate) fn up(&self) -> Ended {
        self.run(&["up"]).must_exit(0)
    }
}

/// Where the embedded server unpacks what does not change: once for all tests, beside the program.
fn cache() -> PathBuf {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    fs::create_dir_all(&cache).unwrap();
    cache
}

/// What a program has written so far, gathered while it runs.
struct Stream {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let gathered = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = pipe.read(&mut buffer) {
                gathered.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        Self { text, reader: Some(reader) }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    fn all(mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.so_far()
    }
}

/// The program, running. Dropping it kills it.
pub(crate) struct Running {
    child: Option<Child>,
    out: Stream,
    err: Stream,
    arguments: String,
}

impl Running {
    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().map(Child::id).unwrap()
    }

    /// Sends a signal by its number.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.id(), signal);
    }

    /// Waits until it has written this to its error output.
    pub(crate) fn wait_to_say(&mut self, words: &str) {
        let begun = Instant::now();
        loop {
            let running = self.is_running();
            let said = self.err.so_far();
            if said.contains(words) {
                return;
            }
            let in_vain = if running { begun.elapsed() > DEADLINE } else { true };
            assert!(!in_vain, "`limosa {}` does not say `{words}`, running: {running}:\n{said}", self.arguments);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until it has written so many lines to its error output; whether it did not end before.
    pub(crate) fn comes_to_line(&mut self, lines: usize) -> bool {
        wait_for("another line", || match (self.err.so_far().lines().count() >= lines, self.is_running()) {
            (true, _) => Some(true),
            (false, false) => Some(false),
            _ => None,
        })
    }

    /// Whether it runs still.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_none())
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let arguments = std::mem::take(&mut self.arguments);
        let mut child = self.child.take().unwrap();
        let status = wait_for(&format!("the end of `limosa {arguments}`"), || child.try_wait().unwrap());
        let (out, err) = (
            std::mem::replace(&mut self.out, Stream::of(&b""[..])),
            std::mem::replace(&mut self.err, Stream::of(&b""[..])),
        );
        Ended { status, out: out.all(), err: err.all(), arguments }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What can be sent to a process.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    Interrupt,
    Terminate,
    Kill,
    Pause,
    GoOn,
}

/// Sends a signal to a process of this test; one that has ended takes none.
pub(crate) fn send(process: u32, signal: Signal) {
    let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) else { return };
    let signal = match signal {
        Signal::Interrupt => rustix::process::Signal::INT,
        Signal::Terminate => rustix::process::Signal::TERM,
        Signal::Kill => rustix::process::Signal::KILL,
        Signal::Pause => rustix::process::Signal::STOP,
        Signal::GoOn => rustix::process::Signal::CONT,
    };
    let _ = rustix::process::kill_process(process, signal);
}

/// How a run of the program ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
    arguments: String,
}

impl Ended {
    /// Everything it wrote.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.err, self.out)
    }

    /// Fails with all that was written unless the exit code is this.
    pub(crate) fn must_exit(self, code: i32) -> Self {
        let Self { status, arguments, .. } = &self;
        assert_eq!(status.code(), Some(code), "`limosa {arguments}` ended with {status}:\n{}", self.text());
        self
    }

    /// Fails unless all of these words were written.
    pub(crate) fn must_say(self, words: &[&str]) -> Self {
        let text = self.text();
        for words in words {
            assert!(text.contains(words), "`limosa {}` does not say `{words}`:\n{text}", self.arguments);
        }
        self
    }
}
