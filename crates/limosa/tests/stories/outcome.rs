//! What a call of the program gave.

use serde_json::Value;

/// Exit code and output of one call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) command: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "the exit code of {self}");
        self
    }

    /// It ended with any code but 0.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        assert_ne!(self.code, Some(0), "{self}");
        self
    }

    /// Asserts that the program says this, on whichever stream.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.all().contains(text), "{text:?} is missing in {self}");
        self
    }

    /// Asserts that it says this nowhere.
    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        assert!(!self.all().contains(text), "{text:?} must not stand in {self}");
        self
    }

    /// Both streams.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Each line of stdout, which must be JSON.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let parse =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?} in {self}"));
        self.stdout.lines().map(parse).collect()
    }

    /// Stdout, which must be one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self}"))
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, code, stdout, stderr } = self;
        write!(f, "`limosa {command}`, exit code {code:?}\n--- stdout\n{stdout}--- stderr\n{stderr}---")
    }
}
