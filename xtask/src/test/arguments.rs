//! The arguments of `cargo xtask test`.

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// Every major of which there are binaries, not only the oldest and the newest.
    pub(super) all_versions: bool,
    /// The slow laws, too.
    pub(super) thorough: bool,
    /// What is handed to `cargo test`.
    pub(super) cargo: Vec<String>,
}

impl Arguments {
    /// Reads the arguments after the task's name.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--all-versions" => parsed.all_versions = true,
                "--thorough" => parsed.thorough = true,
                "--" => parsed.cargo = rest.by_ref().cloned().collect(),
                other => {
                    return Err(format!(
                        "`test` takes --all-versions, --thorough and, after --, arguments of cargo test; not {other:?}"
                    ));
                }
            }
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_follows_two_dashes_is_cargos() {
        let parsed = parse(&["--thorough", "--", "-p", "x", "--", "--all-versions"]).unwrap();
        assert_eq!((parsed.all_versions, parsed.thorough), (false, true));
        assert_eq!(parsed.cargo, ["-p", "x", "--", "--all-versions"]);
        assert_eq!(parse(&[]), Ok(Arguments::default()));
        assert!(parse(&["--fast"]).unwrap_err().contains("--fast"));
    }
}
