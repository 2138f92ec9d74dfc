//! Columns whose names say that they hold what is personal or secret.

use limosa_project::Mask;

/// Words of names, and what becomes of such columns by themselves.
const WORDS: &[(&[&str], Mask)] = &[
    (&["email", "emails", "mail", "mails"], Mask::Email),
    (
        &["name", "names", "firstname", "lastname", "fullname", "forename", "surname", "nickname", "username"],
        Mask::Name,
    ),
    (&["login", "phone", "phones", "mobile", "telephone", "tel", "fax", "cell"], Mask::Hash),
    (&["ssn", "nin", "passport", "license", "licence", "iban", "bic", "card", "pan", "cvv", "mrn"], Mask::Hash),
    (&["address", "addresses", "street", "city", "zip", "zipcode", "postcode", "postal", "town"], Mask::Hash),
    (&["birth", "birthday", "birthdate", "dob", "born"], Mask::Hash),
    (&["password", "passwd", "passphrase", "secret", "token", "apikey", "otp", "pin"], Mask::Hash),
];

/// What becomes of a column of this name, where nobody says.
pub(super) fn usual_mask(column: &str) -> Option<Mask> {
    let words = words(column);
    let joined: Vec<String> = words.windows(2).map(|two| two.concat()).collect();
    let is_one = |known: &&str| words.iter().chain(&joined).any(|word| word == known);
    WORDS.iter().find(|(known, _)| known.iter().any(&is_one)).map(|(_, mask)| mask.clone())
}

/// `primaryEmail_address2` as `primary`, `email`, `address`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut after_lower = false;
    for letter in name.chars() {
        if !letter.is_alphabetic() || (letter.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphabetic()) {
            word.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_at_word_by_word() {
        assert_eq!(words("primaryEmail_address2"), ["primary", "email", "address"]);
        for personal in
            ["email", "contact_email", "homePhone", "SSN", "first_name", "birth_date", "zip_code", "api_key"]
        {
            assert!(usual_mask(personal).is_some(), "{personal}");
        }
        for other in ["status", "amount", "filename_extension", "pinned", "cardinality", "note"] {
            assert_eq!(usual_mask(other), None, "{other}");
        }
    }
}
