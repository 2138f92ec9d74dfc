//! The nearest known name to one that is not known.

/// The known name that was probably meant, if any is near enough: at most a third of its letters differ.
pub(crate) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&found.to_lowercase(), name), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Names in backticks, joined as in a sentence: "`a`, `b` and `c`".
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// What to say to a name that is not known: the one that was probably meant, or all that there are.
#[must_use]
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    nearest(found, known.clone())
        .map_or_else(|| format!("known are {}", listed(known)), |near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["migrations", "layout", "after", "url"];
        assert_eq!(nearest("migratoins", known), Some("migrations"));
        assert_eq!(nearest("Layout", known), Some("layout"));
        assert_eq!(nearest("ulr", known), Some("url"));
        assert_eq!(nearest("database", known), None);
        assert_eq!(did_you_mean("afer", known), "did you mean `after`?");
        assert_eq!(did_you_mean("zzz", ["a", "b"]), "known are `a` and `b`");
        assert_eq!(listed(known), "`migrations`, `layout`, `after` and `url`");
    }
}
