//! goose: both directions in one file, below `-- +goose Up` and `-- +goose Down`.

use limosa_syntax::Diagnostic;

use crate::Separator;
use crate::folder::{Folder, FolderFile};

use super::numbered::{count_marked, find_files};
use super::{DownPlace, Fit, Found, Layout, Sections, Template};

pub(super) struct Goose;

/// The command of a line `-- +goose COMMAND`, in capitals.
fn command(line: &str) -> Option<String> {
    Some(line.strip_prefix("--")?.trim_start().strip_prefix("+goose")?.trim().to_ascii_uppercase())
}

fn is(name: &'static str) -> impl Fn(&str) -> bool {
    move |line| command(line).is_some_and(|command| command == name)
}

impl Layout for Goose {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::mark(count_marked(folder, is("UP")))
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        let substitutes = |line: &str| command(line).is_some_and(|command| command.starts_with("ENVSUB ON"));
        if let Some((span, _)) = file.comment_lines().find(|(_, line)| substitutes(line)) {
            let error = Diagnostic::error("unsupported-mark", "goose's substitution of `$NAME` is not supported")
                .with_help("write `${env:NAME}` instead, which Limosa fills in, and remove this line");
            return Err(Box::new(match &file.source {
                Some(source) => error.at(source, span),
                None => error,
            }));
        }
        let mut sections = Sections::marked(file, is("UP"), is("DOWN")).unwrap_or_else(|| Sections::limosa(file));
        sections.separator = Separator::GooseStatements;
        let off = file.comment_lines().any(|(_, line)| is("NO TRANSACTION")(line));
        Ok(sections.without_transaction(off))
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(vec![(format!("{version}_{name}.sql"), "-- +goose Up\n\n-- +goose Down\n".to_owned())])
    }
}
