//! The macros that declare the catalog's structs.

/// A struct whose fields are what DDL can change, and, after `notes`, what is known besides: notes are saved, but two
/// values that differ only in them count as the same.
macro_rules! fact {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }
        $(notes { $($(#[$note_meta:meta])* $note:ident: $note_type:ty,)* })?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            $($($(#[$note_meta])* pub $note: $note_type,)*)?
        }

        impl $crate::fact::Value for $name {
            fn write(&self, out: &mut $crate::fact::Writer) {
                out.fields(|_out| {
                    $(_out.field(stringify!($field), &self.$field);)*
                    $($(_out.note(stringify!($note), &self.$note);)*)?
                });
            }

            fn read(_json: &serde_json::Value) -> Result<Self, $crate::fact::Malformed> {
                Ok(Self {
                    $($field: $crate::fact::read_field(_json, stringify!($field))?,)*
                    $($($note: $crate::fact::read_field(_json, stringify!($note))?,)*)?
                })
            }
        }

        impl $crate::difference::Compare for $name {
            const FIELDS: &[&str] = &[$(stringify!($field)),*];
            const NOTES: &[&str] = &[$($(stringify!($note)),*)?];

            fn differing_fields(&self, _other: &Self) -> Vec<$crate::difference::FieldDifference> {
                #[allow(unused_mut, reason = "a struct may have no fields")]
                let mut found = Vec::new();
                $(if let Some(difference) = $crate::difference::FieldDifference::between(
                    stringify!($field), &self.$field, &_other.$field,
                ) {
                    found.push(difference);
                })*
                found
            }

            fn fields(&self) -> Vec<(&'static str, String)> {
                [
                    $((stringify!($field), $crate::fact::canonical_unless_usual(&self.$field)),)*
                    $($((stringify!($note), $crate::fact::canonical_unless_usual(&self.$note)),)*)?
                ]
                .into_iter()
                .filter_map(|(name, text): (_, Option<String>)| Some((name, text?)))
                .collect()
            }
        }
    };
}

/// An enumeration of plain words. Each has the letter that PostgreSQL's catalogs know it by and the words that SQL
/// says; the first is the usual one.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $letter:literal $word:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every value, the usual one first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As SQL says it.
            #[must_use]
            pub fn as_sql(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::reading::Lettered for $name {
            const LETTERS: &[u8] = &[$($letter),+];

            fn of_letter(letter: u8) -> Option<Self> {
                match letter { $($letter => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_sql())
            }
        }

        impl $crate::fact::Value for $name {
            fn write(&self, out: &mut $crate::fact::Writer) {
                out.text(self.as_sql());
            }

            fn read(json: &serde_json::Value) -> Result<Self, $crate::fact::Malformed> {
                Self::ALL.iter().copied().find(|value| json.as_str() == Some(value.as_sql()))
                    .ok_or_else(|| $crate::fact::Malformed::new(stringify!($name), json))
            }

            fn is_usual(&self) -> bool {
                *self == Self::ALL[0]
            }

            fn usual() -> Option<Self> {
                Some(Self::ALL[0])
            }
        }
    };
}

/// An enumeration whose variants each hold one value, saved under the variant's word.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident($type:ty) = $word:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_meta])* $variant($type),)+ }

        impl $crate::fact::Value for $name {
            fn write(&self, out: &mut $crate::fact::Writer) {
                match self {
                    $(Self::$variant(value) => {
                        out.raw(concat!("{\"", $word, "\":"));
                        value.write(out);
                        out.raw("}");
                    })+
                }
            }

            fn read(json: &serde_json::Value) -> Result<Self, $crate::fact::Malformed> {
                $(if let Some(value) = json.get($word) {
                    return $crate::fact::Value::read(value)
                        .map(Self::$variant)
                        .map_err(|error: $crate::fact::Malformed| error.within($word));
                })+
                Err($crate::fact::Malformed::new(stringify!($name), json))
            }
        }
    };
}

/// How an object is named: a struct with an order, saved as a list.
macro_rules! name {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)+ }

        impl $crate::fact::Value for $name {
            fn write(&self, out: &mut $crate::fact::Writer) {
                let mut separator = "[";
                $(
                    out.raw(separator);
                    self.$field.write(out);
                    separator = ",";
                )+
                let _ = separator;
                out.raw("]");
            }

            fn read(json: &serde_json::Value) -> Result<Self, $crate::fact::Malformed> {
                let parts = json.as_array().map(Vec::as_slice).unwrap_or_default();
                let mut parts = parts.iter();
                let name = Self { $($field: match parts.next() {
                    Some(part) => $crate::fact::Value::read(part)
                        .map_err(|error: $crate::fact::Malformed| error.within(stringify!($field)))?,
                    None => return Err($crate::fact::Malformed::new(stringify!($name), json)),
                },)+ };
                if parts.next().is_some() {
                    return Err($crate::fact::Malformed::new(stringify!($name), json));
                }
                Ok(name)
            }
        }
    };
}

pub(crate) use {choice, fact, name, words};
