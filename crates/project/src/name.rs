//! The names that people give: services, environments, migrations.

use std::fmt;

/// As long as an identifier of PostgreSQL, since a service's name becomes a database's name.
const MAX_CHARS: usize = 63;

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// The text is empty.
    #[error("a name must not be empty")]
    Empty,
    /// The text is too long.
    #[error("`{name}` has {chars} characters, the limit is {limit}")]
    TooLong {
        /// The name that was given.
        name: String,
        /// Its length.
        chars: usize,
        /// The longest that is taken.
        limit: usize,
    },
    /// A character does not belong there.
    #[error("`{name}` holds `{found}`; a name is made of a-z, 0-9, `_` and `-`, and starts with a letter or digit")]
    Character {
        /// The name that was given.
        name: String,
        /// The first character that is not allowed.
        found: char,
    },
    /// A path separator or a control character in a migration's name.
    #[error("`{name}` holds {found:?}, which a file name cannot keep")]
    NotAFileName {
        /// The name that was given.
        name: String,
        /// The character.
        found: char,
    },
}

/// Checks `[a-z0-9][a-z0-9_-]*`, at most 63 characters.
fn checked(name: String) -> Result<String, InvalidName> {
    let chars = name.chars().count();
    let allowed =
        |(at, c): &(usize, char)| c.is_ascii_lowercase() || c.is_ascii_digit() || (*at > 0 && (*c == '_' || *c == '-'));
    if name.is_empty() {
        return Err(InvalidName::Empty);
    }
    if let Some((_, found)) = name.char_indices().find(|place| !allowed(place)) {
        return Err(InvalidName::Character { found, name });
    }
    if chars > MAX_CHARS {
        return Err(InvalidName::TooLong { name, chars, limit: MAX_CHARS });
    }
    Ok(name)
}

macro_rules! plain_name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Takes a name of the form `[a-z0-9][a-z0-9_-]*`, at most 63 characters long.
            ///
            /// # Errors
            /// Says what in the text does not belong into a name.
            pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
                checked(name.into()).map(Self)
            }

            /// The name as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

plain_name! {
    /// The name of a service: one owner of one database, with its migrations folder.
    ServiceName
}

plain_name! {
    /// The name of an environment, such as `dev` or `prod`.
    EnvironmentName
}

plain_name! {
    /// The name of an application that uses a service's database.
    AppName
}

impl ServiceName {
    /// The nearest name that a folder's name can become: lower case, other characters turned into `-`.
    /// A folder of which nothing is left becomes `app`.
    #[must_use]
    pub fn from_folder(folder: &str) -> Self {
        let dashed: String = folder
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' { c } else { '-' })
            .collect();
        let kept: String = dashed.trim_matches(['-', '_']).chars().take(MAX_CHARS).collect();
        Self(if kept.is_empty() { "app".to_owned() } else { kept })
    }
}

/// The name of a migration as its file or folder says it, without version and ending. May be empty on disk for layouts
/// whose files hold nothing but a version; the version is the identity, the name is for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MigrationName(String);

impl MigrationName {
    /// Takes what stands in a file's name.
    ///
    /// # Errors
    /// Path separators and control characters are refused: the name becomes part of a path again when a migration is
    /// renamed or restored.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
        let name = name.into();
        match name.chars().find(|c| c.is_control() || *c == '/' || *c == '\\') {
            Some(found) => Err(InvalidName::NotAFileName { name, found }),
            None => Ok(Self(name)),
        }
    }

    /// The name as it stands in the file's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MigrationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which_character_is_wrong() {
        assert_eq!(ServiceName::new("mental-health_2").map(|n| n.to_string()), Ok("mental-health_2".to_owned()));
        assert_eq!(ServiceName::new(""), Err(InvalidName::Empty));
        assert!(matches!(ServiceName::new("Auth"), Err(InvalidName::Character { found: 'A', .. })));
        assert!(matches!(ServiceName::new("-a"), Err(InvalidName::Character { found: '-', .. })));
        assert!(matches!(EnvironmentName::new("é"), Err(InvalidName::Character { found: 'é', .. })));
        assert!(matches!(ServiceName::new("x".repeat(64)), Err(InvalidName::TooLong { chars: 64, .. })));
        assert!(matches!(MigrationName::new("../x"), Err(InvalidName::NotAFileName { found: '/', .. })));
    }

    #[test]
    fn any_folder_gives_a_valid_service_name() {
        for (folder, expected) in [("My App", "my-app"), ("--", "app"), ("ünï", "n"), ("a.b_c", "a-b_c")] {
            let name = ServiceName::from_folder(folder);
            assert_eq!(name.as_str(), expected);
            assert_eq!(ServiceName::new(name.as_str()).as_ref(), Ok(&name), "{folder} must give a valid name");
        }
    }
}
