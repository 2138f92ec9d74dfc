//! What is demanded of files, decided.

use super::{FileCheck, FileDemand};

/// A migration that is not in effect yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingName {
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
}

/// What is known when files are checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileFacts<'a> {
    /// The file's text; `None` where it is not there.
    pub text: Option<&'a str>,
    /// The migrations that are not in effect; `None` where nobody can tell.
    pub pending: Option<&'a [PendingName]>,
    /// The files that were changed since the base revision, relative to the project's root with forward slashes; `None`
    /// where there is no base.
    pub changed: Option<&'a [String]>,
}

/// How a file check came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileVerdict {
    /// All demands are met.
    Passed,
    /// A demand cannot be judged, and why.
    Unknown(String),
    /// What is wrong, one sentence for each demand that is not met.
    Failed(Vec<String>),
}

impl FileCheck {
    /// Judges the file. What can be judged and fails outweighs what cannot be judged.
    #[must_use]
    pub fn judge(&self, facts: FileFacts<'_>) -> FileVerdict {
        let path = super::read::shown(&self.path);
        let Some(text) = facts.text else { return FileVerdict::Failed(vec![format!("`{path}` is not there")]) };
        let (mut wrong, mut unknown) = (Vec::new(), None);
        for demand in &self.demands {
            match (demand, facts.pending, facts.changed) {
                (FileDemand::Contains(wanted), ..) => {
                    wrong.extend((!text.contains(wanted)).then(|| format!("`{path}` does not say `{wanted}`")));
                }
                (FileDemand::MentionsPending, Some(pending), _) => {
                    let missing = pending.iter().filter(|it| !text.contains(&it.version) && !text.contains(&it.name));
                    wrong.extend(
                        missing.map(|it| {
                            format!("`{path}` does not mention {} {}, which is pending", it.version, it.name)
                        }),
                    );
                }
                (FileDemand::ChangedWith(with), _, Some(changed)) => {
                    let other = with.unanswered(&path, changed);
                    wrong.extend(other.map(|other| format!("`{other}` was changed, and `{path}` was not")));
                }
                (FileDemand::MentionsPending, None, _) => unknown = Some("what is pending is not known"),
                (FileDemand::ChangedWith(_), _, None) => unknown = Some("there is no revision to compare with"),
            }
        }
        match unknown {
            _ if !wrong.is_empty() => FileVerdict::Failed(wrong),
            Some(unknown) => FileVerdict::Unknown(unknown.to_owned()),
            None => FileVerdict::Passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ChangedWith, PathPattern};
    use super::*;

    fn judge(demands: Vec<FileDemand>, facts: FileFacts<'_>) -> FileVerdict {
        FileCheck { name: "changelog".into(), path: "CHANGELOG.md".into(), demands }.judge(facts)
    }

    #[test]
    fn each_demand_is_judged_by_what_is_known() {
        let pending =
            ["add_phone", "drop_fax"].map(|name| PendingName { version: format!("7_{name}"), name: name.into() });
        let changed = ["server/routes/users.ts".to_owned()];
        let facts =
            FileFacts { text: Some("# next\nadd_phone: new column"), pending: Some(&pending), changed: Some(&changed) };
        let with = || FileDemand::ChangedWith(ChangedWith { patterns: vec![PathPattern::new("server/routes/**")] });
        let failed = |text: &str| FileVerdict::Failed(vec![text.to_owned()]);
        for (demands, facts, expected) in [
            (vec![], facts, FileVerdict::Passed),
            (vec![], FileFacts { text: None, ..facts }, failed("`CHANGELOG.md` is not there")),
            (vec![FileDemand::Contains("# next".into())], facts, FileVerdict::Passed),
            (vec![FileDemand::Contains("# 2.0".into())], facts, failed("`CHANGELOG.md` does not say `# 2.0`")),
            (
                vec![FileDemand::MentionsPending],
                facts,
                failed("`CHANGELOG.md` does not mention 7_drop_fax drop_fax, which is pending"),
            ),
            (vec![FileDemand::MentionsPending], FileFacts { pending: Some(&[]), ..facts }, FileVerdict::Passed),
            (
                vec![FileDemand::MentionsPending],
                FileFacts { pending: None, ..facts },
                FileVerdict::Unknown("what is pending is not known".into()),
            ),
            (vec![with()], facts, failed("`server/routes/users.ts` was changed, and `CHANGELOG.md` was not")),
            (vec![with()], FileFacts { changed: Some(&[]), ..facts }, FileVerdict::Passed),
            (
                vec![with(), FileDemand::Contains("nowhere".into())],
                FileFacts { changed: None, ..facts },
                failed("`CHANGELOG.md` does not say `nowhere`"),
            ),
        ] {
            assert_eq!(judge(demands.clone(), facts), expected, "{demands:?}");
        }
        let both = ["server/routes/users.ts".to_owned(), "CHANGELOG.md".to_owned()];
        assert_eq!(judge(vec![with()], FileFacts { changed: Some(&both), ..facts }), FileVerdict::Passed);
    }
}
