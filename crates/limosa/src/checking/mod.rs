//! Checks as the program runs them: queries through the engine, commands through the shell, files from disk.

mod changed;
mod command;
mod during_up;
mod file;

pub(crate) use changed::changed_since;
pub(crate) use command::run_command;
pub(crate) use during_up::DuringUp;
pub(crate) use file::check_file;
