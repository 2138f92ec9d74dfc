//! What comparisons leave out: the list in limosa.toml, and patterns of the command line.

use clap::Args;
use limosa_catalog::Catalog;
use limosa_plan::{DiffOptions, IgnoreRule, Ignored, count_ignored, idle_rules};
use limosa_project::Project;
use limosa_syntax::Diagnostic;

use crate::invocation::Invocation;
use crate::output::Verbosity;

/// What the verbs that compare share.
#[derive(Debug, Args)]
pub(crate) struct Ignoring {
    /// Leave out an object, besides those of `ignore` in limosa.toml: `table public.visit_*`; `*` stands for any text.
    #[arg(long = "ignore", value_name = "PATTERN")]
    patterns: Vec<String>,
}

impl Ignoring {
    pub(crate) fn rules(&self, project: Option<&Project>) -> Vec<IgnoreRule> {
        rules(project, &self.patterns)
    }
}

/// The rules of the file, then those of the command line.
pub(crate) fn rules(project: Option<&Project>, patterns: &[String]) -> Vec<IgnoreRule> {
    let of_file = project.into_iter().flat_map(|project| &project.ignore);
    let of_file = of_file.map(|it| IgnoreRule { object: it.object.clone(), reason: it.reason.clone() });
    let typed =
        patterns.iter().map(|pattern| IgnoreRule { object: pattern.clone(), reason: "on the command line".to_owned() });
    of_file.chain(typed).collect()
}

/// Says how much was left out; with `-v` also which rules speak of nothing that is there.
pub(crate) fn tell_ignored(invocation: &Invocation, [from, to]: [&Catalog; 2], options: &DiffOptions) {
    if invocation.global.json || options.ignore.is_empty() {
        return;
    }
    if let Some(line) = ignored_line(count_ignored(from, to, options)) {
        invocation.say(&line);
    }
    if invocation.global.verbosity() > Verbosity::Normal {
        let idle = |rule: &IgnoreRule| {
            let message = format!("`{}` is ignored ({}), and nothing is called so", rule.object, rule.reason);
            Diagnostic::warning("idle-rule", message)
                .with_help("take it out, or mend it: an object is written as `limosa diff` names it")
        };
        let idle: Vec<_> = idle_rules([from, to], &options.ignore).into_iter().map(idle).collect();
        invocation.warn(&idle);
    }
}

/// `3 differences ignored, by 2 rules`.
pub(crate) fn ignored_line(ignored: Ignored) -> Option<String> {
    let Ignored { differences, rules } = ignored;
    let (s, many) = (if differences == 1 { "" } else { "s" }, if rules == 1 { "" } else { "s" });
    (differences > 0).then(|| format!("{differences} difference{s} ignored, by {rules} rule{many}"))
}
