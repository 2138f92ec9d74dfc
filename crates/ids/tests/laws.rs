//! What holds for every kind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashSet;

use limosa_ids::{GeneratorSpec, Kind, Prefix, Sources, recognise};
use proptest::prelude::*;

/// Ids in the order in which they were made.
fn made(spec: &GeneratorSpec, count: usize) -> Vec<String> {
    let mut generator = spec.generator(Sources::system()).unwrap();
    let mut make = || {
        let mut id = String::new();
        generator.write(&mut id).unwrap();
        id
    };
    (0..count).map(|_| make()).collect()
}

#[test]
fn what_is_made_is_an_id_of_its_kind_and_comes_once() {
    for kind in Kind::ALL {
        for spec in [GeneratorSpec::new(kind), GeneratorSpec::new(kind).with_prefix(Prefix::new("pat_").unwrap())] {
            let ids = made(&spec, 10_000);
            for id in &ids {
                assert_eq!(spec.check(id), Ok(()), "{spec} made {id}");
                let found = recognise(id).into_iter().find(|(found, _)| *found == kind).unwrap().1.unwrap();
                assert_eq!(found.prefix.as_ref(), spec.prefix(), "{spec} made {id}");
            }
            assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{spec} made one twice");
        }
    }
}

#[test]
fn every_length_of_a_kind_can_be_made() {
    for kind in Kind::ALL {
        for length in kind.lengths().range {
            let spec = GeneratorSpec::new(kind).with_length(u64::from(length)).unwrap();
            for id in made(&spec, 20) {
                assert_eq!(spec.check(&id), Ok(()), "{spec} made {id}");
            }
        }
    }
}

#[test]
fn ids_of_time_sort_in_the_order_of_their_making() {
    for kind in [Kind::Uuid7, Kind::Ulid] {
        let ids = made(&GeneratorSpec::new(kind), 100_000);
        let wrong = ids.windows(2).find(|pair| pair[0] >= pair[1]);
        assert_eq!(wrong, None, "{kind}");
    }
}

#[test]
fn each_place_uses_its_characters_evenly() {
    for (word, digits) in [("alnum-random", 62), ("nanoid", 64), ("cuid2:32", 36), ("alnum", 62)] {
        let spec: GeneratorSpec = word.parse().unwrap();
        let count = 60_000;
        let ids = made(&spec, count);
        for place in 0..spec.length().get() {
            let (digits, from) = if word.starts_with("cuid2") && place == 0 { (26, b'a') } else { (digits, 0) };
            let mut seen = [0_usize; 128];
            ids.iter().for_each(|id| seen[usize::from(id.as_bytes()[place])] += 1);
            let seen: Vec<usize> = seen.into_iter().skip(usize::from(from)).filter(|seen| *seen > 0).collect();
            let expected = count as f64 / f64::from(digits);
            assert_eq!(seen.len(), digits as usize, "{word}, place {place}");
            // Chi-squared with 63 degrees of freedom exceeds 150 once in 10^8 tables.
            let chi: f64 = seen.iter().map(|seen| (*seen as f64 - expected).powi(2) / expected).sum();
            assert!(chi < 150.0, "{word}, place {place}: {chi}");
        }
    }
}

#[test]
fn permuted_ids_end_when_all_are_made() {
    let key = "7".repeat(64).parse().unwrap();
    let spec: GeneratorSpec = "alnum:3".parse().unwrap();
    let sources = Sources { permuted: Some((key, 238_327)), ..Sources::system() };
    let mut generator = spec.generator(sources).unwrap();
    let mut id = String::new();
    generator.write(&mut id).unwrap();
    assert_eq!(spec.check(&id), Ok(()));
    assert_eq!(
        generator.write(&mut id).unwrap_err().to_string(),
        "all 238328 ids of this length are made; take a longer length for further ones"
    );
}

#[test]
fn a_flaw_is_named() {
    let told = [
        ("cuid2:pat_", "apt_tz4a98xxat96iws9zmbrgj3a"),
        ("cuid2:pat_", "pat_tz4a98xxat96iws9"),
        ("cuid2", "1z4a98xxat96iws9zmbrgj3a"),
        ("cuid2", "tz4a98xxAt96iws9zmbrgj3a"),
        ("cuid", "xh3aankbm0000qzrmn831i7rn"),
        ("alnum:8", "A1b2-3c4"),
        ("nanoid", "V1StGXR8_Z5jdHi6B~myT"),
        ("uuid4", "0190a2c0-7a3b-7cde-8f01-23456789abcd"),
        ("uuid4", "0190a2c0-7a3b-4cde-cf01-23456789abcd"),
        ("uuid7", "0190a2c07a3b-7cde-8f01-23456789abcd-"),
        ("ulid", "81ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("ulid", "01ARZ3NDEKTSV4RRFFQ69G5FAU"),
    ]
    .map(|(spec, id)| {
        let spec: GeneratorSpec = spec.parse().unwrap();
        format!("{:10} {id:38} {}", spec.to_string(), spec.check(id).unwrap_err())
    });
    insta::assert_snapshot!(told.join("\n"));
}

proptest! {
    #[test]
    fn any_text_is_checked_and_read(text in any::<String>()) {
        for (kind, found) in recognise(&text) {
            if let Ok(found) = found {
                let id = found.prefix.map_or(text.as_str(), |prefix| &text[prefix.as_str().len()..]);
                prop_assert_eq!(kind.check(id), Ok(()));
            }
        }
        if let Ok(spec) = text.parse::<GeneratorSpec>() {
            prop_assert_eq!(spec.to_string().parse(), Ok(spec));
        }
    }
}
