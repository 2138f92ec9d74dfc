//! A piece of template was never filled in.
//!
//! `{{ schema }}`, `<%= owner %>` or `$USER` stand where no SQL can stand: a tool was to replace them before the file
//! is run. Values from outside come in as `${env:NAME}`, everything else is written as it is.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
