//! A statement whose phase the migration itself gives: `-- limosa: phase expand`, `-- limosa: phase contract`.

use limosa_syntax::{Directive, OnlinePhase};

use super::super::phases::{OnlineStep, Phases};
use super::super::put_back::put_back;
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work};
use super::super::way_back::goes;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let phase = work.directives.iter().find_map(|directive| match directive {
        Directive::Phase(phase) => Some(*phase),
        _ => None,
    })?;
    let undo = work.directives.iter().find_map(|directive| match directive {
        Directive::Undo(sql) => Some(sql.trim().trim_end_matches(';').to_owned()),
        _ => None,
    });
    let about = summary(&work.text);
    let was = if undo.is_none() { put_back(situation, work) } else { None };
    Some(Ok(match (phase, was) {
        (OnlinePhase::Expand, Some(was)) => Phases {
            about,
            expand: vec![OnlineStep::Alone(work.text.clone())],
            abort: was.abort(),
            reverse: was.reverse(),
            ..Phases::default()
        },
        (OnlinePhase::Expand, None) => Phases {
            about,
            expand: vec![OnlineStep::Alone(work.text.clone())],
            abort: undo.iter().cloned().collect(),
            // The newer version rests on it until it is gone.
            reverse: undo.iter().map(|sql| format!("-- limosa: phase contract\n{sql};")).collect(),
            remarks: match undo {
                Some(_) => Vec::new(),
                None => {
                    vec!["an abort leaves its effect: say how it is taken back with `-- limosa: undo SQL`".to_owned()]
                }
            },
            ..Phases::default()
        },
        (OnlinePhase::Contract, _) => {
            goes(situation, work).into_iter().flatten().for_each(|id| situation.drops(id));
            Phases {
                about,
                contract: vec![work.text.clone()],
                verbatim: true,
                reverse: undo.iter().map(|sql| format!("-- limosa: phase expand\n{sql};")).collect(),
                ..Phases::default()
            }
        }
    }))
}

/// A statement in one line, for a heading: its beginning, where it is long.
pub(in super::super) fn summary(text: &str) -> String {
    const LONGEST: usize = 72;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() > LONGEST {
            return line + " …";
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn a_heading_is_one_line() {
        assert_eq!(
            summary("ALTER TABLE visit\n    DROP CONSTRAINT \"a b c d e\""),
            "ALTER TABLE visit DROP CONSTRAINT \"a b c d e\""
        );
        let long = format!("COMMENT ON TABLE visit IS 'a {}", "word ".repeat(20));
        assert!(summary(&long).starts_with("COMMENT ON TABLE visit IS 'a word") && summary(&long).ends_with("word …"));
        assert!(summary(&long).chars().count() < 80);
    }
}
