//! Files under `-- limosa: online`.

use limosa_syntax::{Directive, Script};

use crate::found::Finding;
use crate::rule::Group;
use crate::rules::rule;

/// Takes out what a file's statements would do if they were run as they stand: what is run instead holds nobody up, and
/// leaves old and new clients able to work. What cannot be run so is refused when it is compiled.
pub(crate) fn settle(script: &Script, findings: &mut Vec<Finding>) {
    if script.file_directives().any(|directive| *directive == Directive::Online) {
        findings.retain(|finding| {
            let group = rule(finding.rule).map(|rule| rule.group);
            !matches!(group, Some(Group::Locks | Group::Compatibility))
        });
    }
}
