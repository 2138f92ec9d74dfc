//! What runs is put together while it runs, so nobody can look at it before.
//!
//! Of an `EXECUTE` whose text is computed, neither locks nor losses are known: the rules see nothing of it, and nor
//! does a reader. For projects that want to hear of each; `limosa prove` runs it and compares what came of it.
//!
//! ```sql,bad
//! DO $$
//! DECLARE part text;
//! BEGIN
//!   FOR part IN SELECT relname FROM pg_class LOOP
//!     EXECUTE format('ALTER TABLE %I ADD COLUMN note text', part);
//!   END LOOP;
//! END $$;
//! ```
//! ```sql,good
//! DO $$
//! BEGIN
//!   EXECUTE 'ALTER TABLE visit ADD COLUMN note text';
//! END $$;
//! ```

use limosa_syntax::Command;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let looked = step.looked;
    if looked.place != Place::File && looked.text.is_empty() && looked.command == Command::Unknown {
        found
            .at(step.span(), "what runs here is put together while it runs, so its locks and losses are not known")
            .help("write the statements out, if there are few");
    }
}
