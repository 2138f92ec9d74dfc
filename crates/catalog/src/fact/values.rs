//! Canonical texts of the values that structs are made of.

use std::sync::Arc;

use super::{Malformed, Value, Writer};
use crate::identifier::Identifier;
use crate::sql_text::{Definition, Expression, Number, TypeName};

impl Value for bool {
    fn write(&self, out: &mut Writer) {
        out.raw(if *self { "true" } else { "false" });
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        json.as_bool().ok_or_else(|| Malformed::new("true or false", json))
    }

    fn is_usual(&self) -> bool {
        !*self
    }

    fn usual() -> Option<Self> {
        Some(false)
    }
}

macro_rules! integers {
    ($($type:ty)+) => {
        $(impl Value for $type {
            fn write(&self, out: &mut Writer) {
                out.raw(&self.to_string());
            }

            fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
                json.as_i64()
                    .and_then(|number| Self::try_from(number).ok())
                    .ok_or_else(|| Malformed::new(concat!("a number of type ", stringify!($type)), json))
            }
        })+
    };
}
integers!(i16 u16 i32 u32 i64);

impl Value for Identifier {
    fn write(&self, out: &mut Writer) {
        out.text(self.as_str());
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        json.as_str().and_then(|name| Self::new(name).ok()).ok_or_else(|| Malformed::new("a name", json))
    }
}

macro_rules! texts {
    ($($type:ty)+) => {
        $(impl Value for $type {
            fn write(&self, out: &mut Writer) {
                out.text(self.as_ref());
            }

            fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
                json.as_str().map(Self::from).ok_or_else(|| Malformed::new("a text", json))
            }
        })+
    };
}
texts!(Arc<str> Box<str> TypeName Expression Definition Number);

impl<T: Value> Value for Option<T> {
    fn write(&self, out: &mut Writer) {
        match self {
            Some(value) => value.write(out),
            None => out.raw("null"),
        }
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        if json.is_null() { Ok(None) } else { T::read(json).map(Some) }
    }

    fn is_usual(&self) -> bool {
        self.is_none()
    }

    fn usual() -> Option<Self> {
        Some(None)
    }
}

impl<T: Value> Value for Vec<T> {
    fn write(&self, out: &mut Writer) {
        out.list(self);
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        json.as_array().ok_or_else(|| Malformed::new("a list", json))?.iter().map(T::read).collect()
    }

    fn is_usual(&self) -> bool {
        self.is_empty()
    }

    fn usual() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: Value> Value for Arc<[T]> {
    fn write(&self, out: &mut Writer) {
        out.list(self.iter());
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        Vec::read(json).map(Self::from)
    }
}

impl<T: Value> Value for Box<T> {
    fn write(&self, out: &mut Writer) {
        T::write(self, out);
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        T::read(json).map(Self::new)
    }

    fn is_usual(&self) -> bool {
        T::is_usual(self)
    }

    fn usual() -> Option<Self> {
        T::usual().map(Self::new)
    }
}

impl<T: Value> Value for Arc<T> {
    fn write(&self, out: &mut Writer) {
        T::write(self, out);
    }

    fn read(json: &serde_json::Value) -> Result<Self, Malformed> {
        T::read(json).map(Self::new)
    }
}
