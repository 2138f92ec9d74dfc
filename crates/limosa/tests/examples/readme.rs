//! The `console` blocks of a README: lines `$ command`, and below each what it prints.

use std::fmt;

/// A README in pieces, which written one behind the other are the README.
#[derive(Debug)]
pub(crate) struct Readme(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    /// A line that is no command and no output, with its end.
    Line(String),
    Call(Call),
}

/// A command and what it prints.
#[derive(Debug)]
pub(crate) struct Call {
    /// Without the dollar; of several lines where each but the last ends in a backslash.
    pub(crate) command: String,
    pub(crate) output: String,
}

impl Readme {
    pub(crate) fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut inside = false;
        let mut goes_on = false;
        for line in text.split_inclusive('\n') {
            let fence = line.trim_end();
            if inside && fence != "```" {
                match (pieces.last_mut(), line.strip_prefix("$ ")) {
                    (Some(Piece::Call(call)), _) if goes_on => {
                        call.command.push('\n');
                        call.command.push_str(fence);
                    }
                    (_, Some(command)) => {
                        pieces.push(Piece::Call(Call { command: command.trim_end().into(), output: String::new() }));
                    }
                    (Some(Piece::Call(call)), None) => call.output.push_str(line),
                    (_, None) => panic!("a console block begins with a command, and not with {line:?}"),
                }
                goes_on = (goes_on || line.starts_with("$ ")) && fence.ends_with('\\');
            } else {
                inside = fence == "```console";
                pieces.push(Piece::Line(line.to_owned()));
            }
        }
        Self(pieces)
    }

    pub(crate) fn calls_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.0.iter_mut().filter_map(|piece| match piece {
            Piece::Call(call) => Some(call),
            Piece::Line(_) => None,
        })
    }
}

impl fmt::Display for Readme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Line(line) => f.write_str(line),
            Piece::Call(call) => write!(f, "$ {}\n{}", call.command, call.output),
        })
    }
}

/// What is shown and not printed, and the reverse; `None` where they agree. A line `…` stands for any lines.
pub(crate) fn difference(shown: &[String], printed: &[String]) -> Option<String> {
    if agree(shown, printed) {
        return None;
    }
    let lines = |mark: char, lines: &[String], others: &[String]| -> String {
        let alone = |line: &&String| !others.contains(line) && *line != ELLIPSIS;
        lines.iter().filter(alone).map(|line| format!("{mark} {line}\n")).collect()
    };
    let words = lines('-', shown, printed) + &lines('+', printed, shown);
    Some(if words.is_empty() { "the same lines in another order or number\n".to_owned() } else { words })
}

const ELLIPSIS: &str = "…";

fn agree(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == ELLIPSIS => (0..=printed.len()).any(|skipped| agree(rest, &printed[skipped..])),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, others)| first == line && agree(rest, others)),
    }
}

#[test]
fn a_readme_is_written_as_it_was_read() {
    let text = "# A\n```console\n$ limosa up \\\n    --steps 1\ndone\n$ true\n```\n```\n$ not this\n```\n";
    let mut readme = Readme::parse(text);
    assert_eq!(readme.to_string(), text);
    let calls: Vec<_> = readme.calls_mut().map(|it| (it.command.clone(), it.output.clone())).collect();
    let call = |command: &str, output: &str| (command.to_owned(), output.to_owned());
    assert_eq!(calls, [call("limosa up \\\n    --steps 1", "done\n"), call("true", "")]);
}

#[test]
fn what_is_left_out_may_be_anything_and_the_rest_must_be_there() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(difference(&lines("a\n…\nd"), &lines("a\nb\nc\nd")), None);
    assert_eq!(difference(&lines("…"), &[]), None);
    assert_eq!(difference(&lines("a\nx\n…"), &lines("a\nb")).unwrap(), "- x\n+ b\n");
    assert!(difference(&lines("a\nb"), &lines("b\na")).is_some());
}
