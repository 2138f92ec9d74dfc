//! What the operating system says: variables, folders, who is at the keyboard. The only place that asks.
#![expect(clippy::disallowed_methods, reason = "this is the one module that reads the environment")]

mod account;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use limosa_postgres::ClientContext;
use limosa_syntax::Diagnostic;

use self::account::Account;
use crate::failure::Failure;

/// The file with variables for development, beside limosa.toml or in a service's folder.
const DOTENV: &str = ".env";

/// Names the folder in which answers are kept.
const CACHE: &str = "LIMOSA_CACHE";

/// The process's surroundings, read once.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    variables: HashMap<String, String>,
    /// The value of PATH, which need not be text.
    pub(crate) path: Option<OsString>,
    home: Option<PathBuf>,
    account: Option<Account>,
    /// This machine's name.
    pub(crate) host: Option<String>,
    /// Where temporary files go.
    pub(crate) temporary: PathBuf,
}

impl Environment {
    /// Reads it all. Variables that are not text are left out.
    pub(crate) fn read() -> Result<Self, Failure> {
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let variables: HashMap<String, String> = std::env::vars_os().filter_map(text).collect();
        let named = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        Ok(Self {
            path: std::env::var_os("PATH"),
            home: std::env::home_dir(),
            account: Account::effective(),
            host: host().or_else(|| named("COMPUTERNAME")),
            temporary: std::env::temp_dir(),
            variables,
        })
    }

    /// A variable of the process itself.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Where answers are kept that can be had again: `LIMOSA_CACHE`, else where the system keeps such things.
    pub(crate) fn cache(&self) -> Option<PathBuf> {
        let named = |name: &str| self.variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(own) = named(CACHE) {
            return Some(own);
        }
        let home = |folder: &str| self.home.as_ref().map(|home| home.join(folder));
        let of_user = if cfg!(windows) {
            named("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            home("Library/Caches")
        } else {
            // The specification says that a relative path does not count.
            named("XDG_CACHE_HOME").filter(|folder| folder.is_absolute()).or_else(|| home(".cache"))
        };
        of_user.map(|folder| folder.join("limosa"))
    }

    /// Starts the program again in this process, with one variable changed. Returns only where that fails.
    #[cfg(all(unix, feature = "embedded"))]
    pub(crate) fn start_again_with(&self, name: &str, value: &str) {
        use std::os::unix::process::CommandExt as _;

        if let Ok(program) = std::env::current_exe() {
            let _ = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(name, value).exec();
        }
    }

    /// Who runs this, for the record: `anna@laptop`.
    pub(crate) fn actor(&self) -> String {
        let numbered = || self.account.as_ref().map(|account| format!("uid {}", account.number));
        let user = self.logged_in().map(str::to_owned).or_else(|| self.user()).or_else(numbered);
        let user = user.unwrap_or_else(|| "unknown".to_owned());
        match &self.host {
            Some(host) => format!("{user}@{host}"),
            None => user,
        }
    }

    /// The name of the login, which `su` and `sudo` may have left as it was.
    fn logged_in(&self) -> Option<&str> {
        ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|name| self.variable(name)).find(|name| !name.is_empty())
    }

    /// The default role: as with libpq the effective user, whatever the environment says. Accounts that the user
    /// database does not know have the name of their login.
    fn user(&self) -> Option<String> {
        self.account.as_ref().and_then(|account| account.name.clone()).or_else(|| self.logged_in().map(str::to_owned))
    }

    /// The variables as a service sees them: the process's own come before those of the `.env` files, and the file of
    /// the folder that comes first before the others'.
    ///
    /// # Errors
    /// A `.env` file that cannot be read. Its text is not repeated, for the sake of what it holds.
    pub(crate) fn with_files(&self, folders: &[PathBuf]) -> Result<ClientContext, Diagnostic> {
        let mut variables = self.variables.clone();
        for folder in folders {
            for (name, value) in read_file(&folder.join(DOTENV))? {
                variables.entry(name).or_insert(value);
            }
        }
        Ok(ClientContext { variables, home: self.home.clone(), user: self.user() })
    }
}

fn read_file(path: &Path) -> Result<Vec<(String, String)>, Diagnostic> {
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let unreadable = |error: &dotenvy::Error| {
        let what = match error {
            dotenvy::Error::LineParse(line, at) => {
                let number = std::fs::read_to_string(path)
                    .ok()
                    .and_then(|text| text.lines().position(|other| other == line))
                    .map_or_else(String::new, |line| format!("line {}, ", line + 1));
                format!("{number}character {} is not what a line of variables may hold", at + 1)
            }
            dotenvy::Error::Io(error) => error.to_string(),
            _ => "it is no file of variables".to_owned(),
        };
        Diagnostic::error("dotenv", format!("`{}` cannot be read: {what}", path.display()))
            .with_help("write one `NAME=value` on each line, with quotes around values that hold spaces or `#`")
    };
    let entries = dotenvy::from_path_iter(path).map_err(|error| unreadable(&error))?;
    entries.collect::<Result<_, _>>().map_err(|error| unreadable(&error))
}

#[cfg(unix)]
fn host() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(not(unix))]
fn host() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment {
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            path: None,
            home: None,
            account: Some(Account { number: 1000, name: None }),
            host: Some("laptop".into()),
            temporary: PathBuf::new(),
        }
    }

    #[test]
    fn the_process_comes_before_the_service_and_the_service_before_the_root() {
        let root = tempfile::tempdir().unwrap();
        let service = root.path().join("auth");
        fs::create_dir(&service).unwrap();
        fs::write(root.path().join(".env"), "A=root\nB=root\nexport C='root value' # for all\n").unwrap();
        fs::write(service.join(".env"), "A=service\nB=service\n").unwrap();
        let context = environment(&[("A", "process")]).with_files(&[service, root.path().to_owned()]).unwrap();
        let read = |name: &str| context.variables.get(name).map(String::as_str);
        assert_eq!([read("A"), read("B"), read("C")], [Some("process"), Some("service"), Some("root value")]);
    }

    #[test]
    fn the_actor_is_the_login_and_the_default_role_is_the_account() {
        let known = |variables: &[(&str, &str)]| {
            let account = Some(Account { number: 1000, name: Some("cron".into()) });
            Environment { account, ..environment(variables) }
        };
        let user = |environment: Environment| environment.with_files(&[]).unwrap().user;
        assert_eq!(known(&[("USER", "anna")]).actor(), "anna@laptop");
        assert_eq!(known(&[("USER", ""), ("LOGNAME", "anna")]).actor(), "anna@laptop");
        assert_eq!(known(&[]).actor(), "cron@laptop");
        assert_eq!(environment(&[]).actor(), "uid 1000@laptop");
        assert_eq!(user(known(&[("USER", "anna")])).as_deref(), Some("cron"));
        assert_eq!(user(environment(&[("USER", "anna")])).as_deref(), Some("anna"));
        assert_eq!(user(environment(&[])), None, "a number is no role");
    }

    #[test]
    fn a_broken_file_is_an_error_that_repeats_no_secret() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(".env"), "A=1\nsecret hunter2\n").unwrap();
        let error = environment(&[]).with_files(&[root.path().to_owned()]).unwrap_err();
        assert!(error.message.contains("line 2"), "{}", error.message);
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }
}
