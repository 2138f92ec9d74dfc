//! `id`.

mod check;
mod function;
mod make;

use clap::Args;
use limosa_ids::{GeneratorSpec, Key, Kind, Prefix};
use limosa_syntax::Diagnostic;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Alignment, Table, terminal_width};

/// Holds the key of permuted ids.
const KEY: &str = "LIMOSA_ID_KEY";

const EXAMPLES: &str = "\
A generator is KIND, KIND:PREFIX or KIND:LENGTH:PREFIX; without one, the kinds are listed. The ids of `alnum` are the \
numbers of a sequence, permuted with a key: on the command line LIMOSA_ID_KEY holds the key, as 64 hexadecimal digits.

Which columns have which ids stands in limosa.toml, where prefixes that clash are refused:

  [ids]
  schema = \"ids\"                      # of the functions that make ids

  [ids.column]
  \"patient.public_id\" = \"cuid2:pat_\"

Examples:
  limosa id cuid2:pat_ --count 5
  limosa id --check pat_tz4a98xxat96iws9zmbrgj3a
  limosa id alnum:8:prac_ --sql                   the function for a column's default
  limosa id alnum:8:prac_ --write add_practice_ids   the same as a migration";

/// Make ids, check them, or write the function that makes them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Id {
    /// How they are made, such as `cuid2:pat_`.
    generator: Option<GeneratorSpec>,
    /// What stands before each, such as `pat_`.
    #[arg(long, requires = "generator")]
    prefix: Option<Prefix>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true)]
    count: u64,
    /// The first number, for those that are permuted.
    #[arg(long, value_name = "N", requires = "generator", default_value_t = 0, hide_default_value = true)]
    from: u64,
    /// Say of which kind these are, and why they are of no other; with a generator, whether it could have made them.
    #[arg(long, value_name = "VALUE", num_args = 1.., conflicts_with_all = ["sql", "write", "count", "from"])]
    check: Vec<String>,
    /// Print the SQL function that makes them.
    #[arg(long, requires = "generator", conflicts_with_all = ["write", "count", "from"])]
    sql: bool,
    /// Write a migration of this name with the SQL function.
    #[arg(long, value_name = "NAME", requires = "generator", conflicts_with_all = ["count", "from"])]
    write: Option<String>,
}

impl Id {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let spec = self.generator.map(|spec| match &self.prefix {
            Some(prefix) => spec.with_prefix(prefix.clone()),
            None => spec,
        });
        match spec {
            _ if !self.check.is_empty() => Ok(check::check(invocation, spec.as_ref(), &self.check)),
            None => Ok(list(invocation)),
            Some(spec) if self.sql => function::print(invocation, &spec),
            Some(spec) => match self.write {
                Some(name) => function::write(invocation, &spec, &name),
                None => make::make(invocation, &spec, self.count, self.from),
            },
        }
    }
}

/// What kinds there are.
fn list(invocation: &Invocation) -> Exit {
    if invocation.global.json {
        let kind = |kind: Kind| {
            let lengths = kind.lengths();
            let (least, most) = (lengths.range.start(), lengths.range.end());
            let length = json!({ "usual": lengths.usual.get(), "least": least, "most": most });
            json!({ "kind": kind.word(), "length": length, "about": kind.about() })
        };
        output::print_json(&Kind::ALL.map(kind));
        return Exit::Done;
    }
    let mut table = Table::new([Alignment::Left; 3]).named(["kind", "length", "what it is"]);
    for kind in Kind::ALL {
        table.push([kind.word().into(), kind.lengths().to_string().into(), kind.about().into()]);
    }
    output::print(&table.render(terminal_width()));
    Exit::Done
}

/// The key that the environment holds.
pub(crate) fn key(invocation: &Invocation) -> Result<Option<Key>, Failure> {
    let text = invocation.environment.variable(KEY).filter(|text| !text.is_empty());
    let read = |text: &str| {
        text.parse::<Key>().map_err(|error| Failure::from(Diagnostic::error("invalid-key", format!("{KEY}: {error}"))))
    };
    text.map(read).transpose()
}
