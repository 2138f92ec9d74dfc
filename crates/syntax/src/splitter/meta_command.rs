//! psql's backslash commands, which the server does not know.

use super::Splitter;
use crate::token::Token;
use crate::{Problem, Span};

const CODE: &str = "psql-command";

impl Splitter<'_> {
    /// Passes over a backslash command, which reaches to the end of its line.
    pub(super) fn meta_command(&mut self, token: Token) {
        let text = self.text();
        let start = token.span.start;
        let rest = text.get(start..).unwrap_or_default();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default().trim_end();
        let name = line.get(1..).unwrap_or_default().split([' ', '\t', '\\', ';']).next().unwrap_or_default();
        self.lexer.jump_to(start + line.len().max(1));
        // pg_dump fences its output with these two against tampering.
        if matches!(name, "restrict" | "unrestrict") && self.open.is_none() {
            return;
        }
        self.report(|| {
            let (what, help) = explain(name);
            let shown = if name.is_empty() { "`\\`".to_owned() } else { format!("`\\{name}`") };
            let message = format!("{shown} is a command of psql, not SQL: {what}");
            Problem::error(CODE, Span::new(start, start + line.len().max(1)), message).with_help(help)
        });
        if name.starts_with('g') {
            // `SELECT … \gexec` sends the statement, as a semicolon would.
            self.finish();
        }
    }
}

/// What a command does in psql, and what to write instead.
fn explain(name: &str) -> (&'static str, &'static str) {
    match name {
        "." => (
            "it ends the data of a `COPY … FROM stdin`, but no such statement is open here",
            "delete the line, or put the `COPY … FROM stdin;` before its data",
        ),
        "restrict" | "unrestrict" => (
            "pg_dump puts it between statements, but here a statement is not finished",
            "end the statement before it with `;`",
        ),
        "i" | "ir" | "include" | "include_relative" => {
            ("it reads another file", "put the SQL of that file here, or make it a migration of its own")
        }
        "copy" => (
            "it copies between a table and a file of the client",
            "use `COPY … FROM stdin;` with the data in this file, or `INSERT`",
        ),
        "c" | "connect" => (
            "it connects to another database",
            "a migration runs in one database: give the other its own service in limosa.toml",
        ),
        "set" | "unset" | "prompt" | "getenv" | "setenv" | "gset" => (
            "it sets a variable of psql",
            "write the value itself, or `${env:NAME}` for one that comes from the environment",
        ),
        "echo" | "qecho" | "warn" => {
            ("it prints a text", "delete it, make it a comment, or use `RAISE NOTICE` in a `DO` block")
        }
        "gexec" => (
            "it runs each value of a result as a statement",
            "use a `DO` block that loops over the query and runs `EXECUTE format(…)`",
        ),
        "if" | "elif" | "else" | "endif" => ("it runs a part of the file conditionally", "use a `DO` block with `IF`"),
        "g" | "gx" | "gdesc" | "crosstabview" | "watch" => {
            ("it sends the statement before it", "end the statement with `;`")
        }
        "q" | "quit" => {
            ("it ends the run, so what follows would never run", "delete it, and what follows if it is not meant")
        }
        "!" => ("it runs a command of the shell", "run it outside the migration"),
        "password" => ("it asks for a password", "use `ALTER ROLE … PASSWORD '${env:NAME}'`"),
        "encoding" => ("it sets the encoding of the file", "save the file as UTF-8 and delete the line"),
        "bind" | "bind_named" | "parse" | "close_prepared" | "startpipeline" | "endpipeline" | "sync"
        | "sendpipeline" => ("it drives the extended protocol", "write the values into the statement"),
        _ if name.starts_with('d') || matches!(name, "l" | "z" | "sf" | "sv" | "list") => {
            ("it shows what is in the database", "delete it")
        }
        "" => ("a lone backslash has no meaning in SQL", "delete it"),
        _ => ("it steers psql itself", "delete it"),
    }
}
