//! How the server names objects: the catalog that they are in, and their oid.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

macro_rules! classes {
    ($($(#[$meta:meta])* $class:ident = $oid:literal,)+) => {
        /// A system catalog that holds objects. Their oids are the same in every version.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Class { $($class,)+ }

        impl Class {
            pub(crate) fn of_oid(oid: u32) -> Option<Self> {
                match oid { $($oid => Some(Self::$class),)+ _ => None }
            }

            pub(crate) fn oid(self) -> u32 {
                match self { $(Self::$class => $oid,)+ }
            }
        }
    };
}

classes! {
    Type = 1247,
    Routine = 1255,
    Relation = 1259,
    AccessMethod = 2601,
    Default = 2604,
    Cast = 2605,
    Constraint = 2606,
    Conversion = 2607,
    Language = 2612,
    Schema = 2615,
    OpclassOperator = 2602,
    OpclassFunction = 2603,
    Opclass = 2616,
    Operator = 2617,
    Opfamily = 2753,
    Rule = 2618,
    Trigger = 2620,
    Transform = 3576,
    Extension = 3079,
    ForeignDataWrapper = 2328,
    Server = 1417,
    UserMapping = 1418,
    Collation = 3456,
    EventTrigger = 3466,
    Policy = 3256,
    Publication = 6104,
    PublicationTable = 6106,
    PublicationSchema = 6237,
    Subscription = 6100,
    Statistics = 3381,
    TextSearchDictionary = 3600,
    TextSearchParser = 3601,
    TextSearchConfiguration = 3602,
    TextSearchTemplate = 3764,
    DefaultPrivilege = 826,
}

/// An object as the server names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) class: Class,
    pub(crate) oid: u32,
}

/// A map by oids. They are counted up by the server, so that spreading them is all a hash has to do.
pub(crate) type OidMap<K, V> = HashMap<K, V, BuildHasherDefault<OidHasher>>;

#[derive(Debug, Default)]
pub(crate) struct OidHasher(u64);

impl Hasher for OidHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // The golden ratio of 2^64, as in Fibonacci hashing.
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_i32(&mut self, number: i32) {
        self.write_u32(number.cast_unsigned());
    }

    fn write_i16(&mut self, number: i16) {
        self.write_i32(number.into());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }
}
